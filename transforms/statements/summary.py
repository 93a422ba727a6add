"""What a run came to, as a finance person reads it: the same lines on the terminal and in summary.txt."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import duckdb

from schemas.counts import count_of, named
from transforms.answers.answer import told
from transforms.database.warehouse import dicts, sql

CLOSED_STATEMENTS = "Closed statements"


@dataclass(frozen=True)
class Summary:
    """The totals of one period's draft. Amounts in `currency`.

    `set_aside` has feed, reason and rows; `missing_rates` service, incentive (None: no rate is known at all) and
    subscriptions; `missing_caps`, where no cap of the fiscal year is known but some of another are, both years and how
    many the other has; `read` what the delivery of the period's name held, with `files`, how many. `due` is the period
    that can close next, `cannot_close` what is to be mended before it can.
    """

    totals: dict[str, Any]
    set_aside: tuple[tuple[str, str, int], ...]
    missing_rates: tuple[tuple[str, str | None, int], ...]
    missing_caps: tuple[tuple[str, str, int], ...]
    read: dict[str, int]
    due: str
    cannot_close: str | None = None

    @property
    def period(self) -> str:
        return str(self.totals["run_period"])

    def lines(self) -> list[tuple[str, str, str]]:
        """Rows of (what, amount or count, explanation)."""
        t = self.totals
        money = self._money
        return [
            ("Statements", f"{t['statements']:,}", "one per MPN ID with a line so far, or a balance"),
            ("Paid", money(t["paid"]), f"to {count_of(t['partners_paid'], 'partner')}"),
            ("  opening balances", money(t["opening"]), ""),
            ("  earned this period", money(t["earned"]), ""),
            ("  less max caps", money(-t["capped"]), f"cut from {count_of(t['partners_capped'], 'partner')}"),
            ("  adjustments", money(t["adjustments"]), "differences on earlier periods"),
            (
                "  less carried forward",
                money(-t["carried"]),
                f"for {count_of(t['partners_carried'], 'partner')}: {self._carried()}",
            ),
            (
                "Held",
                money(t["held"]),
                f"for {count_of(t['partners_held'], 'partner')}, until a proof of execution arrives",
            ),
            (
                "Missing seats",
                f"{t['missing_seats']:,}",
                f"{named(t['missing_seats'], 'subscription')} that would earn, or wait to,"
                f" without a snapshot this period{self._where_they_are(t['missing_seats'])}",
            ),
            *(
                (
                    "Missing rate",
                    f"{count:,}",
                    f"{named(count, 'subscription')} of {service} without {incentive or 'any incentive'}:"
                    " no rate is valid on the last day",
                )
                for service, incentive, count in self.missing_rates
            ),
            *(
                ("Caps", "0", f"known for {year}, while {other} has {count:,}: nothing is cut")
                for year, other, count in self.missing_caps
            ),
            (
                "Rows read",
                f"{self.read['rows_read']:,}",
                f"{self.read['accepted']:,} accepted, {self.read['duplicates']:,} duplicate, "
                f"{self.read['quarantined']:,} set aside"
                if self.read["files"]
                else f"no file of {self.period} is in: everything is from earlier deliveries",
            ),
            *((f"  {feed}", f"{count:,}", reason) for feed, reason, count in self.set_aside),
        ]

    @property
    def title(self) -> str:
        """What it is of: a draft, closed statements, or a period as known on a delivery."""
        if self.totals["as_known_on"]:
            return f"{self.period} {told(self.totals['run_state'], self.totals['as_known_on'])}"
        return f"{'Draft' if self.totals['run_state'] == 'DRAFT' else CLOSED_STATEMENTS} of {self.period}"

    def headline(self) -> str:
        """What it came to, in a line."""
        t = self.totals
        return f"{self.title}: {self._money(t['paid'])} {t['currency']} to {count_of(t['partners_paid'], 'partner')}"

    def as_text(self) -> str:
        """The lines in columns, amounts to the right."""
        rows = self.lines()
        label = max(len(what) for what, _, _ in rows)
        amount = max(len(value) for _, value, _ in rows)
        body = [f"{what:<{label}}  {value:>{amount}}  {why}".rstrip() for what, value, why in rows]
        return "\n".join([f"{self.title}, amounts in {self.totals['currency']}", "", *body]) + "\n"

    def _carried(self) -> str:
        """What is carried forward, with the signs of what is taken off it: debts add to the payment."""
        debts, minimum = self.totals["carried_debts"], self._money(self.totals["minimum_payment"])
        if not debts:
            return f"negative, or below {minimum}"
        small = self.totals["carried"] - debts
        return f"debts of {self._money(-debts)}" + (f", less {self._money(small)} below the minimum" if small else "")

    @staticmethod
    def _where_they_are(missing: int) -> str:
        return f"; `missing_seats` has {'it' if missing == 1 else 'them'}" if missing else ""

    @staticmethod
    def _money(amount: Decimal) -> str:
        return f"{amount + Decimal('0.00'):,.2f}"


def summary_of(con: duckdb.DuckDBPyConnection, due: str, cannot_close: str | None = None) -> Summary:
    """Read the totals off the database's run, which doesn't know what closes next."""
    totals = dicts(con, sql("statements", "totals"))[0]
    read = dicts(con, sql("statements", "rows_read"))[0]
    return Summary(
        totals,
        tuple(con.execute(sql("statements", "set_aside_counts")).fetchall()),
        tuple(con.execute(sql("statements", "missing_rates")).fetchall()),
        tuple(con.execute(sql("statements", "missing_caps")).fetchall()),
        read,
        due,
        cannot_close,
    )
