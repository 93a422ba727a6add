"""Holds a database that was worked out to what it promises, and comments it: it is whole then."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb

from schemas.catalogue import PUBLISHED, VIEWS
from schemas.counts import count_of
from transforms.database.published import InvariantBroken, broken_promises, comments, misshapen
from transforms.database.warehouse import in_folder, sql

MOST_SHOWN = 3
"""Of the rows that break a check, this many are shown, and how many there are."""


def finish(con: duckdb.DuckDBPyConnection) -> None:
    """Hold what was made against its models and the invariants, then give every relation and column its COMMENT.

    Raises InvariantBroken.
    """
    hold_to_its_promises(con)
    con.execute("begin")
    for statement in comments(PUBLISHED, VIEWS):
        con.execute(statement)
    con.execute(f"insert into dictionary {sql('analysis', 'dictionary')}")
    con.execute("commit")
    con.execute("checkpoint")


def hold_to_its_promises(con: duckdb.DuckDBPyConnection) -> None:
    """Raises InvariantBroken, naming every model or check that something of what was made breaks.

    The rows of a view aren't looked at again: they are those of its tables, and what it adds is in `sql/checks/`.
    """
    tables = {name: schema for name, schema in PUBLISHED.items() if name not in VIEWS}
    problems = [*misshapen(con, PUBLISHED), *broken_promises(con, tables), *broken_checks(con)]
    if problems:
        raise InvariantBroken(problems)


def broken_checks(con: duckdb.DuckDBPyConnection) -> Iterator[str]:
    """A line for every check in `sql/checks/` that returns a row: how many, and the first of them."""
    for check in in_folder("checks"):
        first = con.execute(
            f"select *, count(*) over () from ({sql('checks', check)}) order by all limit {MOST_SHOWN}"  # noqa: S608
        ).fetchall()
        if first:
            yield f"{check} on {count_of(first[0][-1], 'row')}: {'; '.join(str(row[:-1]) for row in first)}"
