"""Works thousands of histories out at once by the pipeline's own SQL, and each alone by the twin."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import polars as pl
import twin
import worlds
from exhaustive.sequences import CAP, LAST_PERIOD, RATE, SEATS, History, Row, partners

from schemas.catalogue import ACCEPTED, PUBLISHED
from schemas.policy import default_policy
from transforms import warehouse

RESOLVED = ("period", "subscription_id", "customer_id", "service", "mpn_id", "basis", "status", "reason", "claim_id")
CLAIMED = (
    *("claim_id", "source", "mpn_id", "customer_id", "service", "subscription_id", "received_at"),
    *("decision", "decision_reason", "poe_status", "ended_at", "end_reason"),
)


@contextmanager
def worked_out(
    histories: Sequence[History], folder: Path, *, backwards: bool = False
) -> Iterator[duckdb.DuckDBPyConnection]:
    """The relations up to the caps for all histories together; `backwards`, their rows arrive in the other order."""
    files = {
        feed: [_written(feed, rows, folder)] for feed, rows in _rows(histories, backwards=backwards).items() if rows
    }
    files["assigned_seats"] = [_seats(histories, folder)]
    nothing = [_nothing(relation, folder) for relation in ("quarantine", "intake_log")]
    con = warehouse.connect(folder)
    try:
        con.execute("attach ':memory:' as published; use published")
        warehouse.import_inputs(con, files, [nothing[0]], [nothing[1]], default_policy(), LAST_PERIOD)
        warehouse.work_out(con, warehouse.BEFORE_THE_LEDGER)
        yield con
    finally:
        con.close()


def resolved(con: duckdb.DuckDBPyConnection, folder: Path) -> tuple[pl.DataFrame, pl.DataFrame]:
    """What the SQL found: who is partner of record, and what became of each form and event."""
    return _frame(con, "por_resolution", RESOLVED, folder), _frame(con, "claims", CLAIMED, folder)


def resolved_by_the_twin(histories: Sequence[History]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The same by the twin, which looks at one history after the other and knows of no other."""
    resolution: list[Row] = []
    claims: list[Row] = []
    for history in histories:
        known = twin.know(history.world() | {"partners": partners()}, worlds.POLICY)
        resolution += twin.por_resolution(known, LAST_PERIOD)
        claims += twin.claim_rows(known, LAST_PERIOD)
    instants = {"received_at": pl.Datetime("us"), "ended_at": pl.Datetime("us")}
    schemas = (dict.fromkeys(RESOLVED, pl.String), {name: instants.get(name, pl.String) for name in CLAIMED})
    return pl.DataFrame(resolution, schema=schemas[0]), pl.DataFrame(claims, schema=schemas[1])


def unlike(one: pl.DataFrame, other: pl.DataFrame) -> list[str]:
    """The customers whose rows differ."""
    keys = one.columns
    lost = one.join(other, on=keys, how="anti", nulls_equal=True)
    more = other.join(one, on=keys, how="anti", nulls_equal=True)
    return sorted({*lost["customer_id"], *more["customer_id"]})


def _rows(histories: Sequence[History], *, backwards: bool) -> dict[str, list[Row]]:
    rows: dict[str, list[Row]] = {feed: [] for feed in ACCEPTED}
    rows["partners"] = partners()
    rate = {"incentive": "DEPLOY", "service": "O365", "amount_per_seat": Decimal(RATE)}
    rows["rates"] = [{**rate, "valid_from": date(2014, 1, 1), "valid_to": None}]
    cap = {"mpn_id": "*", "service": "*", "amount": Decimal(CAP)}
    rows["caps"] = [
        {**cap, "scope": scope, "fiscal_year": year}
        for scope in ("SUBSCRIPTION", "CUSTOMER")
        for year in ("FY15", "FY16")
    ]
    for history in histories:
        rows["customers"].append(
            {"customer_id": history.customer, "organization_name": "C", "country": "US", "address": "S", "phone": "1"}
        )
        for feed, own in history.world().items():
            rows[feed] += own
    return {feed: own[::-1] if backwards else own for feed, own in rows.items()}


def _written(feed: str, rows: list[Row], folder: Path) -> Path:
    schema = {name: column.dtype.type for name, column in ACCEPTED[feed].columns.items()}
    where = {"delivery": "2014-10", "file": f"{feed}.csv", "accepted_in": "2014-10"}
    frame = pl.DataFrame(rows, schema={name: dtype for name, dtype in schema.items() if name in rows[0]})
    frame = frame.with_row_index("row_number", offset=2).with_columns(
        pl.col("row_number").cast(pl.Int64), **{name: pl.lit(text) for name, text in where.items()}
    )
    path = folder / f"{feed}.parquet"
    frame.select(*schema).write_parquet(path)
    return path


def _seats(histories: Sequence[History], folder: Path) -> Path:
    """One snapshot a subscription and month."""
    months = pl.date_range(date(2014, 10, 1), date(2016, 1, 1), "1mo", eager=True)
    subscriptions = pl.Series("subscription_id", [f"{history.customer}-{one}" for history in histories for one in "ab"])
    seats = pl.DataFrame({"snapshot_date": months}).join(subscriptions.to_frame(), how="cross")
    seats = seats.with_columns(
        exported_at=pl.col("snapshot_date").cast(pl.Datetime("us")),
        purchased_seats=pl.lit(SEATS, pl.Int32),
        assigned_seats=pl.lit(SEATS, pl.Int32),
        delivery=pl.lit("2014-10"),
        file=pl.lit("assigned_seats.csv"),
        accepted_in=pl.lit("2014-10"),
    ).with_row_index("row_number", offset=2)
    path = folder / "assigned_seats.parquet"
    seats.with_columns(pl.col("row_number").cast(pl.Int64)).select(*ACCEPTED["assigned_seats"].columns).write_parquet(
        path
    )
    return path


def _nothing(relation: str, folder: Path) -> Path:
    path = folder / f"{relation}.parquet"
    pl.DataFrame(schema={n: c.dtype.type for n, c in PUBLISHED[relation].columns.items()}).write_parquet(path)
    return path


def _frame(con: duckdb.DuckDBPyConnection, relation: str, columns: Sequence[str], folder: Path) -> pl.DataFrame:
    path = folder / f"{relation}-found.parquet"
    con.sql(f"select {', '.join(columns)} from {relation}").write_parquet(str(path))
    return pl.read_parquet(path, memory_map=False)
