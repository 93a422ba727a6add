"""`dpor notify`: a closed period's messages as files, or out by SMTP to a real server on loopback, each once."""

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
from ledger.mailbox import HOST, Mailbox, certificate, parsed, serving

from schemas.settings import KEYS, PASSWORD
from transforms import sending

pytestmark = pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")

MARCH = ("--period", "2015-03")
CONTACT_DATA = ("contact@example.com", "Contact", "Customer", "Street")
FEEDS = {
    "partners": "mpn_id ppc_email\n L l@example.com\n R r@example.com\n C c@example.com",
    "customers": "customer_id\n contoso\n tailspin",
    "subscriptions": "subscription_id customer_id\n e1 contoso\n t1 tailspin",
    "rates": "amount_per_seat\n 10.00",
    "osa_forms": "form_id customer_id mpn_id\n form-l contoso L",
    "dpor_attachments": """
        event_id  occurred_at           subscription_id  mpn_id
        d1        2015-03-16T12:00:00Z  e1               R
        d2        2015-03-16T12:00:00Z  t1               C
    """,
}
"""March 2015 tells five things: one to L, two to R, two to C."""


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Books:
    books = Books(tmp_path_factory.mktemp("told"))
    books.deliver("2015-03", **FEEDS)
    books.does("run", "--through", "2015-03", "--close")
    books.deliver("2015-04")
    books.does("run")
    return books


@pytest.fixture(autouse=True)
def no_settings_of_the_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in (*KEYS.values(), PASSWORD, "SSL_CERT_FILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def books(told: Books, tmp_path: Path) -> Books:
    return told.copied(tmp_path / "books")


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    with serving(Mailbox()) as box:
        yield box


def settings(folder: Path, box: Mailbox, **more: str) -> tuple[str, str]:
    said = {"host": HOST, "security": "none", "from": "osa@dpor.example", **more}
    path = folder / "mail.toml"
    lines = ["[smtp]", f"port = {box.port}", *(f"{key} = {json.dumps(value)}" for key, value in said.items()), ""]
    path.write_text("\n".join(lines), encoding="utf-8")
    return ("--settings", str(path))


def quiet(books: Books) -> None:
    """Nothing that was said names a person or a customer."""
    said = books.said + books.complained
    assert [data for data in (*CONTACT_DATA, "@example.com") if data in said] == [], said


# Files


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
    assert books.said == "no messages: nothing in 2015-04 that partners are told of\n"
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


# Sending


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
    assert "3 of 5 sent; these not:" in books.complained
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
    assert "4 of 5 sent; these not:" in books.complained
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

    monkeypatch.setattr("transforms.sending.os.fsync", full)
    assert books.dpor("notify", *MARCH, "--send", *settings(books.folder, mailbox)) == 4
    assert "No space left on device: that the last message was sent could not be noted" in books.complained
    assert "1 of 5 sent" in books.complained
    assert len(mailbox.got) == 1


def test_a_new_journal_is_in_its_folder_on_the_disk_before_a_message_goes_out(
    books: Books, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    on_the_disk: list[tuple[str, int]] = []

    def noted(descriptor: int) -> None:
        on_the_disk.append((Path(f"/proc/self/fd/{descriptor}").readlink().name, len(mailbox.got)))

    monkeypatch.setattr("transforms.sending.os.fsync", noted)
    books.does("notify", *MARCH, "--send", *settings(books.folder, mailbox))
    assert on_the_disk == [
        (books.folder.name, 0),
        *(("dpor.sent.jsonl", number) for number in range(1, len(mailbox.got) + 1)),
    ]


def test_a_folder_of_messages_whose_place_a_file_has_is_named_with_what_to_do(books: Books) -> None:
    (books.folder / "there").mkdir()
    (books.folder / "there" / "2015-03").touch()
    assert books.dpor("notify", *MARCH, "--out", str(books.folder / "there")) == 4
    assert "there/2015-03: File exists" in books.complained
    assert "take away what stands in its place, or name another place" in books.complained
    assert "make room" not in books.complained


def test_two_at_once_send_nothing_twice(books: Books, mailbox: Mailbox) -> None:
    from transforms.store import Store

    with Store(books.database).locked("notify --send"):
        assert books.dpor("notify", *MARCH, "--send", *settings(books.folder, mailbox)) == 4
    assert "busy" in books.complained
    assert mailbox.got == []


# Login and TLS


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_login_by_tls(books: Books, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, security: str) -> None:
    own = certificate(tmp_path / "own.pem")
    box = Mailbox()
    monkeypatch.setenv(PASSWORD, "right")
    with serving(box, own, implicit=security == "tls", wants_login=True):
        given = settings(books.folder, box, security=security, user="dpor")
        assert books.dpor("notify", *MARCH, "--send", *given) == 4
        assert "its certificate isn't trusted" in books.complained
        assert (box.got, box.logins) == ([], [])
        monkeypatch.setenv("SSL_CERT_FILE", "/no/such")
        assert books.dpor("notify", *MARCH, "--send", *given) == 4
        assert "SSL_CERT_FILE names no file: /no/such" in books.complained
        monkeypatch.setenv("SSL_CERT_FILE", str(own))
        books.does("notify", *MARCH, "--send", *given)
        assert len(box.got) == 5
        assert box.logins == [("dpor", "right")]
        assert "right" not in books.said + books.complained


def test_a_wrong_password_is_refused_and_not_shown(books: Books, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(PASSWORD, "wrong-and-secret")
    monkeypatch.setattr(sending, "TIMEOUT_SECONDS", 1)  # this server says no more after a refusal
    box = Mailbox()
    with serving(box, wants_login=True):
        given = settings(books.folder, box, user="dpor")
        books.refuses("notify", *MARCH, "--send", *given, because=["login", PASSWORD, "0 of 5 sent"])
    assert "secret" not in books.said + books.complained
    assert box.got == []


def test_where_tls_is_wanted_and_not_offered_nothing_is_sent(books: Books, mailbox: Mailbox) -> None:
    given = settings(books.folder, mailbox, security="starttls")
    books.refuses("notify", *MARCH, "--send", *given, because=["doesn't offer STARTTLS"])
    given = settings(books.folder, mailbox, security="tls")
    books.refuses("notify", *MARCH, "--send", *given, because=["TLS"])
    assert mailbox.got == []


def test_a_login_without_tls_to_another_machine_is_refused(books: Books, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(PASSWORD, "secret")
    given = settings(books.folder, Mailbox(port=25), host="mail.example.com", user="dpor")
    assert books.dpor("notify", *MARCH, "--send", *given) == 2
    assert "a login without TLS is refused, since mail.example.com is another machine" in books.complained
    assert "secret" not in books.complained


# Settings


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ('[smtp]\npassword = "hunter2"', f"a password doesn't belong in a file: put it into {PASSWORD}"),
        ('[smtp]\nhots = "x"', "smtp.hots: no such key: is host meant?"),
        ('[smpt]\nhost = "x"', "smpt: unknown"),
        ("[smtp", "not a TOML file"),
        ("a = " + "[" * 5000, "not a TOML file"),
        (f"[smtp]\nport = {'9' * 5000}", "not a TOML file"),
        ("[smtp]\nport = true", "smtp.port: a port is a number, as 587"),
        ('[smtp]\nport = "abc"', "smtp.port: a whole number is wanted"),
        ('\ufeff[smtp]\nhost = "x"', "smtp.from: missing: name it in mail.toml or in DPOR_SMTP_FROM"),
        ("smtp = 1", "smtp: unknown"),
        ('[smtp]\nhost = "a b"', "smtp.host: a host is named as mail.example.com"),
        ('[smtp]\nport = 70000\nfrom = "x\\ny@z.example"', "smtp.port"),
        ('[smtp]\nsecurity = "ssl"', "smtp.security"),
        ('[smtp]\nhost = "x"', "smtp.from: missing: name it in mail.toml or in DPOR_SMTP_FROM"),
        ('[smtp]\nhost = "x"\nfrom = "a@b.example"\nuser = "u"', f"has no password: put it into {PASSWORD}"),
    ],
)
def test_settings_that_cant_be_used_are_named_and_no_value_shown(books: Books, content: str, says: str) -> None:
    Path("mail.toml").write_text(content, encoding="utf-8")
    assert books.dpor("notify", *MARCH, "--send", "--settings", "mail.toml") == 2
    assert says in books.complained
    assert "hunter2" not in books.complained
    assert "Traceback" not in books.complained


def test_settings_that_are_a_folder_are_named(books: Books) -> None:
    Path("dpor.toml").mkdir()
    assert books.dpor("notify", *MARCH, "--send") == 2
    assert "dpor.toml: not a file" in books.complained


def test_the_environment_takes_the_place_of_the_file(
    books: Books, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("dpor.toml").write_text('[smtp]\nhost = "nowhere.invalid"\nfrom = "osa@dpor.example"\n', encoding="utf-8")
    monkeypatch.setenv("DPOR_SMTP_HOST", HOST)
    monkeypatch.setenv("DPOR_SMTP_PORT", str(mailbox.port))
    monkeypatch.setenv("DPOR_SMTP_SECURITY", "none")
    books.does("notify", *MARCH, "--send")
    assert len(mailbox.got) == 5
    assert parsed(mailbox.got[0][1])["From"] == "osa@dpor.example"
    monkeypatch.setenv("DPOR_SMTP_PORT", "many")
    assert books.dpor("notify", *MARCH, "--send") == 2
    assert "DPOR_SMTP_PORT" in books.complained


def test_settings_that_are_named_must_be_there(books: Books) -> None:
    assert books.dpor("notify", *MARCH, "--send", "--settings", "gone.toml") == 2
    assert "--settings gone.toml: no such file" in books.complained
    assert books.dpor("notify", *MARCH, "--send", "--out", "x") == 2
    assert "don't go together" in books.complained


def test_an_open_period_is_not_sent(books: Books, mailbox: Mailbox) -> None:
    books.refuses("notify", "--period", "2015-04", "--send", because=["not closed"])
    books.refuses("notify", "--period", "2015-04", "--send", *settings(books.folder, mailbox), because=["not closed"])
    assert mailbox.got == []
