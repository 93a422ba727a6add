"""The same deliveries give the same bytes on any machine; and where order is no matter, the same statements (P25)."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

import pytest
import worlds
from ledger.bench import Books, files_in, from_month, unlike, write_feed

pytestmark = pytest.mark.slow

FIRST, LAST = "2015-03", "2015-04"
COMMANDS = (
    ("run", "--through", FIRST, "--close", "--max-quarantine", "1"),
    ("run", "--period", LAST, "--max-quarantine", "1"),
)

ELSEWHERE = """
import json, os, sys, time
os.umask(0o077)
time.tzset()
import transforms.database.connections as connections
connected = connections.connect
def connect(spill):
    con = connected(spill)
    con.execute(f"set threads = {sys.argv[1]}")
    return con
connections.connect = connect
from flows.dpor import exit_code
import polars
print(polars.thread_pool_size(), time.tzname)
sys.exit(max(exit_code(arguments) for arguments in json.loads(sys.argv[2])))
"""
"""A real process with as many DuckDB threads as it is told, and the time zone, locale and umask of another place."""


def small_world() -> worlds.Deliveries:
    """One version of a key in a delivery, so that the order within it is no matter."""
    merged = from_month(worlds.random_deliveries(21, 12, trouble=True), FIRST, LAST)
    for feeds in merged.values():
        for feed, rows in feeds.items():
            keys = {"rates": 2, "caps": 4, "assigned_seats": 3}.get(feed, 1)
            columns = list(worlds.COLUMNS[feed])[:keys]
            columns = ["incentive", "service", "valid_from"] if feed == "rates" else columns
            read = worlds.COLUMNS[feed]
            feeds[feed] = list({tuple(read[column](row[column]) for column in columns): row for row in rows}.values())
    return merged


@pytest.fixture(scope="module")
def at_home(tmp_path_factory: pytest.TempPathFactory) -> Books:
    books = Books(tmp_path_factory.mktemp("at-home"))
    worlds.write_deliveries(small_world(), books.deliveries)
    for command in COMMANDS:
        books.does(*command)
    assert books.rows("select count(*) from statement_lines where kind = 'ADJUSTMENT'")[0][0] > 10
    return books


@pytest.mark.parametrize(
    ("threads", "zone", "locale"), [(1, "Pacific/Kiritimati", "tr_TR.UTF-8"), (2, "America/St_Johns", "C")]
)
def test_elsewhere_the_same_bytes(at_home: Books, tmp_path: Path, threads: int, zone: str, locale: str) -> None:
    books = Books(tmp_path / "another" / "place's [folder]")
    worlds.write_deliveries(small_world(), books.deliveries)
    elsewhere(books, COMMANDS, threads, zone, locale)
    assert unlike(books.everything(), at_home.everything()) == []


def elsewhere(
    books: Books, commands: Sequence[Sequence[str]], threads: int, zone: str = "UTC", locale: str = "C"
) -> None:
    typed = json.dumps([books.arguments(*command) for command in commands])
    done = subprocess.run(
        [sys.executable, "-c", ELSEWHERE, str(threads), typed],
        env={**os.environ, "POLARS_MAX_THREADS": str(threads), "TZ": zone, "LC_ALL": locale, "PYTHONHASHSEED": "7"},
        cwd=Path(__file__).parents[2], capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(f"{threads} "), done.stdout


def test_many_rows_lie_in_the_same_bytes_with_any_number_of_threads(tmp_path: Path) -> None:
    """One that waited is written before 200,000 new ones: what is large goes through several threads, in pieces."""
    books = Books(tmp_path / "one thread")
    header = "subscription_id snapshot_date exported_at assigned_seats"
    books.deliver("2015-03", assigned_seats=f"{header}\n sub 2015-03-31 2015-04-01T00:00:00Z 1")
    books.deliver("2015-04", customers="customer_id\n cust", subscriptions="subscription_id customer_id\n sub cust")
    exports = (datetime(2015, 4, 30) + timedelta(seconds=second) for second in range(200_000))
    seats = "".join(f"sub,2015-04-30,{export:%Y-%m-%dT%H:%M:%SZ},5,5\n" for export in exports)
    text = f"subscription_id,snapshot_date,exported_at,purchased_seats,assigned_seats\n{seats}"
    (books.deliveries / "2015-04" / "assigned_seats.csv").write_text(text, encoding="utf-8")
    with_many = books.copied(tmp_path / "many threads")
    for one, threads in ((books, 1), (with_many, 7)):
        elsewhere(one, [("run", "--max-quarantine", "1")], threads)
    assert books.rows("select count(*) from assigned_seats") == [(200_001,)]
    assert unlike(with_many.everything(), books.everything()) == []


def test_files_split_and_rows_shuffled_come_to_the_same_statements(at_home: Books, tmp_path: Path) -> None:
    random = Random(5)
    books = Books(tmp_path)
    for period, feeds in small_world().items():
        for feed, rows in feeds.items():
            random.shuffle(rows)
            cut = random.randrange(len(rows) + 1)
            for name, part in ((f"{feed}_b.csv", rows[:cut]), (f"{feed}.csv", rows[cut:])):
                write_feed(books.deliveries / period / name, feed, part)
    for command in COMMANDS:
        books.does(*command)
    derived = ("por_resolution", "claims", "incentive_lines", "statements", "statement_lines", "missing_seats")
    wanted, found = at_home.relations(), books.relations()
    assert [name for name in derived if found[name] != wanted[name]] == []
    for period in (FIRST, LAST):
        statements = {
            where: {name: content for name, content in files_in(one.statements / period).items() if name[0].isdigit()}
            for where, one in (("home", at_home), ("here", books))
        }
        assert statements["here"] == statements["home"] != {}
    ours, theirs = files_in(at_home.statements), files_in(books.statements)
    assert [name for name in ours if name.endswith("summary.csv") and ours[name] != theirs[name]] == []


def test_runs_in_between_leave_no_trace(at_home: Books, tmp_path: Path) -> None:
    """Drafted before, drafted later, taken in anew: what counts is what lies there in the end."""
    books = Books(tmp_path)
    worlds.write_deliveries(small_world(), books.deliveries)
    path = next((books.deliveries / FIRST).glob("assigned_seats*.csv"))
    whole = path.read_bytes()
    path.write_bytes(b"\n".join(whole.splitlines()[:-4]) + b"\n")
    books.does("run", "--max-quarantine", "1")
    path.write_bytes(whole)
    for command in COMMANDS:
        books.does(*command)
    assert unlike(books.everything(), at_home.everything()) == []
