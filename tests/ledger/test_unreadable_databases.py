"""Questions to a database: a file that is to blame is refused and named, SQL of ours that is wrong is a bug of ours."""

from __future__ import annotations

import errno
import os

import duckdb
import pytest
from ledger.bench import Books

from transforms.answers.answer import Answer
from transforms.books.store import Store

pytestmark = pytest.mark.slow

ASKED = ("explain", "e3", "--period", "2015-04")
BLOCK = 262_144
"""In bytes, of a file of DuckDB's."""


@pytest.mark.parametrize(
    "wrong", ["select no_such_column from claims", "from no_such_relation", "select from", "select payment::date"]
)
def test_sql_of_ours_that_is_wrong_is_no_fault_of_the_database(
    closed: Books, monkeypatch: pytest.MonkeyPatch, wrong: str
) -> None:
    def asks_wrongly(con: duckdb.DuckDBPyConnection, *_: str) -> Answer:
        con.execute(wrong)
        return Answer("", {})

    monkeypatch.setattr("flows.commands.asking.explanation", asks_wrongly)
    assert closed.dpor(*ASKED) == 1
    assert "Traceback" in closed.complained
    assert "this is a bug in dpor" in closed.complained
    assert "makes the database anew" not in closed.complained


@pytest.mark.parametrize(
    "changed",
    [
        "drop table dpor_proofs",
        "alter table dpor_proofs rename exempted_by to exempt",
        "alter table dpor_proofs drop exempted_by",
    ],
)
def test_a_database_of_another_version_is_made_anew_where_it_is_asked(closed: Books, changed: str) -> None:
    closed.does(*ASKED)
    answered = closed.said
    with duckdb.connect(str(closed.database)) as con:
        con.execute(changed)
    closed.does(*ASKED)
    assert f"restored from the store: {closed.database}" in closed.complained
    assert closed.said == answered


def test_a_block_that_is_damaged_is_mended_wherever_it_is_asked(closed: Books) -> None:
    closed.does(*ASKED)
    answered = closed.said
    whole = closed.database.read_bytes()
    mended = 0
    for place in range(BLOCK // 2, len(whole), BLOCK):
        closed.database.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        closed.does(*ASKED)
        assert closed.said == answered
        mended += "restored from the store" in closed.complained
    assert mended > 3


def test_a_database_that_cant_be_made_anew_stays_as_it_is(closed: Books, monkeypatch: pytest.MonkeyPatch) -> None:
    with duckdb.connect(str(closed.database)) as con:
        con.execute("drop table dpor_proofs")
    before = closed.database.read_bytes()

    def full_disk(_: Store) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("flows.commands.asking.bring_back_what_was_lost", full_disk)
    there = sorted(closed.folder.iterdir())
    assert closed.dpor(*ASKED) == 4
    assert closed.database.read_bytes() == before
    assert sorted(closed.folder.iterdir()) == there


def test_a_fault_of_another_file_is_none_of_the_database(closed: Books, monkeypatch: pytest.MonkeyPatch) -> None:
    def asks_of_a_file_that_is_gone(con: duckdb.DuckDBPyConnection, *given: object) -> Answer:
        con.execute("from read_parquet($1)", [f"{given[-1]}/gone.parquet"])
        return Answer("", {})

    monkeypatch.setattr("flows.commands.asking.held_against_statements", asks_of_a_file_that_is_gone)
    before = closed.database.stat()
    assert closed.dpor("reconcile", "--period", "2015-04", "--payments", "paid.csv") == 4
    assert "gone.parquet" in closed.complained
    assert "brought back" not in closed.complained
    assert closed.database.stat().st_ino == before.st_ino


def test_who_may_only_read_is_told_that_the_database_is_broken(closed: Books, monkeypatch: pytest.MonkeyPatch) -> None:
    with duckdb.connect(str(closed.database)) as con:
        con.execute("drop table dpor_proofs")
    monkeypatch.setattr(Store, "may_be_written", False)
    closed.refuses(*ASKED, because=["made by another version", "`dpor run --db"])
