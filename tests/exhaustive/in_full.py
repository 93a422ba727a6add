"""What the twin says of a history in full, every month replayed anew, down to what each line pays under its caps."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time
from pathlib import Path

import duckdb
import polars as pl
import twin
import worlds
from exhaustive.bench import SEATS, SNAPSHOTS, rates_and_caps, worked_out
from exhaustive.compared import sums
from exhaustive.laws import LAWS, LAWS_OF_LINES, broken
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


def world_of(histories: list[History]) -> dict[str, list[Row]]:
    """All rows of these histories as of one world, with what they earn by."""
    found: dict[str, list[Row]] = {feed: [] for feed in worlds.COLUMNS}
    for history in histories:
        for feed, rows in history.world().items():
            found[feed] += rows
    found["assigned_seats"] = [
        {"subscription_id": row["subscription_id"], "snapshot_date": day, "exported_at": datetime.combine(day, time())}
        | {"purchased_seats": SEATS, "assigned_seats": SEATS}
        for row in found["subscriptions"]
        for day in SNAPSHOTS
    ]
    return found | {"partners": partners()} | rates_and_caps()


def said_in_full(histories: list[History]) -> dict[str, set[tuple[object, ...]]]:
    """The rows of RELATIONS by the twin, which looks at one history after the other and knows of no other."""
    found: dict[str, set[tuple[object, ...]]] = {name: set() for name in RELATIONS}
    for history in histories:
        outcome = twin.resolve(world_of([history]), worlds.POLICY | {"incentives": ["DEPLOY"]}, LAST_PERIOD)
        for name, columns in RELATIONS.items():
            found[name] |= {tuple([row[column] for column in columns]) for row in getattr(outcome, name)}
    return found


Paid = tuple[str | None, str | None]


@dataclass(frozen=True)
class InFull:
    """Rows that only the SQL or the twin has; the laws that are broken; and what each partner is paid by customer."""

    unlike: list[tuple[object, ...]]
    broken: dict[str, list[str]]
    paid: dict[str, Paid]


def compared_in_full(histories: pl.DataFrame, folder: Path) -> InFull:
    """These histories worked out by the SQL with what they are paid, and by the twin in full."""
    length = (histories.width - 1) // 2
    said = said_in_full([History(length, number) for number in histories["number"]])
    with worked_out(histories, folder) as con:
        unlike = [row for name, rows in said.items() for row in rows ^ _rows(con, name)]
        return InFull(unlike, broken(con, LAWS | LAWS_OF_LINES), paid_to_each(sums(con, folder, lines=True)))


def paid_to_each(sums: pl.DataFrame) -> dict[str, Paid]:
    """By customer, what partner A is paid and what B, as sums over lines."""
    return {customer: (a, b) for customer, a, b in sums.select("customer_id", "paid_to_a", "paid_to_b").iter_rows()}


def _rows(con: duckdb.DuckDBPyConnection, name: str) -> set[tuple[object, ...]]:
    found = con.execute(f"select {', '.join(RELATIONS[name])} from {name}").fetchall()
    assert len(found) == len(set(found)), f"{name} has a row twice"
    return set(found)
