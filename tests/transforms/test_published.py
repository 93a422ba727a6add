"""What is published is held against its models: each broken promise is named, with the rows that break it."""

from __future__ import annotations

from datetime import date

import duckdb
import pandera.polars as pa
import polars as pl
import pytest

from schemas.catalogue import ACCEPTED, CURRENT, PUBLISHED
from schemas.columns import LAST_DAY
from schemas.words import Money
from transforms.database.published import CHECKS, broken_promises, definition, misshapen


class Kept(pa.DataFrameModel):
    """A relation of every check that a model may use."""

    word: str = pa.Field(isin=["it's", "so"], nullable=True)
    day: pl.Date = pa.Field(ge=date(2000, 1, 1), le=LAST_DAY)
    seats: pl.Int32 = pa.Field(ge=0)
    cut: Money = pa.Field(gt=0)


KEPT = {"kept": Kept.to_schema(), "besides": Kept.to_schema()}
GOOD = ("so", "2015-01-31", 0, "0.01")


def database(*rows: tuple[object, ...]) -> duckdb.DuckDBPyConnection:
    con = duckdb.connect()
    for name, schema in KEPT.items():
        con.execute(definition(name, schema))
    con.executemany("insert into kept values (?, ?, ?, ?)", [GOOD, *rows])
    return con


def test_what_keeps_every_promise_is_not_named() -> None:
    con = database(("it's", "2000-01-01", 5, "3"), (None, "2100-12-31", 0, "1"))
    assert [*misshapen(con, KEPT), *broken_promises(con, KEPT)] == []


@pytest.mark.parametrize(
    ("column", "value", "promise"),
    [
        ("word", "its", "isin"),
        ("day", None, "is null"),
        ("day", "1999-12-31", "greater_than_or_equal_to"),
        ("day", "2101-01-01", "less_than_or_equal_to"),
        ("seats", None, "is null"),
        ("seats", -1, "greater_than_or_equal_to"),
        ("cut", "0", "greater_than"),
    ],
)
def test_a_row_that_breaks_a_promise_is_counted(column: str, value: object, promise: str) -> None:
    bad = tuple({**dict(zip(Kept.to_schema().columns, GOOD, strict=True)), column: value}.values())
    (line,) = broken_promises(database(bad, bad), KEPT)
    assert line.startswith(f"kept.{column}: ")
    assert promise in line
    assert line.endswith(" on 2 rows")


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ("alter seats type bigint", "kept: has [('seats', 'BIGINT')], should have [('seats', 'INTEGER')]"),
        ("drop word", "kept: has [], should have [('word', 'VARCHAR')]"),
        ("add more varchar", "kept: has [('more', 'VARCHAR')], should have []"),
    ],
)
def test_a_relation_of_another_shape_is_named(change: str, told: str) -> None:
    con = database()
    con.execute(f"alter table kept {change}")
    assert list(misshapen(con, KEPT)) == [told]


def test_columns_in_another_order_are_another_shape() -> None:
    con = database()
    con.execute("create or replace table kept as select day, word, seats, cut from kept")
    assert list(misshapen(con, KEPT)) == ["kept: has its columns in another order: day, word, seats, cut"]


def test_models_of_what_is_worked_out_use_only_checks_that_are_looked_at() -> None:
    """Those of the feeds may use others, which the intake has looked at."""
    worked_out = [schema for name, schema in PUBLISHED.items() if name not in ACCEPTED and name not in CURRENT]
    used = {check.name for schema in worked_out for c in schema.columns.values() for check in c.checks}
    assert used <= CHECKS.keys()
