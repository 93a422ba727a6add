"""A SIGKILL at any instant leaves the last good state; the same command again ends as if nothing had happened (P25).

Real processes are killed: at random instants, and exactly before each change of a name in the file system, which is
where a run commits. The normal suite tries a few of either; with DPOR_CAMPAIGN=N, N instants, and every such change.
"""

from __future__ import annotations

import time
from pathlib import Path
from random import Random
from typing import Any

import pytest
from ledger.bench import CAMPAIGN, Books, deliver_four_months, files_in, started, unlike

from flows.month import steps

pytestmark = pytest.mark.slow

KILLS_IN_A_ROW = 5
KILLS = CAMPAIGN or 10
MOST = 10**6 if CAMPAIGN else 3
"""Of the changes of a name, so many are tried in the normal suite, spread over the run."""

CLOSES_TWO = ("run", "--through", "2015-03", "--close")


def fresh(folder: Path) -> Books:
    """Two deliveries, nothing run yet."""
    books = Books(folder)
    deliver_four_months(books)
    for period in ("2015-04", "2015-05"):
        for file in (books.deliveries / period).iterdir():
            file.unlink()
        (books.deliveries / period).rmdir()
    return books


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Any], float]:
    """What two closings leave when nothing happens, and how many seconds they take in a process of their own."""
    books = fresh(tmp_path_factory.mktemp("undisturbed"))
    warm = started(books.arguments("status"))
    warm.join()
    began = time.monotonic()
    process = started(books.arguments(*CLOSES_TWO))
    process.join()
    assert process.exitcode == 0
    return books.everything(), time.monotonic() - began


@pytest.mark.parametrize("round_", range(max(1, KILLS // KILLS_IN_A_ROW)))
def test_killed_at_random_instants(undisturbed: tuple[dict[str, Any], float], tmp_path: Path, round_: int) -> None:
    wanted, seconds = undisturbed
    random = Random(round_)
    folders = (tmp_path / str(number) for number in range(1000))
    books = fresh(next(folders))
    killed = 0
    while killed < KILLS_IN_A_ROW:
        process = started(books.arguments(*CLOSES_TWO))
        process.join(random.uniform(0, 1.0) * seconds)
        process.kill()
        process.join()
        killed += process.exitcode == -9
        if process.exitcode != -9:
            assert process.exitcode == 0
            assert unlike(books.everything(), wanted) == []
            books = fresh(next(folders))
    books.does(*CLOSES_TWO)
    assert unlike(books.everything(), wanted) == []


def changes_of_names(books: Books, *command: str) -> int:
    counted = books.folder / "counted"
    process = started(books.arguments(*command), counted=str(counted))
    process.join()
    assert process.exitcode == 0
    return int(counted.read_text(encoding="utf-8"))


def closes_the_draft(books: Books) -> tuple[str, ...]:
    del books
    return ("close", "--period", "2015-05")


def takes_a_changed_delivery_in_anew(books: Books) -> tuple[str, ...]:
    books.deliver("2015-05", assigned_seats="subscription_id snapshot_date assigned_seats\n f1 2015-05-31 4")
    return ("run", "--period", "2015-05")


def brings_back_what_was_lost(books: Books) -> tuple[str, ...]:
    books.database.unlink()
    (books.statements / "2015-03" / "1100001.csv").unlink()
    return ("run", "--period", "2015-05")


@pytest.mark.parametrize("what", [closes_the_draft, takes_a_changed_delivery_in_anew, brings_back_what_was_lost])
def test_killed_before_a_change_of_a_name(three_closed: Books, tmp_path: Path, what: Any) -> None:
    undisturbed = three_closed.copied(tmp_path / "undisturbed")
    command = what(undisturbed)
    changes = changes_of_names(undisturbed, *command)
    wanted = undisturbed.everything()
    assert changes > 10
    for dies_at in range(1, changes + 1, max(1, changes // MOST)):
        books = three_closed.copied(tmp_path / f"{dies_at}")
        assert what(books) == command
        process = started(books.arguments(*command), dies_at=dies_at)
        process.join()
        assert process.exitcode == -9, dies_at
        code = books.dpor(*command)
        if command[0] == "close" and code == 4:
            assert "2015-05: closed for good" in books.complained, books.complained  # the kill came after the posting
        else:
            assert code == 0, books.complained
        assert unlike(books.everything(), wanted) == [], f"killed before change {dies_at} of {changes}"


@pytest.mark.parametrize("command", ["status", "verify"])
def test_a_kill_while_publishing_is_mended_by_the_next_command(
    three_closed: Books, tmp_path: Path, command: str
) -> None:
    undisturbed = three_closed.copied(tmp_path / "undisturbed")
    undisturbed.does("close", "--period", "2015-05")
    books = three_closed.copied(tmp_path / "killed")
    process = started(books.arguments("close", "--period", "2015-05"), dies_before="2015-05/1200001.csv")
    process.join()
    assert process.exitcode == -9
    assert unlike(books.everything(), undisturbed.everything()) != []
    books.does(command)
    if command != "verify":  # which asks the store alone
        assert "restored from the store" in books.complained
        assert unlike(books.everything(), undisturbed.everything()) == []
        assert files_in(books.statements) == files_in(undisturbed.statements)


def test_a_closing_cut_off_after_its_posting_is_mended_in_the_formats_that_it_was_asked_for(
    three_closed: Books, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    command = ("close", "--period", "2015-05", "--formats", "csv,xlsx")
    undisturbed = three_closed.copied(tmp_path / "undisturbed")
    undisturbed.does(*command)
    books = three_closed.copied(tmp_path / "cut-off")
    with monkeypatch.context() as patched:
        patched.setattr(steps, "note_closing", interrupted)  # which comes next after the posting
        assert books.dpor(*command) == 130
    assert unlike(books.everything(), undisturbed.everything()) != []
    books.does("status")
    assert unlike(books.everything(), undisturbed.everything()) == []


def interrupted(*_: object) -> None:
    raise KeyboardInterrupt


def test_a_closing_killed_before_its_posting_leaves_the_draft_as_it_was(three_closed: Books, tmp_path: Path) -> None:
    books = three_closed.copied(tmp_path)
    before = books.everything()
    process = started(
        books.arguments("close", "--period", "2015-05", "--formats", "csv,xlsx"), dies_before="closed/2015-05"
    )
    process.join()
    assert process.exitcode == -9
    books.does("status")
    assert "2015-05" not in [folder.name for folder in (books.store / "closed").iterdir()]
    assert unlike(books.everything(), before) == []
    books.does("close", "--period", "2015-05")


def test_a_second_closing_cut_off_after_its_posting_is_published_by_the_next_command(
    three_closed: Books, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was published last is then of a month before, and whole."""
    command = ("run", "--through", "2015-06", "--close")
    undisturbed = three_closed.copied(tmp_path / "undisturbed")
    undisturbed.deliver("2015-06", assigned_seats="subscription_id snapshot_date assigned_seats\n e3 2015-06-30 5")
    books = undisturbed.copied(tmp_path / "cut-off")
    undisturbed.does(*command)
    books.does("run", "--through", "2015-05", "--close")
    with monkeypatch.context() as patched:
        patched.setattr(steps, "note_closing", interrupted)
        assert books.dpor(*command) == 130
    books.does("status")
    assert unlike(books.everything(), undisturbed.everything()) == []


def test_closing_a_month_before_the_one_drafted_last_is_mended_too(
    three_closed: Books, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The month's files are all there, as its draft left them."""
    undisturbed = three_closed.copied(tmp_path / "undisturbed")
    undisturbed.deliver("2015-06", assigned_seats="subscription_id snapshot_date assigned_seats\n e3 2015-06-30 5")
    undisturbed.does("run", "--period", "2015-06")
    books = undisturbed.copied(tmp_path / "cut-off")
    undisturbed.does("close", "--period", "2015-05")
    with monkeypatch.context() as patched:
        patched.setattr(steps, "note_closing", interrupted)
        assert books.dpor("close", "--period", "2015-05") == 130
    books.does("status")
    assert unlike(books.everything(), undisturbed.everything()) == []
