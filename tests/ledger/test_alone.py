"""One run at a time holds the store, who reads isn't disturbed, and a folder that can't be written is refused."""

from __future__ import annotations

import errno
import multiprocessing.connection
import os
import shutil
import subprocess
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from typing import Any

import duckdb
import pytest
from ledger.bench import SERVER, Books, deliver_four_months, unlike

from flows.command_line.machine import in_words, what_to_do
from flows.commands import running
from transforms.books.store import Store
from transforms.database.connections import reading
from transforms.files.holding import StoreBusy

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(
    "command",
    [
        ("run", "--period", "2015-05"),
        ("run", "--through", "2015-05", "--close"),
        ("run", "--period", "2015-02", "--as-known-on", "2015-02"),
        ("close", "--period", "2015-05"),
        ("check",),
        ("verify",),
    ],
)
def test_the_second_run_is_refused_with_who_holds_the_store(closed: Books, command: tuple[str, ...]) -> None:
    with Store(closed.database).locked("run"):
        closed.refuses(*command, because=["busy", "`run`", f"process {os.getpid()}"])
    closed.does("status")


def test_nobody_comes_in_between_two_periods_that_are_closed_in_one_go(
    books: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    deliver_four_months(books)
    came_to = []

    def come_in() -> None:
        try:
            with Store(books.database).locked("verify"):
                came_to.append("held")
        except StoreBusy as busy:
            came_to.append(f"{busy}")

    def between(_run: Any) -> None:
        other = Thread(target=come_in)
        other.start()
        other.join()

    monkeypatch.setattr(running, "say_what_it_came_to", between)
    books.does("run", "--through", "2015-03", "--close")
    assert [said for said in came_to if "busy: `run --through`" in said] == came_to != []


def test_where_no_store_can_be_made_is_not_said_to_be_held(books: Books) -> None:
    deliver_four_months(books)
    (books.folder / "volume").symlink_to(books.folder / "not mounted")
    books.database = books.folder / "volume" / "dpor.duckdb"
    assert books.dpor("run") == 4
    assert "volume: leads nowhere" in books.complained
    assert "busy" not in books.complained


def test_statements_that_a_link_leads_nowhere_for_need_neither_room_nor_permission(books: Books) -> None:
    deliver_four_months(books)
    books.statements.symlink_to(books.folder / "not mounted")
    assert books.dpor("run") == 4
    assert f"{books.statements}: leads nowhere" in books.complained
    assert "remove what is in its place, or name another place" in books.complained


def test_a_link_that_may_not_be_replaced_is_refused_for_that_wherever_it_leads(books: Books) -> None:
    books.database.symlink_to(books.folder / "not mounted")
    refused = PermissionError(errno.EPERM, os.strerror(errno.EPERM), str(books.database))
    assert in_words(refused) == f"{books.database}: Operation not permitted"
    assert what_to_do(refused) == "make room or give permission"


def test_two_real_runs_at_once(closed: Books) -> None:
    parent, child = SERVER.Pipe()
    process = SERVER.Process(target=hold, args=(str(closed.database), child))
    process.start()
    assert parent.recv() == "held"
    closed.refuses("run", "--period", "2015-05", because=[f"process {process.pid}"])
    process.kill()
    process.join()
    closed.does("run", "--period", "2015-05")


def hold(database: str, pipe: multiprocessing.connection.Connection) -> None:
    with Store(Path(database)).locked("run"):
        pipe.send("held")
        pipe.recv()


def test_of_many_who_hold_an_empty_store_at_once_each_holds_it_or_is_refused(tmp_path: Path) -> None:
    """Each takes away what it found empty: nobody else may be in it by then."""
    processes, pipes = [], []
    for _ in range(2):
        parent, child = SERVER.Pipe()
        processes.append(SERVER.Process(target=hold_many_times, args=(str(tmp_path / "dpor.duckdb"), child)))
        processes[-1].start()
        pipes.append(parent)
    came_to = [Counter(pipe.recv()) for pipe in pipes]
    for process in processes:
        process.join()
    assert {*came_to[0], *came_to[1]} <= {"held", "StoreBusy"}, came_to
    assert min(one["held"] for one in came_to) > 0
    assert list(tmp_path.iterdir()) == []


def hold_many_times(database: str, pipe: multiprocessing.connection.Connection) -> None:
    came_to = []
    for _ in range(1_000):
        try:
            with Store(Path(database)).locked("run"):
                came_to.append("held")
        except Exception as error:
            came_to.append(type(error).__name__)
    pipe.send(came_to)


@pytest.mark.parametrize("command", ["check", "verify"])
def test_who_may_write_nothing_is_refused_too_while_another_runs(
    closed: Books, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    with Store(closed.database).locked("run"):
        monkeypatch.setattr(Store, "may_be_written", False)
        closed.refuses(command, because=["busy", "`run`", f"process {os.getpid()}"])


def test_nobody_writes_while_one_who_may_not_looks(closed: Books, monkeypatch: pytest.MonkeyPatch) -> None:
    before = closed.everything()
    with monkeypatch.context() as may:
        may.setattr(Store, "may_be_written", False)
        closed.does("verify")
        store = Store(closed.database)
        with store.looked_at("verify"), Store(closed.database).looked_at("check"):
            assert not store.aside.is_relative_to(closed.folder)
            closed.refuses("run", "--period", "2015-05", because=["busy", "somebody who reads it"])
    assert not store.aside.exists()
    assert closed.everything() == before
    closed.does("run", "--period", "2015-05")


@pytest.mark.parametrize("lost", [False, True])
def test_who_only_reads_is_served_while_another_runs(closed: Books, *, lost: bool) -> None:
    if lost:
        (closed.statements / "2015-03" / "1100001.csv").unlink()
    with Store(closed.database).locked("run"):
        closed.does("status")
        closed.does("statement", "1100001", "--period", "2015-04")
        closed.does("explain", "e3", "--period", "2015-04")
        closed.does("reconcile", "--period", "2015-04")


def test_who_has_the_database_and_no_store_is_served_too(closed: Books) -> None:
    shutil.rmtree(closed.store)
    closed.does("statement", "1100001", "--period", "2015-04")
    closed.does("explain", "e3", "--period", "2015-04")
    closed.does("reconcile", "--period", "2015-04")
    assert not closed.store.exists()


def test_an_analysts_open_connection_blocks_nobody_and_keeps_what_it_has(closed: Books) -> None:
    parent, child = SERVER.Pipe()
    process = SERVER.Process(target=analyse, args=(str(closed.database), child))
    process.start()
    before = parent.recv()
    closed.does("close", "--period", "2015-05")
    parent.send("look again")
    assert parent.recv() == before == [("2015-05", "DRAFT")]
    process.join()
    assert closed.rows("select run_period, run_state from policy") == [("2015-05", "CLOSED")]


def analyse(database: str, pipe: multiprocessing.connection.Connection) -> None:
    with duckdb.connect(database, read_only=True) as con:
        pipe.send(con.execute("select run_period, run_state from policy").fetchall())
        pipe.recv()
        pipe.send(con.execute("select run_period, run_state from policy").fetchall())


# Faults of the machine


def test_too_little_memory_is_refused_and_what_was_published_stands(
    three_closed: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = three_closed.everything()
    with monkeypatch.context() as machine:
        machine.setattr("transforms.database.connections.MOST_MEMORY", 5_000_000)
        three_closed.refuses("run", because=["not enough memory: ", "MiB used", "--shards 16"])
    assert unlike(before, three_closed.everything()) == []
    three_closed.does("run")


def test_a_question_that_takes_more_memory_goes_by_the_disk_also_for_who_only_reads(
    closed: Books, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("transforms.database.connections.MOST_MEMORY", 40_000_000)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    before = sorted(tmp_path.iterdir())
    with reading(closed.database) as con:
        sorted_once = "select hash(range) as hashed from range(4_000_000) order by hashed"
        con.execute(
            f"select count(*) from (select row_number() over (order by hashed) from ({sorted_once}))"
        ).fetchall()
        (spilled,) = (path for path in tmp_path.iterdir() if path not in before)
        assert spilled.name.startswith("dpor-")
        ((limit,),) = con.execute("select parse_formatted_bytes(current_setting('memory_limit'))").fetchall()
    assert limit <= 40_000_000
    assert sorted(tmp_path.iterdir()) == before


def changed_delivery(books: Books) -> None:
    books.deliver("2015-05", assigned_seats="subscription_id snapshot_date assigned_seats\n f1 2015-05-31 4")


@contextmanager
def unchangeable(folder: Path) -> Iterator[None]:
    """No entry of the folder can be made, renamed or taken away, by root neither, where this machine allows it."""
    chattr = shutil.which("chattr")
    if chattr is None or subprocess.run([chattr, "+i", str(folder)], capture_output=True, check=False).returncode:
        pytest.skip("chattr is not allowed here")
    try:
        yield
    finally:
        subprocess.run([chattr, "-i", str(folder)], check=True)


@pytest.mark.parametrize("folder", ["dpor.store", "dpor.store/deliveries", ".", "statements", "statements/2015-05"])
def test_a_folder_that_cant_be_written_is_refused_and_what_was_published_stands(closed: Books, folder: str) -> None:
    changed_delivery(closed)
    before = closed.everything()
    with unchangeable(closed.folder / folder):
        code = closed.dpor("run", "--period", "2015-05")
    if folder == "statements":
        assert code == 0  # all of its folders are there already
        return
    assert code == 4, closed.complained
    assert "Traceback" not in closed.complained
    now = closed.everything()
    assert [name for name in unlike(before, now) if not name.startswith("store/")] == []
    closed.does("run", "--period", "2015-05")
    closed.shows("select * from statements where statement_period = '2015-05' and earned > 0", "earned\n 40.00")


@pytest.mark.parametrize(
    "folder",
    ["dpor.store/closed", "dpor.store", ".", "statements/2015-05"],
)
def test_a_closing_that_cant_be_written_is_refused_and_nothing_is_closed(closed: Books, folder: str) -> None:
    before = closed.everything()
    with unchangeable(closed.folder / folder):
        code = closed.dpor("close", "--period", "2015-05")
    assert code == 4, closed.complained
    assert "Traceback" not in closed.complained
    assert unlike(closed.everything(), before) == []
