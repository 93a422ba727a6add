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
from transforms.answers.answer import Answer, places_of, told
from transforms.books.stored import Closed
from transforms.database.connections import file_names
from transforms.database.warehouse import dicts, sql

TEXTS = 4
LEAST_WIDTHS = (11, 9, 14, 13, 9, 15, 15)
"""Of an item's columns: its texts, then seats and amounts; the cause stands behind."""


def statement_on_terminal(con: duckdb.DuckDBPyConnection, mpn_id: str, period: str, closed: Sequence[Closed]) -> Answer:
    """One statement: its sums, then its items. Raises UnusableInput where there is none.

    Those of a closed one are as posted, which the database alone doesn't know: `closed` are the store's closings.
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
    is_of_the_run = statement.pop("is_of_the_run")
    whose = f"{mpn_id} {one_line(statement['partner_name'])}"
    state = told(statement["state"], statement["as_known_on"])
    said = [f"{whose}, {period}, {state}, amounts in {statement['currency']}", ""]
    said += [f"{what:<16}{amount + 0:>18,.2f}" for what, amount in sums]
    items, held, store_is_away = _items(con, statement["state"], is_of_the_run, asked, closed)
    heads, *rows = _aligned(
        [
            ("", "Period", "Subscription", "Incentive", "Seats", "Earned", "Amount", "Cause"),
            *(_item(i["kind"], i, f"{i['amount']:,.2f}", i["cause"] or "") for i in items),
            *(_item("HELD", i, "", "poe_pending") for i in held),
        ]
    )
    if items:
        said += ["", heads]
    said += rows[: len(items)]
    if held:
        said += ["", "Waiting for a proof of execution:", *([] if items else [heads])]
    said += rows[len(items) :]
    if store_is_away:
        said += ["", "Seats, what they earned and what waited are in the store of the closings, which isn't here."]
    return Answer("\n".join(said), {"statement": statement, "items": items, "held": held})


def _items(
    con: duckdb.DuckDBPyConnection, state: str, is_of_the_run: bool, asked: dict[str, Any], closed: Sequence[Closed]
) -> tuple[list[dict[str, Any]], list[dict[str, Any]], bool]:
    """The lines of a statement, and what waits; of one whose store isn't here, its amounts alone, and that it isn't.

    What the database's own run says is known now is what was known then, be it closed by that run or not.
    """
    of_items = asked | {"causes": list(CAUSES)}
    up_to = [closing for closing in closed if closing.period <= asked["period"]]
    is_here = bool(up_to) and up_to[-1].period == asked["period"]
    if state == "DRAFT" or (is_of_the_run and not is_here):
        return (
            dicts(con, sql("explain", "statement_items"), of_items),
            dicts(con, sql("explain", "held_items"), asked),
            False,
        )
    if not is_here:
        unknown = {"assigned_seats": None, "earned": None}
        return [item | unknown for item in dicts(con, sql("explain", "statement_items"), of_items)], [], True
    known = {
        "mpn_id": asked["mpn_id"],
        "states": file_names(closing.folder / "posted_states.parquet" for closing in up_to),
        "rates": file_names([up_to[-1].folder / "posted_rates.parquet"]),
    }
    return (
        dicts(con, sql("explain", "posted_items"), of_items | known),
        dicts(con, sql("explain", "posted_held"), known),
        False,
    )


def _no_statement(con: duckdb.DuckDBPyConnection, mpn_id: str, period: str) -> str:
    if not re.fullmatch(r"[0-9]{7}", mpn_id):
        return f"{mpn_id}: not an MPN ID: that has seven digits, leading zeros included"
    asked = {"mpn_id": mpn_id, "period": period}
    ((is_known, periods, is_closed),) = con.execute(sql("explain", "statements_known"), asked).fetchall()
    if not is_known:
        set_aside = places_of(dicts(con, sql("explain", "partner_set_aside"), {"mpn_id": mpn_id}))
        unknown = f"{mpn_id}: no partner with that MPN ID was delivered"
        return f"{unknown}; set aside: {', '.join(set_aside)}" if set_aside else unknown
    if period not in periods:
        return f"{mpn_id} has no statement for {period}: the database holds statements for {span(periods)}"
    none = f"{mpn_id} has no statement for {period}: no line and no balance"
    return (
        f"{none} when it closed; what has come to light since is on later statements" if is_closed else f"{none} so far"
    )


def _item(kind: str, item: dict[str, Any], pays: str, cause: str) -> tuple[str, ...]:
    seats = "" if item["assigned_seats"] is None else f"{item['assigned_seats']:,}"
    earned = "" if item["earned"] is None else f"{item['earned']:,.2f}"
    return kind, item["period"], item["subscription_id"], item["incentive"], seats, earned, pays, cause


def _aligned(rows: Sequence[tuple[str, ...]]) -> list[str]:
    """Rows as lines: the first columns from the left, figures from the right, none touching the next."""
    widths = [max(least, *(len(row[place]) + 2 for row in rows)) for place, least in enumerate(LEAST_WIDTHS)]
    lines = []
    for *cells, cause in rows:
        shown = [
            f"{cell:<{width}}" if place < TEXTS else f"{cell:>{width}}"
            for place, (cell, width) in enumerate(zip(cells, widths, strict=True))
        ]
        lines.append(f"{''.join(shown)}  {cause}".rstrip())
    return lines
