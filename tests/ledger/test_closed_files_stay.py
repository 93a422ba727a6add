"""Statements of closed periods stay as they are, whoever brings back what: other books' too (P24)."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from ledger.bench import Books, files_in

from flows.month import reworking
from transforms.statements.publishing import put_what_is_missing

pytestmark = pytest.mark.slow

MAY = ("--period", "2015-05")


@pytest.fixture
def two_books(three_closed: Books, tmp_path: Path) -> tuple[Books, Books]:
    """Two books with one folder for May's statements, of which the second has other seats."""
    one, other = three_closed.copied(tmp_path / "one"), three_closed.copied(tmp_path / "other")
    other.deliver("2015-05", assigned_seats="subscription_id snapshot_date assigned_seats\n f1 2015-05-31 7")
    one.statements = other.statements = tmp_path / "both"
    return one, other


def test_what_other_books_have_closed_is_not_replaced_by_what_was_lost(two_books: tuple[Books, Books]) -> None:
    one, other = two_books
    one.does("run", "--through", "2015-05", "--close")
    shutil.rmtree(one.statements / "2015-05")
    other.does("run", "--through", "2015-05", "--close")
    (other.statements / "2015-05" / "0300001.csv").unlink()
    before = files_in(other.statements)
    one.does("status")
    assert "not restored from the store: 1 of the files in" in one.complained
    assert "1100001.csv, summary.csv: not as these books posted them" in one.complained
    assert files_in(other.statements) == before
    other.does("status")
    other.does("verify")


def test_where_statements_cannot_go_the_database_comes_back_alone(two_books: tuple[Books, Books]) -> None:
    one, other = two_books
    one.does("run", *MAY)
    other.does("run", "--through", "2015-05", "--close")
    one.database.unlink()
    before = files_in(other.statements)
    for _ in range(2):
        one.does("statement", "1100001", *MAY)
        assert "DRAFT" in one.said
    assert files_in(other.statements) == before
    other.does("verify")


@pytest.mark.parametrize("formats", ["xlsx", "csv,xlsx"])
def test_sheets_stay_where_it_is_lost_which_formats_were_written(closed: Books, formats: str) -> None:
    closed.does("close", *MAY, "--formats", formats)
    before = files_in(closed.statements / "2015-05")
    closed.database.with_suffix(".published.json").unlink()
    closed.does("run", "--period", "2015-06")
    assert files_in(closed.statements / "2015-05") == before
    closed.does("verify")


def test_other_formats_that_were_cut_off_are_written_to_the_end_by_the_next_command(
    closed: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cut_off(aside: Path, files: list[Path], folder: Path) -> None:
        put_what_is_missing(aside, files[:1], folder)
        (folder / "summary.html").write_text("the new one", encoding="utf-8")
        raise KeyboardInterrupt

    with monkeypatch.context() as for_once:
        for_once.setattr(reworking, "put_in_place", cut_off)
        assert closed.dpor("run", "--through", "2015-02", "--close", "--formats", "csv,xlsx") == 130
    closed.does("status")
    assert "restored from the store: statements of 2015-02 that were being written again" in closed.complained
    assert len(list((closed.statements / "2015-02").glob("*.xlsx"))) == 2
    closed.does("verify")
    assert closed.complained == ""


@pytest.mark.parametrize("name", ["1100001.csv", "summary.txt"])
def test_a_folder_where_a_statement_goes_is_named_before_anything_is_posted(closed: Books, name: str) -> None:
    in_the_way = closed.statements / "2015-05" / name
    in_the_way.unlink()
    (in_the_way / "mine").mkdir(parents=True)
    closed.refuses("close", "--period", "2015-05", because=[f"{in_the_way}: a folder", "remove it"])
    closed.refuses("run", "--period", "2015-05", because=[f"{in_the_way}: a folder", "remove it"])
    shutil.rmtree(in_the_way)
    for nobodys in ("7777777.csv", "rejected/partners.csv"):
        (closed.statements / "2015-05" / nobodys).mkdir(parents=True)
    closed.does("close", "--period", "2015-05")
    closed.does("verify")


def test_a_file_where_the_folder_of_rows_to_send_back_goes_is_named_before_anything_is_posted(closed: Books) -> None:
    in_the_way = closed.statements / "2015-05" / "rejected"
    in_the_way.touch()
    for command in ("close", "run"):
        closed.refuses(command, *MAY, because=[f"{in_the_way}: not a folder, where one is to be made", "remove it"])
    in_the_way.unlink()
    closed.does("close", *MAY)


@pytest.mark.parametrize("name", ["statements/2015-05/summary.txt", "statements/2015-05/1200002.csv", "dpor.duckdb"])
def test_a_file_that_nobody_may_replace_is_named_before_anything_is_posted(closed: Books, name: str) -> None:
    """A statement of an earlier draft among them, which is to go."""
    stays = closed.folder / name
    stays.touch()
    with immutable(stays):
        for command in ("close", "run"):
            closed.refuses(command, *MAY, because=[f"{stays}: Operation not permitted"])
    closed.does("close", *MAY)
    closed.does("verify")


def test_a_run_whose_statements_can_go_nowhere_takes_nothing_in(closed: Books) -> None:
    closed.deliver("2015-05", assigned_seats="subscription_id snapshot_date assigned_seats\n f1 2015-05-31 9")
    shutil.rmtree(closed.statements / "2015-05")
    (closed.statements / "2015-05").touch()
    closed.refuses("run", *MAY, because=[f"{closed.statements / '2015-05'}: Not a directory"])


@contextmanager
def immutable(file: Path) -> Iterator[None]:
    chattr = shutil.which("chattr")
    if chattr is None or subprocess.run([chattr, "+i", str(file)], capture_output=True, check=False).returncode:
        pytest.skip("making a file immutable is not allowed here")
    try:
        yield
    finally:
        subprocess.run([chattr, "-i", str(file)], check=True)
