"""Where mail goes out, and who logs in there: settings, TLS, passwords that are never shown."""

from __future__ import annotations

from pathlib import Path

import pytest
from ledger.bench import Books
from ledger.mailbox import HOST, Mailbox, certificate, parsed, serving
from ledger.notify.messages import MARCH, settings

from schemas.settings import PASSWORD
from transforms.messages import sending

pytestmark = pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")


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


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ('[smtp]\npassword = "hunter2"', f"a password doesn't belong in a file: put it into {PASSWORD}"),
        ('[smtp]\nhots = "x"', "smtp.hots: no such key: did you mean host?"),
        ('[smpt]\nhost = "x"', "smpt: unknown"),
        ("[smtp", "not a TOML file"),
        ("a = " + "[" * 5000, "not a TOML file"),
        (f"[smtp]\nport = {'9' * 5000}", "not a TOML file"),
        ("[smtp]\nport = true", "smtp.port: a port is a number, such as 587"),
        ('[smtp]\nport = "abc"', "smtp.port: a whole number is expected"),
        ('\ufeff[smtp]\nhost = "x"', "smtp.from: missing: name it in mail.toml or in DPOR_SMTP_FROM"),
        ("smtp = 1", "smtp: unknown"),
        ('[smtp]\nhost = "a b"', "smtp.host: a host is written as mail.example.com"),
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
