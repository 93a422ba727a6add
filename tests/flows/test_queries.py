"""The example queries of the docs answer on the sample as they say, and what they rest on is described in the docs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from schemas.catalogue import ACCEPTED, CURRENT, PUBLISHED

HOME = Path(__file__).resolve().parents[2]
QUERIES = sorted((HOME / "docs/queries").glob("*.sql"))
SHOWN = 3


@pytest.fixture(scope="module")
def closed(closed_sample: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """The database after every month of the sample was run and closed."""
    con = duckdb.connect(str(closed_sample / "dpor.duckdb"), read_only=True)
    yield con
    con.close()


def answered(con: duckdb.DuckDBPyConnection, query: str) -> list[str]:
    """The answer as a query's last comment gives it: the first rows, and how many there are."""
    rows = con.execute(query).fetchall()
    lines = [" | ".join("-" if value is None else str(value) for value in row) for row in rows[:SHOWN]]
    return [f"-- {line}" for line in [*lines, f"({len(rows)} rows)"]]


@pytest.mark.parametrize("path", QUERIES, ids=lambda path: path.stem)
def test_a_query_answers_as_it_says(closed: duckdb.DuckDBPyConnection, path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    head, _, _ = text.partition("\nselect" if "\nselect" in text else "\nwith")
    said = head[head.index("-- On the sample") :].split("\n")
    assert said[1:] == answered(closed, text)
    assert closed.sql(text).columns


def test_every_relation_and_column_is_in_the_docs_and_in_the_dictionary(closed: duckdb.DuckDBPyConnection) -> None:
    page = (HOME / "docs/database.md").read_text(encoding="utf-8")
    parts = {part.split("`")[1]: part for part in re.split(r"^#### ", page, flags=re.MULTILINE)[1:]}
    found = closed.execute("select relation, list(column_name order by position) from dictionary group by 1").fetchall()
    assert dict(found) == {name: list(schema.columns) for name, schema in PUBLISHED.items()}
    for name, columns in found:
        if name in {*ACCEPTED, *CURRENT}:
            assert f"`{name}`" in page
        else:
            assert [column for column in columns if f"| `{column}` |" not in parts[name]] == [], name


def test_every_entry_of_the_dictionary_says_something(closed: duckdb.DuckDBPyConnection) -> None:
    assert (
        closed.execute(
            "select relation, column_name from dictionary where length(comment) < 5 or length(relation_comment) < 20"
        ).fetchall()
        == []
    )


def test_the_dictionary_lists_the_words_that_a_column_may_hold(closed: duckdb.DuckDBPyConnection) -> None:
    (said,) = closed.execute(
        "select comment from dictionary where relation = 'por_history' and column_name = 'status'"
    ).fetchone() or ("",)
    assert said == "Whether it is paid. One of PAYABLE, HELD, DENIED, INELIGIBLE, UNASSIGNED."
