"""A bench for one relation: its own SQL, on small tables that the test gives, shown as a table.

What comes before the relation isn't worked out: a test gives what would come of it, and only the columns that the SQL
asks for. A table is a header of column names and rows of values, as in `harness`; `-` is null, `''` empty text, `~` a
blank. A column's type follows from its name. The database lies in memory.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import duckdb
from harness import PARTNERS, aligned, cells, written

from transforms.database.warehouse import sql

TYPES = {
    r".*(earned|payable|paid|amount|cut|cap_reduction|adjustments|held|balance|payment|_tax)": "decimal(18, 2)",
    r"cap|used|brought|remaining|before|posted|judged|pays|room(_then|_now)?": "decimal(18, 2)",
    r"amount_per_seat|rate_(was|between|now)": "decimal(18, 4)",
    r"eligible_(was|between|now)|buckets_differ|caps_differ|never_billed": "boolean",
    r"seats_(was|between|now)|stage": "integer",
    r".*(_no|_seats|_stage|row_number|rows|rows_read|accepted|duplicates|quarantined|used_percent)": "integer",
    r"(?!as_known).*(_on|_day|_date|eligible_(from|to)|valid_(from|to)|contested_from|_go_live|_until)": "date",
    r".*_at": "timestamp",
    r"place|part": "bigint",
    r"lines|services|incentives": "varchar[]",
}
"""The type of a column whose name is like this; text, where none fits."""


def shows(folder: str, name: str, expected: str, given: Mapping[str, str], **values: object) -> None:
    """Asserts that a relation, made from the tables `given`, has the rows of the table `expected`, in its columns.

    They may come in any order. `values` are bound in the SQL.
    """
    header, *lines = cells(expected)
    found = made(folder, name, header, given, values)
    if sorted(found) != sorted(lines):
        raise AssertionError(told(name, header, sorted(found), sorted(lines)))


def shows_in_order(folder: str, name: str, expected: str, given: Mapping[str, str], **values: object) -> None:
    """Asserts the same, and that the rows come in the order in which they are expected."""
    header, *lines = cells(expected)
    found = made(folder, name, header, given, values)
    if found != lines:
        raise AssertionError(told(name, header, found, lines))


def told(name: str, header: list[str], found: list[list[str]], meant: list[list[str]]) -> str:
    return f"{name} shows\n{aligned([header, *found])}\nnot\n{aligned([header, *meant])}"


def made(
    folder: str, name: str, header: list[str], given: Mapping[str, str], values: Mapping[str, object]
) -> list[list[str]]:
    """The rows that the relation has, in the columns of a header."""
    with duckdb.connect(":memory:") as con:
        for table, rows in given.items():
            create(con, table, rows)
        answer = con.execute(sql(folder, name), values or None)
        columns = [column[0].replace(" ", "~") for column in answer.description or ()]
        rows_made = [dict(zip(columns, row, strict=True)) for row in answer.fetchall()]
    return [[written(row[column]).replace(" ", "~").replace("\n", "\\n") for column in header] for row in rows_made]


def create(con: duckdb.DuckDBPyConnection, table: str, rows: str) -> None:
    """Make a table, and put its rows in."""
    header, *lines = cells(rows)
    con.execute(f"create table {table} ({', '.join(f'{column} {type_of(column)}' for column in header)})")
    for line in lines:
        con.execute(f"insert into {table} values ({', '.join('?' * len(line))})", [value_of(text) for text in line])


def parquet(path: Path, rows: str) -> str:
    """Write a table to a file; returns where it is."""
    with duckdb.connect(":memory:") as con:
        create(con, "stored", rows)
        con.execute(f"copy stored to '{path}'")
    return str(path)


def value_of(text: str) -> str | None:
    if text == "-":
        return None
    return PARTNERS.get(text, text.replace("''", "").replace("~", " "))


def type_of(column: str) -> str:
    return next((dtype for like, dtype in reversed(TYPES.items()) if re.fullmatch(like, column)), "varchar")
