"""What `dpor statement` prints: one partner's statement, its sums and its items."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import duckdb

from schemas.one_line import one_line
from schemas.policy import span
from schemas.problems import UnusableInput
from schemas.words import CAUSES
from transforms.answer import Answer
from transforms.stored import Closed
from transforms.warehouse import dicts, file_names, sql


def statement_on_terminal(con: duckdb.DuckDBPyConnection, mpn_id: str, period: str, closed: Sequence[Closed]) -> Answer:
    """One statement: its sums, then its items. Raises UnusableInput where there is none.

    Of a closed one they are as posted, which the database alone doesn't know: `closed` are the store's closings.
    """
    asked = {"mpn_id": mpn_id, "period": period}
    found = dicts(con, sql("explain", "statement"), asked)
    if not found:
        raise UnusableInput(_no_statement(con, mpn_id, period))
    statement = found[0]
    sums = [
        ("Opening balance", statement["opening_balance"]),
        ("Earned", statement["earned"]),
        ("Cap reduction", -statement["cap_reduction"]),
        ("Adjustments", statement["adjustments"]),
        ("Payment", statement["payment"]),
        ("Carried forward", statement["closing_balance"]),
        ("Held", statement["held"]),
    ]
    whose = f"{mpn_id} {one_line(statement['partner_name'])}"
    said = [f"{whose}, {period}, {statement['state']}, amounts in {statement['currency']}", ""]
    said += [f"{what:<16}{amount + 0:>18,.2f}" for what, amount in sums]
    items, held = _items(con, statement["state"], asked, closed)
    width = max((len(item["subscription_id"]) for item in (*items, *held)), default=0) + 2
    subscription = f"{'Subscription':<{max(width, 14)}}"
    heads = f"{'':<11}{'Period':<9}{subscription}{'Incentive':<13}{'Seats':>9}{'Earned':>15}{'Amount':>15}  Cause"
    if items:
        said += ["", heads]
    said += [_item(i["kind"], i, f"{i['amount']:,.2f}", i["cause"] or "", len(subscription)) for i in items]
    if held:
        said += ["", "Waiting for a proof of execution:", *([] if items else [heads])]
    said += [_item("HELD", i, "", "poe_pending", len(subscription)) for i in held]
    return Answer("\n".join(said), {"statement": statement, "items": items, "held": held})


def _items(
    con: duckdb.DuckDBPyConnection, state: str, asked: dict[str, Any], closed: Sequence[Closed]
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The lines of a statement, and what waits; of one whose store isn't here, its amounts alone."""
    of_items = asked | {"causes": list(CAUSES)}
    if state == "DRAFT":
        return dicts(con, sql("explain", "statement_items"), of_items), dicts(con, sql("explain", "held_items"), asked)
    up_to = [closing for closing in closed if closing.period <= asked["period"]]
    if not up_to or up_to[-1].period != asked["period"]:
        unknown = {"assigned_seats": None, "earned": None}
        return [item | unknown for item in dicts(con, sql("explain", "statement_items"), of_items)], []
    known = {
        "mpn_id": asked["mpn_id"],
        "states": file_names(closing.folder / "posted_states.parquet" for closing in up_to),
        "rates": file_names([up_to[-1].folder / "posted_rates.parquet"]),
    }
    return dicts(con, sql("explain", "posted_items"), of_items | known), dicts(
        con, sql("explain", "posted_held"), known
    )


def _no_statement(con: duckdb.DuckDBPyConnection, mpn_id: str, period: str) -> str:
    if not re.fullmatch(r"[0-9]{7}", mpn_id):
        return f"{mpn_id}: not an MPN ID: it has seven digits, zeros in front included"
    ((is_known, periods),) = con.execute(sql("explain", "statements_known"), {"mpn_id": mpn_id}).fetchall()
    if not is_known:
        return f"{mpn_id}: no partner of that MPN ID was delivered"
    if period not in periods:
        return f"{mpn_id} has no statement for {period}: the database holds statements of {span(periods)}"
    return f"{mpn_id} has no statement for {period}: no line and no balance until then"


def _item(kind: str, item: dict[str, Any], pays: str, cause: str, width: int) -> str:
    seats = "" if item["assigned_seats"] is None else f"{item['assigned_seats']:,}"
    earned = "" if item["earned"] is None else f"{item['earned']:,.2f}"
    where = f"{kind:<11}{item['period']:<9}{item['subscription_id']:<{width}}{item['incentive']:<13}"
    return f"{where}{seats:>9}{earned:>15}{pays:>15}  {cause}".rstrip()
