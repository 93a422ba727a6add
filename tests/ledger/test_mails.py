"""A message as mail: whatever a name, an address or a text holds, it writes no header and comes back whole (P26)."""

from __future__ import annotations

from pathlib import Path

import pytest
from ledger.mailbox import parsed

from schemas.problems import Refused
from schemas.settings import is_address
from transforms.messages.mail import mail, write_mails
from transforms.messages.notifications import Notification


def a_message(**said: str) -> Notification:
    return Notification(
        **{"notification_id": "POE_RESULT-e1-0", "mpn_id": "1", "email": "x@example.com", "subject": "Hello",
           "body": "Text\n", "period": "2015-12", **said}
    )  # fmt: skip


@pytest.mark.parametrize(
    "evil",
    [
        "x@example.com\r\nBcc: all@example.com", "x@example.com, all@example.com", "x@example.com\x00", "nobody",
        "<x@example.com>", "x@@example.com", "x y@example.com", '"x"@example.com', "x@example.com\n", "x@exämple.com",
        "a..b@example.com", "=?utf-8?q?x?=@\r\n", "", "x@" + "e" * 260,
    ],
)  # fmt: skip
def test_what_is_no_single_address_gets_no_mail_and_writes_no_header(evil: str) -> None:
    assert not is_address(evil)
    message = parsed(mail(a_message(email=evil), "osa@dpor.example"))
    assert sorted(message.keys()) == sorted(parsed(mail(a_message(), "osa@dpor.example")).keys())
    assert "@" not in message["To"]


def test_a_subject_or_a_body_writes_no_header() -> None:
    message = parsed(mail(a_message(subject="Hi\r\nBcc: a@b.example", body="\r\nBcc: a@b.example\n.\n"), None))
    assert message["Bcc"] is None
    assert message["Subject"] == "Hi  Bcc: a@b.example"


@pytest.mark.parametrize("id_", ["../POE_RESULT-e1-0123456789abcdef", "/tmp/x", "POE_RESULT-e1/x-0123456789abcdef", ""])  # noqa: S108
def test_an_id_that_is_none_of_ours_as_in_a_changed_store_becomes_no_file(tmp_path: Path, id_: str) -> None:
    (tmp_path / "out").mkdir()
    with pytest.raises(Refused, match="no id of a message"):
        write_mails([a_message(notification_id=id_)], None, tmp_path / "out" / "2015-12")
    assert list(tmp_path.rglob("*")) == [tmp_path / "out"]


def test_text_of_any_script_and_length_comes_back_as_it_was() -> None:
    body = f"Größe, 株式会社, {'x' * 2000}\n.\n..\nFrom here\n"
    message = mail(a_message(body=body, subject="日本 " * 40), "osa@dpor.example")
    assert message.isascii()
    assert max(map(len, message.split(b"\r\n"))) < 998
    assert parsed(message).get_content().replace("\r\n", "\n") == body
