"""The options that several commands of `dpor` take, each described once, and their defaults."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Group, Parameter

PLACES = Group("Files and folders", sort_key=2)
SPREAD = Group("In shards", sort_key=3)

Database = Annotated[
    Path,
    Parameter(
        name="--db",
        group=PLACES,
        help="The database; the store, its system of record, is beside it.",
    ),
]
Deliveries = Annotated[
    Path,
    Parameter(
        name="--deliveries",
        group=PLACES,
        help="The folder of deliveries, one sub-folder per month.",
    ),
]
Out = Annotated[
    Path,
    Parameter(
        name="--out",
        group=PLACES,
        help="The folder for statements, one sub-folder per period.",
    ),
]
MaxQuarantine = Annotated[
    float,
    Parameter(
        name="--max-quarantine", help="The share of a delivery's rows that may be set aside before the run stops."
    ),
]
Period = Annotated[str, Parameter(name="--period", help="The period, such as 2015-03.")]
LastPeriod = Annotated[
    str | None, Parameter(name="--period", help="The period, such as 2015-03; by default the last delivery's.")
]
Shards = Annotated[
    int | None,
    Parameter(
        name="--shards",
        group=SPREAD,
        help="Split the customers into this many parts, each worked out by itself; the result is the same.",
    ),
]
Runner = Annotated[
    Literal["local", "ray", "dask"],
    Parameter(
        name="--runner",
        group=SPREAD,
        help="Where the shards are worked out: on this machine, one after the other, or on a cluster.",
    ),
]
Cluster = Annotated[
    str | None,
    Parameter(
        name="--cluster",
        group=SPREAD,
        help="The cluster's address: Ray's head node, or tls://HOST:PORT of Dask's scheduler.",
    ),
]
Place = Annotated[
    str | None,
    Parameter(
        name="--place",
        group=SPREAD,
        help="Where the workers read and write: a folder that they all share, or a URL such as s3://bucket/path.",
    ),
]

AsJson = Annotated[
    bool,
    Parameter(
        name="--json", negative="", show_default=False, help="The answer as JSON, for scripts; amounts are text."
    ),
]
Formats = Annotated[
    str | None,
    Parameter(
        name="--formats",
        help="The statements' formats: any of csv,xlsx,pdf; by default those of the period's last run, else csv.",
    ),
]

DB, DELIVERIES, OUT = Path("dpor.duckdb"), Path("data/sample"), Path("statements")
MAX_QUARANTINE = 0.05
