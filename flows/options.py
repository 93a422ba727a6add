"""The options that several commands of `dpor` take, each described once, and their defaults."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Group, Parameter

PLACES = Group("Where things lie", sort_key=2)
SPREAD = Group("In shards", sort_key=3)

Database = Annotated[
    Path,
    Parameter(
        name="--db",
        group=PLACES,
        help="The database; its store of record lies beside it.",
    ),
]
Deliveries = Annotated[
    Path,
    Parameter(
        name="--deliveries",
        group=PLACES,
        help="The folder of deliveries, one sub-folder a month.",
    ),
]
Out = Annotated[
    Path,
    Parameter(
        name="--out",
        group=PLACES,
        help="Where statements go, a sub-folder a period.",
    ),
]
MaxQuarantine = Annotated[
    float,
    Parameter(
        name="--max-quarantine", help="The share of a delivery's rows that may be set aside before the run stops."
    ),
]
Period = Annotated[str, Parameter(name="--period", help="The period, as 2015-03.")]
LastPeriod = Annotated[
    str | None, Parameter(name="--period", help="The period, as 2015-03; without it, the last delivery's.")
]
Shards = Annotated[
    int | None,
    Parameter(
        name="--shards",
        group=SPREAD,
        help="Work partners of record out in so many parts of the customers, with the same result.",
    ),
]
Runner = Annotated[
    Literal["local", "ray", "dask"],
    Parameter(
        name="--runner", group=SPREAD, help="Who works the shards out: this machine, one after the other, or a cluster."
    ),
]
Cluster = Annotated[
    str | None,
    Parameter(
        name="--cluster",
        group=SPREAD,
        help="The cluster's address: of Ray's head, or tls://HOST:PORT of Dask's scheduler.",
    ),
]
Place = Annotated[
    str | None,
    Parameter(
        name="--place",
        group=SPREAD,
        help="A folder that all workers share, or a URL as s3://bucket/path, for what they read and write.",
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
        help="What statements are written as: any of csv,xlsx,pdf; by default as at the period's last run, or csv.",
    ),
]

DB, DELIVERIES, OUT = Path("dpor.duckdb"), Path("data/sample"), Path("statements")
