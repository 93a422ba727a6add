"""What is lost of the database and of closed months' files comes back, row for row and byte for byte."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from ledger.bench import Books, unlike

pytestmark = pytest.mark.slow


def test_all_closed_already_brings_back_only_what_is_missing(three_closed: Books, tmp_path: Path) -> None:
    books = three_closed.copied(tmp_path)
    before = books.everything()
    (books.statements / "2015-03" / "1200001.csv").unlink()
    (books.statements / "2015-02" / "summary.csv").unlink()
    shutil.rmtree(books.statements / "2015-05")
    books.does("run", "--through", "2015-04", "--close")
    assert "2015-03" in books.complained
    assert "Nothing to do" in books.said
    assert unlike(books.everything(), before) == []
    books.does("run", "--through", "2015-02", "--close")
    assert books.complained == ""
    assert unlike(books.everything(), before) == []


@pytest.mark.parametrize("lost", ["deleted", "corrupt", "of zeros", "cut"])
def test_a_lost_database_comes_back_row_for_row(three_closed: Books, tmp_path: Path, lost: str) -> None:
    books = three_closed.copied(tmp_path)
    before = books.everything()
    whole = books.database.read_bytes()
    contents = {"corrupt": b"not a database" * 999, "of zeros": bytes(len(whole)), "cut": whole[: len(whole) // 2]}
    books.database.unlink()
    if lost != "deleted":
        books.database.write_bytes(contents[lost])
    books.does("statement", "1100001", "--period", "2015-04")
    assert "150.00" in books.said
    assert unlike(books.everything(), before) == []


def test_a_database_whose_inside_is_damaged_comes_back_when_the_period_is_run(
    three_closed: Books, tmp_path: Path
) -> None:
    books = three_closed.copied(tmp_path)
    before = books.everything()
    whole = books.database.read_bytes()
    middle = len(whole) // 2
    books.database.write_bytes(whole[:middle] + bytes(4096) + whole[middle + 4096 :])
    books.does("run", "--period", "2015-05")
    assert unlike(books.everything(), before) == []


def test_every_command_first_brings_back_the_rows_set_aside_too(books: Books) -> None:
    books.deliver("2015-02", partners="mpn_id region\n L NA\n R NOWHERE")
    books.does("run")
    books.does("close", "--period", "2015-02")
    rejected = books.statements / "2015-02" / "rejected" / "partners.csv"
    aside = ["--out", str(books.folder / "aside")]
    for command in (["check"], ["verify"], ["status"], ["notify", "--period", "2015-02", *aside]):
        rejected.unlink()
        books.does(*command)
        assert rejected.exists(), command
        assert "restored from the store" in books.complained
    rejected.unlink()
    books.does("export", "--period", "2015-02", "--out", str(books.folder / "payments.csv"))
    assert rejected.exists()
