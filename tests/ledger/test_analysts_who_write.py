"""An analyst who opens the database for writing blocks nobody and spoils nothing: it is made anew beside them."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator

import duckdb
import pytest
from ledger.bench import Books

pytestmark = pytest.mark.slow

ASKED = ("explain", "e3", "--period", "2015-04")
ANALYST = """
import sys, duckdb
con = duckdb.connect(sys.argv[1])
if sys.argv[2]:
    con.execute(sys.argv[2])
print("open", flush=True)
sys.stdin.read()
"""


@pytest.fixture(params=["", "create table mine as select 1 as one"], ids=["who only looks", "who has written"])
def analyst(closed: Books, request: pytest.FixtureRequest) -> Iterator[subprocess.Popen[str]]:
    """Somebody who has the database open as DuckDB opens it where nothing is said: for writing."""
    command = [sys.executable, "-c", ANALYST, str(closed.database), request.param]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "open\n"
        yield process
        process.kill()


def opens(books: Books) -> bool:
    """Whether anybody can open the database, and finds what dpor left there."""
    with duckdb.connect(str(books.database), read_only=True) as con:
        tables = con.execute("select table_name from duckdb_tables()").fetchall()
    return ("mine",) not in tables


def test_a_question_beside_one_is_answered_from_a_database_made_anew(
    closed: Books, analyst: subprocess.Popen[str]
) -> None:
    closed.does(*ASKED)
    assert "another program has the one in its place open for writing, and keeps it" in closed.complained
    assert opens(closed)
    closed.does(*ASKED)
    assert closed.complained == ""
    assert analyst.poll() is None


def test_a_run_beside_one_leaves_a_database_that_opens(closed: Books, analyst: subprocess.Popen[str]) -> None:
    closed.does("run", "--period", "2015-05")
    assert opens(closed)
    assert analyst.poll() is None


def test_what_one_left_unfinished_by_a_kill_stands_in_nobodys_way(
    closed: Books, analyst: subprocess.Popen[str]
) -> None:
    analyst.kill()
    analyst.wait()
    closed.does("run", "--period", "2015-05")
    assert opens(closed)
    closed.does("statement", "1100001", "--period", "2015-04")


@pytest.mark.parametrize("name", ["dpor.duckdb", "dpor.published.json"])
def test_a_named_pipe_keeps_nobody_waiting(closed: Books, name: str) -> None:
    path = closed.folder / name
    path.unlink()
    os.mkfifo(path)
    command = [sys.executable, "-m", "flows.dpor", *closed.arguments(*ASKED)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == (0 if name == "dpor.duckdb" else 4), done.stderr
    assert name in done.stderr


def test_a_folder_in_the_databases_place_is_named(closed: Books) -> None:
    closed.database.unlink()
    closed.database.mkdir()
    assert closed.dpor(*ASKED) == 2
    assert f"{closed.database}: a folder" in closed.complained
