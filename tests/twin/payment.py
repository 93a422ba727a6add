"""What statements pay, and the ledger that they leave (P21 to P24)."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

from twin.earnings import ZERO
from twin.known import (
    Outcome,
    Row,
)

LineKey = tuple[str, str, str, str]  # period, subscription_id, incentive, mpn_id


@dataclass
class Ledger:
    """What closed statements have posted, for good."""

    posted: dict[LineKey, Decimal] = field(default_factory=dict)
    balances: dict[str, Decimal] = field(default_factory=dict)
    had_an_amount: set[str] = field(default_factory=set)  # P23: MPN IDs with a non-zero amount in a closed statement
    statements: list[Row] = field(default_factory=list)
    lines: list[Row] = field(default_factory=list)

    def post(self, statements: list[Row], lines: list[Row]) -> None:
        """P24: closes a period. Takes what `statements` gave for it."""
        for statement in statements:
            self.statements.append({**statement, "state": "CLOSED"})
            self.balances[statement["mpn_id"]] = statement["closing_balance"]
            if any(amount != 0 for amount in statement.values() if isinstance(amount, Decimal)):
                self.had_an_amount.add(statement["mpn_id"])
        for line in lines:
            self.lines.append(line)
            self.posted[line_key(line)] = self.posted.get(line_key(line), ZERO) + line["amount"]
            if line["amount"] != 0:
                self.had_an_amount.add(line["mpn_id"])


def line_key(line: Row) -> LineKey:
    return line["period"], line["subscription_id"], line["incentive"], line["mpn_id"]


def statements(outcome: Outcome, period: str, ledger: Ledger) -> tuple[list[Row], list[Row]]:
    """P21, P22, P23: the period's draft statements, and their lines without the cause, against what was posted."""
    so_far = [line for line in outcome.incentive_lines if line["period"] <= period]
    amounts = []  # kind, key, amount
    due_now = {}
    for line in so_far:
        if line["period"] < period:
            due_now[line_key(line)] = line["payable"]
        elif line["status"] == "PAYABLE":
            amounts.append(("CURRENT", line_key(line), line["payable"]))
    for key in set(due_now) | set(ledger.posted):
        difference = due_now.get(key, ZERO) - ledger.posted.get(key, ZERO)
        if difference != 0:
            amounts.append(("ADJUSTMENT", key, difference))
    lines = [
        dict(zip(("period", "subscription_id", "incentive", "mpn_id"), key, strict=True))
        | {"statement_period": period, "kind": kind, "amount": amount}
        for kind, key, amount in sorted(amounts)
    ]

    balances = {mpn_id for mpn_id, balance in ledger.balances.items() if balance != 0}
    rows = []
    for mpn_id in sorted({line["mpn_id"] for line in so_far} | ledger.had_an_amount | balances):
        own = [line for line in so_far if line["mpn_id"] == mpn_id]
        current = [line for line in own if line["period"] == period and line["status"] == "PAYABLE"]
        earned = sum((line["earned"] for line in current), ZERO)
        payable = sum((line["payable"] for line in current), ZERO)
        own_adjustments = [line for line in lines if line["kind"] == "ADJUSTMENT" and line["mpn_id"] == mpn_id]
        adjustments = sum((line["amount"] for line in own_adjustments), ZERO)
        opening = ledger.balances.get(mpn_id, ZERO)
        due = opening + payable + adjustments
        paid = due > 0 and due >= outcome.minimum_payment
        rows.append(
            {
                "statement_period": period,
                "mpn_id": mpn_id,
                "earned": earned,
                "cap_reduction": earned - payable,
                "adjustments": adjustments,
                "held": sum((line["earned"] for line in own if line["status"] == "HELD"), ZERO),
                "opening_balance": opening,
                "payment": due if paid else ZERO,
                "closing_balance": ZERO if paid else due,
                "state": "DRAFT",
            }
        )
    return rows, lines
