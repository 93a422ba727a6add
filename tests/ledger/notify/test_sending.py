"""`dpor notify --send` mails each message once, whatever server or disk do, and says what could not be sent."""

from __future__ import annotations

import asyncio
import errno
import json
import os
import signal
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ledger.bench import Books, files_in
from ledger.mailbox import Mailbox, parsed, serving
from ledger.notify.messages import FEEDS, MARCH, quiet, settings

pytestmark = pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")


def test_every_message_is_sent_once_and_a_repeat_sends_nothing(books: Books, mailbox: Mailbox) -> None:
    given = settings(books.folder, mailbox)
    books.does("notify", *MARCH, "--send", *given)
    assert "5 messages of 2015-03: 5 sent just now, 0 before" in books.said
    quiet(books)
    to = [recipient for recipient, _ in mailbox.got]
    assert sorted(to) == ["c@example.com", "c@example.com", "l@example.com", "r@example.com", "r@example.com"]
    books.does("notify", *MARCH, *given, "--out", str(books.folder / "mails"))
    assert sorted(content for _, content in mailbox.got) == sorted(files_in(books.folder / "mails").values())
    books.does("notify", *MARCH, "--send", *given)
    assert "0 sent just now, 5 before" in books.said
    assert len(mailbox.got) == 5


def test_the_journal_names_each_message_and_no_person(books: Books, mailbox: Mailbox) -> None:
    books.does("notify", *MARCH, "--send", *settings(books.folder, mailbox))
    journal = (books.folder / "dpor.sent.jsonl").read_text(encoding="utf-8")
    lines = [json.loads(line) for line in journal.splitlines()]
    assert {line["notification_id"] for line in lines} == {
        row[0] for row in books.rows("select notification_id from notifications")
    }
    assert [line["message_id"] for line in lines] == [parsed(content)["Message-ID"] for _, content in mailbox.got]
    assert "example.com" not in journal


def test_after_a_failure_half_way_a_repeat_sends_only_the_rest(books: Books) -> None:
    box = Mailbox(hangs_up_after=2)
    with serving(box):
        assert books.dpor("notify", *MARCH, "--send", *settings(books.folder, box)) == 4
    assert (
        f"2 of 5 sent; `dpor notify --period 2015-03 --send --db {books.database}"
        f" --settings {books.folder / 'mail.toml'}` again sends the rest" in books.complained
    )
    assert "hung up" in books.complained
    assert "Traceback" not in books.complained
    quiet(books)
    box.hangs_up_after = None
    with serving(box):
        books.does("notify", *MARCH, "--send", *settings(books.folder, box))
    assert "3 sent just now, 2 before" in books.said
    ids = [parsed(content)["Message-ID"] for _, content in box.got]
    assert len(ids) == len(set(ids)) == 5


class Interrupting(Mailbox):
    """Ctrl-C comes while it has a message and hasn't said so."""

    async def handle_DATA(self, *given: Any) -> str:  # noqa: N802 (aiosmtpd's name)
        answer = await super().handle_DATA(*given)
        if len(self.got) == 2:
            os.kill(os.getpid(), signal.SIGINT)
            await asyncio.sleep(0.2)
        return answer


@pytest.fixture
def interruptible() -> Iterator[None]:
    """Ctrl-C is what it is at a terminal, also where the tests run in the background."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("interruptible")
def test_a_message_on_its_way_is_noted_before_an_interruption_ends_it(books: Books) -> None:
    with serving(Interrupting()) as box:
        sending_it = ("notify", *MARCH, "--send", *settings(books.folder, box))
        assert books.dpor(*sending_it) == 130
        assert len(box.got) == 2
        books.does(*sending_it)
        assert len({parsed(content)["Message-ID"] for _, content in box.got}) == len(box.got) == 5


def test_what_the_server_refuses_is_listed_and_the_rest_is_sent(books: Books, mailbox: Mailbox) -> None:
    mailbox.refuses = {"r@example.com": "550 5.1.1 r@example.com Contact unknown"}
    given = settings(books.folder, mailbox)
    assert books.dpor("notify", *MARCH, "--send", *given) == 4
    assert "3 of 5 sent; these were not:" in books.complained
    assert books.complained.count("to 1200001: the server refused it, 550 5.1.1") == 2
    quiet(books)
    mailbox.refuses = {}
    books.does("notify", *MARCH, "--send", *given)
    assert len(mailbox.got) == 5


def test_a_server_that_takes_no_more_ends_it_without_the_servers_words(books: Books) -> None:
    for answer, says in (("421 4.7.0 r@example.com", "takes no more for now"), ("452 r@example.com", "0 of 5 sent")):
        box = Mailbox(answers=answer)
        with serving(box):
            assert books.dpor("notify", *MARCH, "--send", *settings(books.folder, box)) == 4
        assert says in books.complained
        quiet(books)


def test_an_address_that_is_none_is_listed_and_its_message_still_a_file(tmp_path: Path, mailbox: Mailbox) -> None:
    books = Books(tmp_path)
    books.deliver("2015-03", **{**FEEDS, "partners": "mpn_id ppc_email\n L nobody\n R r@example.com\n C c@example.com"})
    books.does("run", "--through", "2015-03", "--close")
    given = settings(books.folder, mailbox)
    assert books.dpor("notify", *MARCH, "--send", *given) == 4
    assert "4 of 5 sent; these were not:" in books.complained
    assert "to 1100001: its contact's address isn't a usable mail address" in books.complained
    books.does("notify", *MARCH, *given)
    assert "1 partner without a usable mail address: 1100001" in books.said
    assert len(list(Path("notifications/2015-03").glob("*.eml"))) == 5


def test_nobody_there_is_said_in_a_line(books: Books) -> None:
    box = Mailbox()
    with serving(box):
        pass
    books.refuses("notify", *MARCH, "--send", *settings(books.folder, box), because=["can't be reached", "0 of 5 sent"])


@pytest.mark.parametrize("cut", [b'{"notification_id": "POE', b"\n{not json}", b'{"notification_id": "x"}'])
def test_a_journal_cut_off_at_its_end_loses_that_line_only(books: Books, mailbox: Mailbox, cut: bytes) -> None:
    given = settings(books.folder, mailbox)
    books.does("notify", *MARCH, "--send", *given)
    journal = books.folder / "dpor.sent.jsonl"
    *whole, last = journal.read_bytes().splitlines(keepends=True)
    journal.write_bytes(b"".join(whole) + cut.lstrip(b"\n"))
    books.does("notify", *MARCH, "--send", *given)
    assert "1 sent just now, 4 before" in books.said
    assert [json.loads(line)["notification_id"] for line in journal.read_bytes().splitlines()] == [
        json.loads(line)["notification_id"] for line in [*whole, last]
    ]


def test_a_journal_damaged_in_the_middle_is_refused(books: Books, mailbox: Mailbox) -> None:
    (books.folder / "dpor.sent.jsonl").write_bytes(b'{"notification_id": "x"}\nrubbish\n{"notification_id": "y"}\n')
    books.refuses(
        "notify", *MARCH, "--send", *settings(books.folder, mailbox), because=["dpor.sent.jsonl line 2", "backup"]
    )
    assert mailbox.got == []


def test_what_could_not_be_noted_is_said(books: Books, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(descriptor: int) -> None:
        if not stat.S_ISDIR(os.fstat(descriptor).st_mode):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("transforms.messages.sending.os.fsync", full)
    assert books.dpor("notify", *MARCH, "--send", *settings(books.folder, mailbox)) == 4
    assert "No space left on device: the last message was sent, but that could not be noted" in books.complained
    assert "1 of 5 sent" in books.complained
    assert len(mailbox.got) == 1


def test_a_new_journal_is_in_its_folder_on_the_disk_before_a_message_goes_out(
    books: Books, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    on_the_disk: list[tuple[str, int]] = []

    def noted(descriptor: int) -> None:
        on_the_disk.append((Path(f"/proc/self/fd/{descriptor}").readlink().name, len(mailbox.got)))

    monkeypatch.setattr("transforms.messages.sending.os.fsync", noted)
    books.does("notify", *MARCH, "--send", *settings(books.folder, mailbox))
    assert on_the_disk == [
        (books.folder.name, 0),
        *(("dpor.sent.jsonl", number) for number in range(1, len(mailbox.got) + 1)),
    ]


def test_two_at_once_send_nothing_twice(books: Books, mailbox: Mailbox) -> None:
    from transforms.books.store import Store

    with Store(books.database).locked("notify --send"):
        assert books.dpor("notify", *MARCH, "--send", *settings(books.folder, mailbox)) == 4
    assert "busy" in books.complained
    assert mailbox.got == []


def test_an_open_period_is_not_sent(books: Books, mailbox: Mailbox) -> None:
    books.refuses("notify", "--period", "2015-04", "--send", because=["not closed"])
    books.refuses("notify", "--period", "2015-04", "--send", *settings(books.folder, mailbox), because=["not closed"])
    assert mailbox.got == []
