"""Holds a relation of the database against its Pandera model, and turns the model's descriptions into COMMENTs.

DuckDB does the comparing, so that a relation of any size is checked on every row without leaving it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import date
from typing import Any

import duckdb
import pandera.polars as pa
import polars as pl

from schemas.counts import count_of


class InvariantBroken(Exception):
    """An invariant of ours failed: a bug, so nothing is published. Lists every broken one."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        super().__init__("nothing was published, since these invariants don't hold:\n" + "\n".join(problems))


CHECKS = {
    "isin": ("allowed_values", "{column} not in {value}"),
    "greater_than_or_equal_to": ("min_value", "{column} < {value}"),
    "greater_than": ("min_value", "{column} <= {value}"),
    "less_than_or_equal_to": ("max_value", "{column} > {value}"),
}
"""Pandera's checks that a model of a relation may use: what holds the value, and what breaks it."""


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


def misshapen(con: duckdb.DuckDBPyConnection, schemas: Mapping[str, pa.DataFrameSchema]) -> Iterator[str]:
    """A line for every relation whose columns or types are not its model's, in its order."""
    asked = [f"select '{name}', column_name, column_type from (describe {name})" for name in schemas]  # noqa: S608
    found: dict[str, list[tuple[str, str]]] = {name: [] for name in schemas}
    for name, column, dtype in con.execute(" union all ".join(asked)).fetchall():
        found[name].append((column, dtype))
    for name, schema in schemas.items():
        meant = [(column, duckdb_type(c.dtype.type)) for column, c in schema.columns.items()]
        if meant != found[name]:
            unmeant, missing = set(found[name]) - set(meant), set(meant) - set(found[name])
            if unmeant or missing:
                yield f"{name}: has {sorted(unmeant)}, should have {sorted(missing)}"
            else:
                yield f"{name}: has its columns in another order: {', '.join(column for column, _ in found[name])}"


def broken_promises(con: duckdb.DuckDBPyConnection, schemas: Mapping[str, pa.DataFrameSchema]) -> Iterator[str]:
    """A line for every column that is null, or breaks a check of its model, on any row.

    One statement looks at every row of every relation; only the relations in which it finds something are counted.
    """
    promises = {name: promised for name, schema in schemas.items() if (promised := _promises(schema))}
    looks = [f"(select '{name}' from {name} where {' or '.join(promises[name])} limit 1)" for name in promises]  # noqa: S608
    for (name,) in con.execute(" union all ".join(looks)).fetchall():
        counts = [f"count(*) filter (where {breaks})" for breaks in promises[name]]
        broken = con.execute(f"select {', '.join(counts)} from {name}").fetchone() or ()  # noqa: S608
        told = zip(promises[name].values(), broken, strict=True)
        yield from (f"{name}.{promise} on {count_of(count, 'row')}" for promise, count in told if count)


def _promises(schema: pa.DataFrameSchema) -> dict[str, str]:
    """What breaks a promise of a model, as a condition of SQL, and how the promise reads."""
    promises = {}
    for column, c in schema.columns.items():
        if not c.nullable:
            promises[f'"{column}" is null'] = f"{column}: is null"
        for check in c.checks:
            if check.name in CHECKS:
                statistic, breaks = CHECKS[check.name]
                condition = breaks.format(column=f'"{column}"', value=_written(check.statistics[statistic]))
                promises[condition] = f"{column}: {check}"
    return promises


def definition(name: str, schema: pa.DataFrameSchema, *, kept: bool = True) -> str:
    """The CREATE TABLE statement of a relation, kept in the database or for this run only."""
    columns = ", ".join(f'"{column}" {duckdb_type(c.dtype.type)}' for column, c in schema.columns.items())
    return f"create {'table' if kept else 'temp table'} {name} ({columns})"


def comments(schemas: Mapping[str, pa.DataFrameSchema], views: Collection[str]) -> Iterator[str]:
    """The COMMENT statements of every relation and column."""
    for name, schema in schemas.items():
        kind = "view" if name in views else "table"
        yield f"comment on {kind} {name} is {literal(schema.description or '')}"
        for column, c in schema.columns.items():
            yield f'comment on column {name}."{column}" is {literal(_told(c))}'


def _told(column: pa.Column) -> str:
    """What a column says, and the words that it may hold."""
    said = column.description or ""
    listed = [check.statistics["allowed_values"] for check in column.checks if check.name == "isin"]
    words = [str(word) for word in (listed[0] if listed else ()) if str(word) not in said]
    return f"{said} One of {', '.join(map(str, listed[0]))}." if words else said


def _written(value: Any) -> str:
    """A value of a check as SQL writes it."""
    if isinstance(value, list | tuple | set | frozenset):
        return f"({', '.join(map(_written, value))})"
    return literal(str(value)) if isinstance(value, str | date) else str(value)


def literal(text: str) -> str:
    """A text as SQL writes it, where none can be bound."""
    return "'" + text.replace("'", "''") + "'"
