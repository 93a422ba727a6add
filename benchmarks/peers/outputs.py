"""What every peer publishes: a DuckDB file of the accepted rows of the feeds, which of them count, and its results."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import duckdb
import pyarrow as pa

from benchmarks.peers.inputs import files

KEYS: dict[str, str | None] = {
    "partners": "mpn_id",
    "customers": "customer_id",
    "rates": "incentive, service, valid_from",
    "subscriptions": "subscription_id",
    "caps": "mpn_id, scope, service, fiscal_year",
    "osa_forms": None,
    "dpor_attachments": None,
    "assigned_seats": None,
    "poe_reviews": "poe_id",
}
"""The nine feeds, with the key of those whose later rows replace."""

TEXT, INSTANT, MONEY = pa.string(), pa.timestamp("us"), pa.decimal128(18, 2)
RESULTS = {
    "claims": {
        **dict.fromkeys(["claim_id", "source", "mpn_id", "customer_id", "service", "subscription_id"], TEXT),
        "received_at": INSTANT,
        **dict.fromkeys(["decision", "decision_reason", "poe_status"], TEXT),
        "ended_at": INSTANT,
        "end_reason": TEXT,
    },
    "por_resolution": dict.fromkeys(
        ["period", "subscription_id", "customer_id", "service", "mpn_id", "basis", "status", "reason", "claim_id"], TEXT
    ),
    "missing_seats": dict.fromkeys(["period", "subscription_id", "mpn_id", "status"], TEXT),
    "incentive_lines": {
        **dict.fromkeys(["period", "subscription_id", "incentive", "mpn_id", "service", "status"], TEXT),
        "assigned_seats": pa.int32(),
        "amount_per_seat": pa.decimal128(18, 4),
        **dict.fromkeys(["earned", "payable"], MONEY),
    },
    "statement_lines": {
        **dict.fromkeys(["statement_period", "kind", "period", "subscription_id", "incentive", "mpn_id"], TEXT),
        "amount": MONEY,
        "cause": TEXT,
    },
    "statements": {
        **dict.fromkeys(["statement_period", "mpn_id"], TEXT),
        **dict.fromkeys(["earned", "cap_reduction", "adjustments", "held"], MONEY),
        **dict.fromkeys(["opening_balance", "payment", "closing_balance"], MONEY),
        "state": TEXT,
    },
}
"""What a peer works out, with its columns."""


def database_of(out: Path) -> Path:
    return out / "month.duckdb"


def publish(out: Path, store: Path, last: str, results: Mapping[str, pa.Table | Path]) -> None:
    """Makes the database anew; a result is a table in memory, or a folder of Parquet files.

    The accepted rows need no peer's hand: DuckDB takes them from the store's files, the quickest way there is.
    """
    out.mkdir(parents=True, exist_ok=True)
    new = out / "new.duckdb"
    new.unlink(missing_ok=True)
    with duckdb.connect(new) as con:
        for feed, key in KEYS.items():
            if paths := [str(path) for path in files(store, feed, last)]:
                con.execute(f"create table {feed} as from read_parquet($paths)", {"paths": paths})
                if key:
                    con.execute(
                        f"create view current_{feed} as select * exclude (accepted_in) from {feed} qualify 1 ="
                        f" row_number() over (partition by {key} order by delivery desc, file desc, row_number desc)"
                    )
        for name in RESULTS:
            result = results[name]
            if isinstance(result, Path):
                con.execute(f"create table {name} as from read_parquet('{result}/*.parquet')")
            else:
                con.register("result", result)
                con.execute(f"create table {name} as from result")
                con.unregister("result")
    new.replace(database_of(out))
