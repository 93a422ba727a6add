"""Works hundreds of thousands of histories out at once by the pipeline's own SQL, each a customer of one world."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import polars as pl
from exhaustive.sequences import EVENTS, FIRST_HOUR, LAST_PERIOD, PARTNERS, PLACES, Row, partners

from schemas.catalogue import ACCEPTED, PUBLISHED
from schemas.policy import default_policy
from transforms.database import warehouse
from transforms.database.connections import connect

SEATS, RATE = 7, "1.50"
"""10.50 a month."""
CAPS = (("SUBSCRIPTION", "60.00"), ("CUSTOMER", "90.00"))
"""That of a subscription and fiscal year binds in its sixth month, that of the customer in the ninth of both."""

SNAPSHOTS = [date(2014 + month // 12, month % 12 + 1, 1) for month in range(9, 25)]
"""The first of each month from October 2014 to January 2016."""
Caps = Sequence[tuple[str, str]]

EVERY_STAGE = warehouse.BEFORE_THE_LEDGER
WHO_IS_PARTNER = EVERY_STAGE[: EVERY_STAGE.index("resolution") + 1]


@contextmanager
def worked_out(
    histories: pl.DataFrame,
    folder: Path,
    stages: Sequence[str] = EVERY_STAGE,
    *,
    arrival: int = 0,
    caps: Caps = CAPS,
) -> Iterator[duckdb.DuckDBPyConnection]:
    """The relations of these stages, for all histories together.

    The rows of each feed arrive in two files, in an order that is another for each number `arrival`. Seats arrive only
    where a stage looks at them.
    """
    feeds = rows_of(histories) | {feed: pl.DataFrame(rows) for feed, rows in rates_and_caps(caps).items()}
    feeds["partners"] = pl.DataFrame(partners())
    if "earnings" in stages:
        feeds["assigned_seats"] = seats_of(feeds["subscriptions"])
    files = {feed: _written(feed, rows, folder, arrival) for feed, rows in feeds.items()}
    nothing = [_nothing(relation, folder) for relation in ("quarantine", "intake_log")]
    con = connect(folder)
    try:
        con.execute("set threads = 1; set enable_progress_bar = false; attach ':memory:' as published; use published")
        warehouse.import_inputs(con, warehouse.Inputs(files, nothing[:1], nothing[1:]), default_policy(), LAST_PERIOD)
        warehouse.work_out(con, stages)
        yield con
    finally:
        con.close()


def rows_of(histories: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """The accepted rows of these histories: what `History.world` gives of each, of all of them together."""
    events = pl.DataFrame(
        [(e.kind, PARTNERS[e.partner], e.subscription, e.outcome or None) for e in EVENTS],
        orient="row",
        schema=["kind", "mpn_id", "subscription", "outcome"],
    ).with_row_index("event")
    days = pl.DataFrame({"day": PLACES}).with_row_index("place")
    customer = pl.col("number").cast(pl.String)
    names = histories.select("number", customer_id=customer)
    length = (histories.width - 1) // 2
    told = pl.concat(
        histories.select(
            customer_id=customer,
            claim_id=customer + f"-{at}",
            at=pl.lit(at, pl.Int64),
            event=pl.col(f"event_{at}").cast(pl.UInt32),
            place=pl.col(f"place_{at}").cast(pl.UInt32),
        )
        for at in range(length)
    )
    told = told.join(events, on="event").join(days, on="place")
    is_form = pl.col("kind") == "F"
    hour = pl.duration(hours=pl.col("at") + FIRST_HOUR)
    return {
        "customers": names.select(
            "customer_id",
            organization_name=pl.lit("C"),
            country=pl.lit("US"),
            address=pl.lit("S"),
            phone=pl.lit("1"),
        ),
        "subscriptions": pl.concat(
            names.select(
                "customer_id",
                subscription_id=pl.col("customer_id") + one,
                agreement_id=pl.lit("ea"),
                program=pl.lit("EA"),
                service=pl.lit("O365"),
                offer=pl.lit("E3"),
                start_date=pl.lit(date(2014, 1, 1)),
                end_date=pl.lit(None, pl.Date),
            )
            for one in "ab"
        ),
        "osa_forms": told.filter(is_form).select(
            "customer_id", "mpn_id", form_id="claim_id", received_on="day", service=pl.lit("O365")
        ),
        "dpor_attachments": told.filter(~is_form).select(
            "mpn_id",
            event_id="claim_id",
            occurred_at=pl.col("day").cast(pl.Datetime("us")) + hour,
            subscription_id=pl.col("customer_id") + pl.col("subscription"),
            action=pl.when(pl.col("kind") == "+").then(pl.lit("ADD")).otherwise(pl.lit("REMOVE")),
            portal=pl.lit("OFFICE"),
        ),
        "poe_reviews": told.filter(pl.col("outcome").is_not_null()).select(
            "claim_id",
            "mpn_id",
            poe_id="p" + pl.col("claim_id"),
            requested_on="day",
            decided_on=pl.when(pl.col("outcome") != "OPEN").then(pl.col("day") + pl.duration(days=9)),
            outcome=pl.when(pl.col("outcome") != "OPEN").then("outcome"),
        ),
    }


def seats_of(subscriptions: pl.DataFrame) -> pl.DataFrame:
    """One snapshot a subscription and month."""
    seats = pl.DataFrame({"snapshot_date": SNAPSHOTS}).join(subscriptions.select("subscription_id"), how="cross")
    counted = {name: pl.lit(SEATS, pl.Int32) for name in ("purchased_seats", "assigned_seats")}
    return seats.with_columns(exported_at=pl.col("snapshot_date").cast(pl.Datetime("us")), **counted)


def rates_and_caps(caps: Caps = CAPS) -> dict[str, list[Row]]:
    """A rate, and for every partner the cap of each of these scopes in both fiscal years."""
    rate = {"incentive": "DEPLOY", "service": "O365", "amount_per_seat": Decimal(RATE)}
    every = {"mpn_id": "*", "service": "*"}
    return {
        "rates": [{**rate, "valid_from": date(2014, 1, 1), "valid_to": None}],
        "caps": [
            {**every, "scope": scope, "fiscal_year": year, "amount": Decimal(amount)}
            for scope, amount in caps
            for year in ("FY15", "FY16")
        ],
    }


def _written(feed: str, rows: pl.DataFrame, folder: Path, arrival: int) -> list[Path]:
    schema = {name: column.dtype.type for name, column in ACCEPTED[feed].columns.items()}
    rows = rows.sample(fraction=1, shuffle=True, seed=arrival).with_row_index("row_number", offset=2)
    where = {"delivery": "2014-10", "accepted_in": "2014-10"}
    paths = []
    for number, part in enumerate((rows[: rows.height // 2], rows[rows.height // 2 :])):
        placed = part.with_columns(file=pl.lit(f"{feed}-{number}.csv"), **{k: pl.lit(v) for k, v in where.items()})
        paths.append(folder / f"{feed}-{number}.parquet")
        placed.select(pl.col(name).cast(dtype) for name, dtype in schema.items()).write_parquet(
            paths[-1], compression="uncompressed"
        )
    return paths


def _nothing(relation: str, folder: Path) -> Path:
    path = folder / f"{relation}.parquet"
    pl.DataFrame(schema={n: c.dtype.type for n, c in PUBLISHED[relation].columns.items()}).write_parquet(path)
    return path
