"""`dpor notify` writes a closed period's messages, a file each, named by its id."""

from __future__ import annotations

from pathlib import Path

import pytest
from ledger.bench import Books, files_in
from ledger.mailbox import Mailbox, parsed
from ledger.notify.messages import MARCH, quiet, settings

pytestmark = pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")


def test_each_message_is_a_file_named_by_its_id(books: Books) -> None:
    books.does("notify", *MARCH, "--out", str(books.folder / "mails"))
    assert "5 messages of 2015-03" in books.said
    quiet(books)
    files = files_in(books.folder / "mails")
    ids = [row[0] for row in books.rows("select notification_id from notifications")]
    assert sorted(files) == sorted(f"2015-03/{name}.eml" for name in ids)
    for name, recipient, subject, body in books.rows("select notification_id, email, subject, body from notifications"):
        message = parsed(files[f"2015-03/{name}.eml"])
        assert message["To"] == recipient
        assert message["Subject"] == subject
        assert message["Date"] == "Wed, 01 Apr 2015 00:00:00 +0000"
        assert message.get_content().replace("\r\n", "\n") == body
        assert message.defects == []
        assert b"\r\n" in files[f"2015-03/{name}.eml"]


def test_written_again_the_files_are_the_same_bytes_and_others_of_ours_are_gone(books: Books) -> None:
    books.does("notify", *MARCH)
    folder = Path("notifications/2015-03")
    before = files_in(folder)
    stale = folder / "DPOR_ATTACHED-gone-0123456789abcdef.eml"
    (folder / "a note of mine.txt").write_text("kept", encoding="utf-8")
    stale.write_text("an old one", encoding="utf-8")
    next(folder.glob("OSA*.eml")).write_bytes(b"edited")
    books.does("notify", *MARCH)
    assert files_in(folder) == {**before, "a note of mine.txt": b"kept"}
    assert list(Path("notifications").iterdir()) == [folder]


def test_an_open_period_has_none(books: Books) -> None:
    books.refuses("notify", "--period", "2015-04", because=["2015-04: not closed", "`dpor close --period 2015-04 --db"])
    assert books.dpor("notify", "--period", "April") == 2
    books.refuses("notify", "--period", "2061-01", because=["more than 10 years after the last delivery"])
    assert "dpor close" not in books.complained
    books.refuses("notify", "--period", "2014-01", because=["2014-01: before", "the first period that closed"])
    assert "dpor close" not in books.complained
    assert not Path("notifications").exists()


@pytest.mark.parametrize("way", [(), ("--send",)])
def test_of_a_period_without_messages_that_is_said(books: Books, mailbox: Mailbox, way: tuple[str, ...]) -> None:
    books.does("close", "--period", "2015-04")
    books.does("notify", "--period", "2015-04", *way, *settings(books.folder, mailbox))
    assert books.said == "no messages: nothing happened in 2015-04 that partners are told of\n"
    assert mailbox.got == []


@pytest.mark.parametrize("out", ["dpor.store", "dpor.store/closed"])
def test_nothing_is_written_into_the_store(books: Books, out: str) -> None:
    assert books.dpor("notify", *MARCH, "--out", str(books.folder / out)) == 2
    books.does("verify")


def test_a_damaged_closing_is_written_by_nobody(books: Books) -> None:
    path = books.store / "closed/2015-03/posted_notifications.parquet"
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    books.refuses("notify", *MARCH, because=[f"{path}: changed"])
    assert not Path("notifications").exists()


def test_a_folder_of_messages_whose_place_a_file_has_is_named_with_what_to_do(books: Books) -> None:
    (books.folder / "there").mkdir()
    (books.folder / "there" / "2015-03").touch()
    assert books.dpor("notify", *MARCH, "--out", str(books.folder / "there")) == 4
    assert "there/2015-03: File exists" in books.complained
    assert "remove what is in its place, or name another place" in books.complained
    assert "make room" not in books.complained
