"""The example queries of the docs answer on the sample as they say, and what they rest on is described in the docs."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from schemas.catalogue import ACCEPTED, CURRENT, PUBLISHED
from schemas.feeds import FEEDS

HOME = Path(__file__).resolve().parents[2]
QUERIES = sorted((HOME / "docs/queries").glob("*.sql"))
SHOWN = 3


def answered(con: duckdb.DuckDBPyConnection, query: str) -> list[str]:
    """The answer as a query's last comment gives it: the first rows, and how many there are."""
    rows = con.execute(query).fetchall()
    lines = [" | ".join("-" if value is None else str(value) for value in row) for row in rows[:SHOWN]]
    return [f"-- {line}" for line in [*lines, f"({len(rows)} rows)"]]


@pytest.mark.parametrize("path", QUERIES, ids=lambda path: path.stem)
def test_a_query_answers_as_it_says(closed: duckdb.DuckDBPyConnection, path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    said = [line for line in text.split("\n") if line.startswith("--")]
    sample = next(place for place, line in enumerate(said) if line.startswith("-- On the sample"))
    assert said[sample + 1 :] == answered(closed, text)
    assert closed.sql(text).columns


@pytest.mark.parametrize("path", QUERIES, ids=lambda path: path.stem)
def test_the_docs_list_each_query_by_its_question(path: Path) -> None:
    question = path.read_text(encoding="utf-8").split("\n")[0].removeprefix("-- ")
    page = (HOME / "docs/database.md").read_text(encoding="utf-8")
    assert f"| {question} | [{path.name}](queries/{path.name}) |" in page


def test_the_docs_describe_every_relation_in_the_words_of_the_dictionary(closed: duckdb.DuckDBPyConnection) -> None:
    page = (HOME / "docs/database.md").read_text(encoding="utf-8")
    told: dict[str, list[str]] = {}
    for relation, about, column, dtype, comment in closed.execute(
        "select relation, relation_comment, column_name, data_type, comment from dictionary order by relation, position"
    ).fetchall():
        told.setdefault(relation, [f"#### `{relation}`", "", about, "", "| column | type | |", "|---|---|---|"])
        may_be_null = ", may be null" if PUBLISHED[relation].columns[column].nullable else ""
        told[relation].append(f"| `{column}` | {dtype}{may_be_null} | {comment} |")
    assert {*told} == {*PUBLISHED}
    for relation in {*PUBLISHED} - {*ACCEPTED} - {*CURRENT}:
        assert "\n".join(told[relation]) in page, relation


def test_the_docs_list_the_columns_of_every_feed(closed: duckdb.DuckDBPyConnection) -> None:
    page = (HOME / "docs/database.md").read_text(encoding="utf-8")
    for name, feed in FEEDS.items():
        columns = ", ".join(
            f"`{column}` {dtype}{' (may be null)' if PUBLISHED[name].columns[column].nullable else ''}"
            for column, dtype in zip(closed.table(name).columns, closed.table(name).types, strict=True)
            if column in feed.columns
        )
        current = f"`current_{name}`" if feed.replaces else ""
        assert f"| `{name}` | {current} | {columns} |" in page, columns


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
