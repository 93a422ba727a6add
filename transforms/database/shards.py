"""One shard of customers worked out alone: who is partner of record, and the seats that earn.

Up to there nothing of one customer depends on another, so customers are parted by a hash of their id, each part goes
through the same SQL on its own, and the caps and statements are worked out once, from all parts together.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb

from schemas.catalogue import ACCEPTED
from schemas.policy import Policy
from transforms.database.connections import connect, file_names
from transforms.database.published import definition
from transforms.database.shared_place import make_folder, put_file, reaching
from transforms.database.warehouse import import_policy, make, sql, work_out

ANSWERS = (
    "subscription_terms",
    "dpor_claims",
    "osa_claims",
    "dpor_proofs",
    "claims",
    "por_spans",
    "counted_seats",
    "earning_seats",
    "missing_seats",
)
"""What a shard works out and the whole run goes on with."""

ON_THE_WAY = ("dpor_events", "osa_form_decisions", "turning_points", "por_intervals", "interval_ends")
"""What only the shards need."""

READ_WHOLE = ("partners", "rates", "subscriptions")
READ_IN_PART = {
    "osa_forms": "osa_forms",
    "dpor_attachments": "of_own_subscriptions",
    "poe_reviews": "poe_reviews",
    "assigned_seats": "of_own_subscriptions",
}
"""Feeds in the order in which a shard reads them, as reviews are told by their claims, and what picks its own."""


@dataclass(frozen=True)
class Sharding:
    """Into how many shards, on which runner; for a cluster its address, and the place that its workers reach."""

    shards: int
    runner: str = "local"
    cluster: str | None = None
    place: str | None = None


@dataclass(frozen=True)
class Order:
    """All that a worker needs to know to work out one shard, wherever it runs.

    `accepted` names each feed's Parquet files, and `place` the folder for the answers: paths that the worker can
    reach, or URLs.
    """

    shard: int
    shards: int
    period: str
    state: str
    policy: Mapping[str, Any]
    accepted: Mapping[str, Sequence[str]]
    place: str


def work_out_shard(order: Order, spills_in: str | None = None) -> str:
    """Work one shard out and write its answers as Parquet, one file per relation, to a new folder, which is returned.

    The folder's name is never used twice: of an attempt that was killed nothing is ever read. What memory doesn't hold
    goes to `spills_in`, or to the machine's own folder for temporary files.
    """
    folder = f"{order.place}/{order.shard}-of-{order.shards}-{uuid.uuid4().hex}"
    make_folder(folder)
    with TemporaryDirectory(dir=spills_in) as spill, connect(Path(spill)) as con, reaching(con, order.place):
        _import_own(con, order)
        work_out(con, ["resolution", "earnings"])
        for name in ANSWERS:
            con.table(name).write_parquet(f"{folder}/{name}.parquet")
    return folder


def put_together(folders: Sequence[str]) -> dict[str, list[str]]:
    """The Parquet files that stand for each relation once every shard is done; none for what only shards need."""
    files = {name: [f"{folder}/{name}.parquet" for folder in folders] for name in ANSWERS}
    return files | {name: [] for name in ON_THE_WAY}


def bring(accepted: Mapping[str, Sequence[Path]], place: str) -> dict[str, list[str]]:
    """The store's files by feed as workers can reach them: copied to a place behind a URL, else where they are."""
    if "://" not in place:
        return {feed: [str(path.resolve()) for path in paths] for feed, paths in accepted.items()}
    return {
        feed: [put_file(path, f"{place}/accepted/{path.parent.name}") for path in accepted.get(feed, [])]
        for feed in (*READ_WHOLE, *READ_IN_PART)
    }


def _import_own(con: duckdb.DuckDBPyConnection, order: Order) -> None:
    """The accepted rows of one shard's customers, and those that every shard needs."""
    import_policy(con, Policy.model_validate(order.policy), order.period, order.state)
    make(con, "shards", "shard", number=order.shard, of=order.shards)
    for feed, schema in ACCEPTED.items():
        con.execute(definition(feed, schema))
    work_out(con, ["current"])
    for feed in READ_WHOLE:
        _import(con, feed, sql("inputs", "stored_rows"), order)
    make(con, "shards", "own_subscriptions")
    con.execute("delete from subscriptions where subscription_id not in (from own_subscriptions)")
    for feed, own in READ_IN_PART.items():
        _import(con, feed, sql("shards", own), order)


def _import(con: duckdb.DuckDBPyConnection, feed: str, rows: str, order: Order) -> None:
    if files := order.accepted.get(feed):
        con.execute(f"insert into {feed} by name {rows}", {"files": file_names(files)})
