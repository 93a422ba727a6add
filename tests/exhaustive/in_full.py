"""What the twin says of a history in full, every month replayed anew, down to what each line pays under its caps."""

from __future__ import annotations

from pathlib import Path

import duckdb
import polars as pl
import twin
import worlds
from exhaustive.bench import CAPS, Caps, rates_and_caps, seats_of, worked_out
from exhaustive.compared import sums
from exhaustive.sequences import LAST_PERIOD, History, Row, partners

RELATIONS = {
    "por_resolution": (
        *("period", "subscription_id", "customer_id", "service", "mpn_id", "basis", "status", "reason", "claim_id"),
    ),
    "claims": (
        *("claim_id", "source", "mpn_id", "customer_id", "service", "subscription_id", "received_at"),
        *("decision", "decision_reason", "poe_status", "ended_at", "end_reason"),
    ),
    "incentive_lines": (
        *("period", "subscription_id", "incentive", "mpn_id", "service", "status"),
        *("assigned_seats", "amount_per_seat", "earned", "payable"),
    ),
}


def world_of(histories: list[History], caps: Caps = CAPS) -> dict[str, list[Row]]:
    """All rows of these histories as of one world, with what they earn by."""
    found: dict[str, list[Row]] = {feed: [] for feed in worlds.COLUMNS}
    for history in histories:
        for feed, rows in history.world().items():
            found[feed] += rows
    found["assigned_seats"] = seats_of(pl.DataFrame(found["subscriptions"])).to_dicts()
    return found | {"partners": partners()} | rates_and_caps(caps)


def said_in_full(histories: list[History], caps: Caps = CAPS) -> dict[str, set[tuple[object, ...]]]:
    """The rows of RELATIONS by the twin, which looks at one history after the other and knows of no other."""
    found: dict[str, set[tuple[object, ...]]] = {name: set() for name in RELATIONS}
    for history in histories:
        outcome = twin.resolve(world_of([history], caps), worlds.POLICY | {"incentives": ["DEPLOY"]}, LAST_PERIOD)
        for name, columns in RELATIONS.items():
            found[name] |= {tuple([row[column] for column in columns]) for row in getattr(outcome, name)}
    return found


def unlike_in_full(
    histories: pl.DataFrame, folder: Path, caps: Caps = CAPS
) -> tuple[list[tuple[object, ...]], dict[str, str | None]]:
    """Rows of the SQL or the twin that the other lacks; and a sum over what each customer is paid by the SQL."""
    length = (histories.width - 1) // 2
    said = said_in_full([History(length, number) for number in histories["number"]], caps)
    with worked_out(histories, folder, caps=caps) as con:
        unlike = [row for name, rows in said.items() for row in rows ^ _rows(con, name)]
        lines = sums(con, folder, lines=True)
    return unlike, dict(lines.select("customer_id", "lines").iter_rows())


def _rows(con: duckdb.DuckDBPyConnection, name: str) -> set[tuple[object, ...]]:
    found = con.execute(f"select {', '.join(RELATIONS[name])} from {name}").fetchall()
    assert len(found) == len(set(found)), f"{name} has a row twice"
    return set(found)
