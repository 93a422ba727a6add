"""What is brought back is what was posted, and lies where it lay; what can't be is said and holds nobody up (P24)."""

from __future__ import annotations

import errno
import json
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from ledger.bench import Books, files_in, unlike

import transforms.database.warehouse
import transforms.statements.publishing
from flows.month import proving, restoring, reworking
from flows.month.steps import MONTHLY_RUN, publish, take_in
from flows.month.walking import this_run
from transforms.books.store import Store

pytestmark = pytest.mark.slow

FEBRUARY = "2015-02/1100001.csv"


@pytest.fixture
def of_another_version(closed: Books, monkeypatch: pytest.MonkeyPatch) -> Iterator[Books]:
    """February to April are closed, and this version would work out the last cent of them otherwise."""
    inside = transforms.database.warehouse.SQL
    rules = closed.folder / "sql"
    shutil.copytree(inside, rules)
    lines = rules / "earnings" / "earned_lines.sql"
    lines.write_text(lines.read_text().replace("assigned_seats * amount_per_seat, 2)", "assigned_seats * 11, 2)"))
    (rules / "checks" / "lines_are_what_seats_earn.sql").unlink()
    for module in (restoring, reworking, proving):
        monkeypatch.setattr(module, "VERSION", "99.0.0")
    monkeypatch.setattr(transforms.database.warehouse, "SQL", rules)
    transforms.database.warehouse.sql.cache_clear()
    yield closed
    transforms.database.warehouse.sql.cache_clear()


def test_a_closed_statement_never_comes_back_as_another(of_another_version: Books) -> None:
    books = of_another_version
    (books.statements / FEBRUARY).unlink()
    before = files_in(books.statements)
    books.does("status")
    assert "not restored from the store: 1 of the files in" in books.complained
    assert "2015-02 was posted by version 0.1.0, and this one, 99.0.0, comes to something else" in books.complained
    assert files_in(books.statements) == before
    books.refuses(
        *("run", "--through", "2015-04", "--close", "--formats", "csv,xlsx"),
        because=["2015-02 was posted by version 0.1.0", "use version 0.1.0 to write its statements"],
    )


def test_a_draft_that_comes_back_as_another_is_not_what_people_saw_and_cannot_close(
    of_another_version: Books,
) -> None:
    books = of_another_version
    books.database.unlink()
    books.does("status")
    assert f"restored from the store: {books.database}" in books.complained
    books.refuses("close", "--period", "2015-05", because=["the result differs from its draft", "dpor updated since"])


def test_an_older_copy_of_the_database_is_not_taken_for_the_one_of_the_same_draft(closed: Books) -> None:
    older = shutil.copy(closed.database, closed.folder / "older")
    closed.deliver("2015-05", assigned_seats="subscription_id snapshot_date assigned_seats\n f1 2015-05-31 9")
    closed.does("run")
    told = closed.rows("from policy"), closed.rows("from statements order by all")
    shutil.copy(older, closed.database)
    assert closed.rows("from statements order by all") != told[1]
    closed.does("status")
    assert f"restored from the store: {closed.database}, since another one was in its place" in closed.complained
    assert (closed.rows("from policy"), closed.rows("from statements order by all")) == told


def test_a_database_lost_after_a_closing_leaves_the_closings_files_alone(
    closed: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed.does("close", "--period", "2015-05")
    before = files_in(closed.statements)
    stamps = {path: path.stat().st_mtime_ns for path in closed.statements.rglob("*.csv")}
    closed.database.unlink()
    closed.does("status")
    assert f"restored from the store: {closed.database}" in closed.complained
    assert files_in(closed.statements) == before
    assert {path: path.stat().st_mtime_ns for path in closed.statements.rglob("*.csv")} == stamps


# Where statements go


def between_disks(monkeypatch: pytest.MonkeyPatch, reached: Path) -> None:
    """Nothing can be renamed from outside of a folder into it."""
    rename = os.replace

    def replace(path: str, target: str) -> None:
        if Path(target).is_relative_to(reached) and not Path(path).is_relative_to(reached):
            raise OSError(errno.EXDEV, os.strerror(errno.EXDEV), str(path))
        rename(path, target)

    monkeypatch.setattr(os, "replace", replace)


def test_statements_may_lie_on_another_disk(
    three_closed: Books, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    on_one = three_closed.copied(tmp_path / "one")
    on_one.does("close", "--period", "2015-05")
    on_two = three_closed.copied(tmp_path / "two")
    between_disks(monkeypatch, on_two.statements)
    (on_two.statements / FEBRUARY).unlink()
    on_two.does("close", "--period", "2015-05")
    assert unlike(on_two.everything(), on_one.everything()) == []
    assert list(on_two.statements.rglob(".*")) == []


def test_what_a_copy_left_when_it_was_cut_off_is_taken_away(closed: Books) -> None:
    for name in (".1100001.csv.copy", "rejected/.osa_forms.csv.copy"):
        (closed.statements / "2015-05" / name).parent.mkdir(exist_ok=True)
        (closed.statements / "2015-05" / name).write_text("half", encoding="utf-8")
    closed.does("run", "--period", "2015-05")
    assert [*(closed.statements / "2015-05").rglob(".*")] == []


def test_a_folder_of_statements_that_is_gone_for_good_holds_nobody_up(closed: Books) -> None:
    """A file stands where the folder was: nothing can be written there again."""
    shutil.rmtree(closed.statements)
    closed.statements.write_text("not a folder", encoding="utf-8")
    for command in (("status",), ("statement", "1100001", "--period", "2015-04")):
        closed.does(*command)
        assert closed.complained.count("not restored") == 4, closed.complained
    closed.statements = closed.folder / "elsewhere"
    closed.does("run", "--period", "2015-05")
    assert "1100001.csv" in files_in(closed.statements / "2015-05")


def test_statements_that_cannot_be_put_in_place_hold_nobody_up(closed: Books, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run was cut off while it published, and what is in its way shows only where a file is to be replaced."""
    closed.deliver("2015-05", assigned_seats="subscription_id snapshot_date assigned_seats\n f1 2015-05-31 9")
    last = closed.statements / "2015-05" / "summary.txt"
    replace = os.replace

    def refusing(path: str, target: str) -> None:
        if Path(target) == last:
            raise PermissionError(errno.EPERM, os.strerror(errno.EPERM), str(path), None, str(target))
        replace(path, target)

    with monkeypatch.context() as while_it_is_so:
        while_it_is_so.setattr(os, "replace", refusing)
        assert closed.dpor("run", "--period", "2015-05") == 4
        assert f"dpor: {last}: Operation not permitted" in closed.complained
        for command in (("status",), ("statement", "1100001", "--period", "2015-05")):
            closed.does(*command)
            what = "what a run was publishing when it was cut off"
            assert f"not restored from the store: {what}: {last}: Operation not permitted" in closed.complained
    closed.does("status")
    assert "dpor: restored from the store: what a run was publishing when it was cut off" in closed.complained
    closed.does("verify")
    assert closed.complained == ""


def test_statements_are_looked_for_where_they_were_written_though_a_link_leads_to_the_books(
    three_closed: Books, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    books = three_closed.copied(tmp_path / "releases" / "one" / "books")
    (tmp_path / "current").symlink_to(tmp_path / "releases" / "one" / "books")
    monkeypatch.chdir(tmp_path)
    linked = Books(Path("current"))
    linked.statements = Path("out")
    linked.does("run", "--period", "2015-05")
    linked.does("close", "--period", "2015-05")
    linked.does("status")
    assert "brought back" not in linked.complained
    (tmp_path / "out" / "2015-05" / "1100001.csv").write_text("edited", encoding="utf-8")
    assert linked.dpor("verify") == 5
    assert "out/2015-05/1100001.csv: changed since it was written" in linked.said
    assert not (books.folder.parent / "out").exists()


@pytest.mark.parametrize(
    "command",
    [("run", "--period", "2015-05"), ("close", "--period", "2015-05"), ("run", "--through", "2015-05", "--close")],
    ids=" ".join,
)
def test_nothing_replaces_what_other_books_have_closed(
    three_closed: Books, tmp_path: Path, command: tuple[str, ...]
) -> None:
    books = three_closed.copied(tmp_path / "books")
    others = three_closed.copied(tmp_path / "others")
    others.does("close", "--period", "2015-05")
    before = files_in(others.statements)
    books.statements = others.statements
    assert books.dpor(*command) == 4
    assert "2015-05: holds closed statements that these books never posted" in books.complained
    assert "name another --out" in books.complained
    assert files_in(others.statements) == before
    assert not (books.store / "closed" / "2015-05").exists()
    books.does("status")
    books.statements = tmp_path / "own"
    books.does("run", "--through", "2015-05", "--close")
    assert others.dpor("verify") == 0


def test_what_people_put_beside_the_rows_to_send_back_stays(closed: Books) -> None:
    theirs = closed.statements / "2015-05" / "rejected" / "assigned_seats-corrected.csv"
    theirs.parent.mkdir(exist_ok=True)
    theirs.write_text("mine", encoding="utf-8")
    closed.does("run", "--period", "2015-05")
    assert theirs.read_text(encoding="utf-8") == "mine"


# A step that is done again after a fault of the disk, as Prefect does


def failing_once(change: Callable[..., Any], at: int) -> Callable[..., Any]:
    calls = 0

    def changed(*given: Any, **more: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == at:
            raise OSError(errno.EIO, os.strerror(errno.EIO), "a file")
        return change(*given, **more)

    return changed


def done_again(books: Books, step: Callable[..., str], owner: Any, name: str, at: int) -> list[str]:
    """Do a run's steps, one of them twice, since a change that it makes fails once; what it says then."""
    run = this_run(Store(books.database), books.deliveries, books.statements, None)
    said = []
    with run.store.locked("run"):
        for one in MONTHLY_RUN:
            if one.does is not step:
                one.does(run)
                continue
            with pytest.MonkeyPatch.context() as fault:
                fault.setattr(owner, name, failing_once(getattr(owner, name), at))
                with pytest.raises(OSError, match="a file"):
                    step(run)
                said.append(step(run))
    return said


@pytest.mark.parametrize("at", [1, 2, 4])
def test_publishing_done_again_leaves_all_files(three_closed: Books, tmp_path: Path, at: int) -> None:
    undisturbed = three_closed.copied(tmp_path / "undisturbed")
    undisturbed.does("run", "--period", "2015-05")
    books = three_closed.copied(tmp_path / "books")
    done_again(books, publish, transforms.statements.publishing, "put_in_place_of", at)
    assert unlike(books.everything(), undisturbed.everything()) == []


def test_taking_in_done_again_counts_each_delivery_once(books: Books) -> None:
    rows = "form_id customer_id mpn_id\n f1 contoso L"
    books.deliver("2015-01", partners="mpn_id\n L", customers="customer_id\n contoso", osa_forms=rows)
    seats = "subscription_id snapshot_date assigned_seats\n x 2015-02-28 1"
    books.deliver("2015-02", partners="mpn_id\n R", assigned_seats=seats)
    (said,) = done_again(books, take_in, Store, "commit", 2)
    assert said == "4 accepted, 0 duplicate, 1 set aside, 0 released from earlier deliveries"


# The journal


def test_a_line_of_the_journal_that_a_tool_wrote_otherwise_is_still_that_line(closed: Books) -> None:
    journal = closed.database.with_suffix(".journal.jsonl")
    said = [json.loads(line) for line in journal.read_text(encoding="utf-8").splitlines()]
    journal.write_text("".join(json.dumps(line, separators=(",", ":")) + "\n" for line in said), encoding="utf-8")
    before = journal.read_bytes()
    closed.does("status")
    assert journal.read_bytes() == before


def lines(books: Books) -> list[tuple[str, bool]]:
    """The periods in the journal, and whether it says who closed them."""
    text = books.database.with_suffix(".journal.jsonl").read_text(encoding="utf-8")
    said = [json.loads(line) for line in text.splitlines() if line.endswith("}")]
    return [(line["closed"], bool(line["by"] and line["at"])) for line in said]


def test_a_closing_is_refused_while_it_cannot_be_noted_who_closed(closed: Books) -> None:
    journal = closed.database.with_suffix(".journal.jsonl")
    journal.unlink()
    journal.mkdir()
    closed.refuses("close", "--period", "2015-05", because=["journal.jsonl", "Is a directory"])
    journal.rmdir()
    closed.does("close", "--period", "2015-05")
    assert lines(closed)[-1] == ("2015-05", True)


@pytest.mark.parametrize("left", [0, 40], ids=["nothing of it", "half of it"])
def test_a_closing_cut_off_before_its_line_in_the_journal_is_noted_by_the_next_command(
    closed: Books, left: int
) -> None:
    journal = closed.database.with_suffix(".journal.jsonl")
    *whole, last = journal.read_bytes().splitlines(keepends=True)
    journal.write_bytes(b"".join(whole) + last[:left])
    before = [("2015-02", True), ("2015-03", True)]
    assert lines(closed) == before
    for _ in range(2):
        closed.does("status")
        assert lines(closed) == [*before, ("2015-04", False)]
