"""P22: of a row that later deliveries replace, the last version counts, for past periods too.

The last is that of the latest delivery; within a delivery that of the last file by name; within a file the one furthest
down.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import duckdb
import polars as pl
import pytest

from schemas.catalogue import ACCEPTED, CURRENT, PUBLISHED
from schemas.feeds import FEEDS
from transforms.database import warehouse
from transforms.database.published import definition

REPLACED = sorted(name.removeprefix("current_") for name in CURRENT)
Version = tuple[str, str, int]

CASES: dict[str, list[Version]] = {
    "a later delivery beats a later file": [("2014-11", "a.csv", 9), ("2014-10", "b.csv", 9)],
    "a later delivery beats a row further down": [("2014-11", "a.csv", 2), ("2014-10", "a.csv", 9)],
    "a later file beats a row further down": [("2014-10", "b.csv", 2), ("2014-10", "a.csv", 9)],
    "of one file's rows the one further down counts": [("2014-10", "a.csv", 10), ("2014-10", "a.csv", 9)],
}
"""Versions of one row, the one that counts first: delivery, file, row number."""


def filled(dtype: Any, text: str) -> Any:
    match dtype:
        case pl.Date:
            return date(2015, 1, 1)
        case pl.Datetime():
            return datetime(2015, 1, 1)
        case pl.Decimal():
            return Decimal(1)
        case pl.Int32 | pl.Int64:
            return 1
    return text


def row(feed: str, key: str, version: Version) -> list[Any]:
    """A row of a feed as the store has it; only the columns of its key say which it is, and its place which version."""
    delivery, file, number = version
    own = {"delivery": delivery, "file": file, "row_number": number, "accepted_in": delivery}
    columns = ACCEPTED[feed].columns
    return [own.get(name, filled(column.dtype.type, key)) for name, column in columns.items()]


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("feed", REPLACED)
def test_the_last_version_counts(feed: str, case: str) -> None:
    counts, *others = CASES[case]
    for versions in ([counts, *others], [*others, counts]):
        assert current(feed, [row(feed, "1000001", version) for version in versions]) == [counts]


@pytest.mark.parametrize(
    ("feed", "column"), [(feed, column) for feed in REPLACED for column in FEEDS[feed].key], ids="-".join
)
def test_rows_that_differ_in_any_column_of_their_key_stand_side_by_side(feed: str, column: str) -> None:
    at = list(ACCEPTED[feed].columns).index(column)
    one, other = (row(feed, "1000001", ("2014-10", "a.csv", number)) for number in (2, 3))
    other[at] = date(2015, 1, 2) if isinstance(other[at], date) else "1000002"
    assert len(current(feed, [one, other])) == 2


def current(feed: str, rows: list[list[Any]]) -> list[Version]:
    with duckdb.connect(":memory:") as con:
        con.execute(definition(feed, PUBLISHED[feed]))
        con.executemany(f"insert into {feed} values ({', '.join('?' * len(rows[0]))})", rows)
        warehouse.make(con, "current", f"current_{feed}")
        return con.execute(f"select delivery, file, row_number from current_{feed}").fetchall()
