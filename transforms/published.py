"""Holds a relation of the database against its Pandera model, and turns the model's descriptions into COMMENTs.

DuckDB does the comparing, so that a relation of any size is checked on every row without leaving it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

import duckdb
import pandera.polars as pa
import polars as pl


class InvariantBroken(Exception):
    """An invariant of ours failed: a bug, so nothing is published. Lists every broken one."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("nothing was published, since these invariants don't hold:\n" + "\n".join(problems))


CHECKS = {
    "isin": ("allowed_values", "{column} not in (select unnest($value))"),
    "greater_than_or_equal_to": ("min_value", "{column} < $value"),
    "greater_than": ("min_value", "{column} <= $value"),
    "less_than_or_equal_to": ("max_value", "{column} > $value"),
}
"""Pandera's checks that a model of `schemas/relations.py` may use: what holds the value, and what breaks it."""


def duckdb_type(dtype: Any) -> str:
    """The DuckDB type of a Polars type."""
    match dtype:
        case pl.String:
            return "VARCHAR"
        case pl.Boolean:
            return "BOOLEAN"
        case pl.Date:
            return "DATE"
        case pl.Datetime():
            return "TIMESTAMP"
        case pl.Int32:
            return "INTEGER"
        case pl.Int64:
            return "BIGINT"
        case pl.Decimal():
            return f"DECIMAL({dtype.precision},{dtype.scale})"
        case pl.List():
            return f"{duckdb_type(dtype.inner)}[]"
    raise TypeError(f"no DuckDB type for {dtype}")


def misshapen(con: duckdb.DuckDBPyConnection, name: str, schema: pa.DataFrameSchema) -> Iterator[str]:
    """A line if the relation's columns or types are not its model's, in its order."""
    meant = [(column, duckdb_type(c.dtype.type)) for column, c in schema.columns.items()]
    found = [(row[0], row[1]) for row in con.execute(f"describe {name}").fetchall()]
    if meant != found:
        yield f"{name}: has {sorted(set(found) - set(meant))}, should have {sorted(set(meant) - set(found))}"


def broken_promises(con: duckdb.DuckDBPyConnection, name: str, schema: pa.DataFrameSchema) -> Iterator[str]:
    """A line for every column that is null, or breaks a check of its model, on any row."""
    counts, values, promises = [], {}, []
    for column, c in schema.columns.items():
        conditions = [] if c.nullable else [(f'"{column}" is null', "is null")]
        for number, check in enumerate(c.checks):
            if check.name in CHECKS:
                statistic, breaks = CHECKS[check.name]
                value = f"{column}_{number}"
                values[value] = _plain(check.statistics[statistic])
                conditions.append((breaks.format(column=f'"{column}"').replace("$value", f"${value}"), str(check)))
        for condition, promise in conditions:
            counts.append(f"count(*) filter (where {condition})")
            promises.append(f"{name}.{column}: {promise}")
    if not counts:
        return
    broken = con.execute(f"select {', '.join(counts)} from {name}", values).fetchone() or ()  # noqa: S608 (our own names)
    yield from (f"{promise} on {count} rows" for promise, count in zip(promises, broken, strict=True) if count)


def definition(name: str, schema: pa.DataFrameSchema, *, kept: bool = True) -> str:
    """The CREATE TABLE statement of a relation, kept in the database or for this run only."""
    columns = ", ".join(f'"{column}" {duckdb_type(c.dtype.type)}' for column, c in schema.columns.items())
    return f"create {'table' if kept else 'temp table'} {name} ({columns})"


def comments(schemas: Mapping[str, pa.DataFrameSchema], views: Collection[str]) -> Iterator[str]:
    """The COMMENT statements of every relation and column."""
    for name, schema in schemas.items():
        kind = "view" if name in views else "table"
        yield f"comment on {kind} {name} is {_literal(schema.description or '')}"
        for column, c in schema.columns.items():
            yield f'comment on column {name}."{column}" is {_literal(c.description or "")}'


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, list | tuple | set | frozenset) else value


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
