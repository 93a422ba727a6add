"""Sends a period's messages by SMTP, each once: what a server has accepted is noted before the next one goes out."""

from __future__ import annotations

import json
import os
import re
import signal
import smtplib
import ssl
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from schemas.problems import Refused
from schemas.settings import Smtp, is_address
from transforms.files.replacing import bring_to_disk
from transforms.messages.mail import mail, message_id
from transforms.messages.notifications import Notification

TIMEOUT_SECONDS = 60
MOST_SHOWN = 20

ENDING = (signal.SIGINT, signal.SIGTERM)

SERVICE_NOT_AVAILABLE = 421
"""The server hangs up: nothing more goes out on this connection."""


class CannotSend(Exception):
    """Nothing more can be sent for now. It says why in words of ours: a server's own may name a person."""


@dataclass
class Sent:
    """What came of sending: counts, and a line per message that could not be sent while others could."""

    before: int = 0
    now: int = 0
    refused: list[str] = field(default_factory=list)


class SentJournal:
    """`dpor.sent.jsonl` beside the store: a line per message that a server has accepted. It names no person."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def ids(self) -> set[str]:
        """The ids of all that was sent. Raises Refused for a line that can't be read.

        A last line without an end was cut off while it was written: it doesn't count.
        """
        lines = self.path.read_bytes().split(b"\n") if self.path.exists() else []
        ids = set()
        for number, line in enumerate(lines[:-1], 1):
            try:
                ids.add(str(json.loads(line)["notification_id"]))
            except (ValueError, KeyError, TypeError):
                raise Refused(
                    f"{self.path} line {number}: can't be read, so it isn't known what was sent",
                    "put the file back from a backup",
                ) from None
        return ids

    @contextmanager
    def opened(self) -> Iterator[_Noting]:
        """The journal to add to, a line cut off at its end taken away; a new one is in its folder on the disk too."""
        whole = len(self.path.read_bytes().rpartition(b"\n")[0]) if self.path.exists() else 0
        descriptor = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o666)
        try:
            os.ftruncate(descriptor, whole + 1 if whole else 0)
            os.lseek(descriptor, 0, os.SEEK_END)
            bring_to_disk(self.path.parent)
            yield _Noting(descriptor)
        finally:
            os.close(descriptor)


@dataclass(frozen=True)
class _Noting:
    descriptor: int

    def note(self, notification: Notification, identity: str) -> None:
        """Add a line, and see that it is on the disk before returning."""
        said = {
            "notification_id": notification.notification_id,
            "period": notification.period,
            "message_id": identity,
            "at": datetime.now(UTC).isoformat(timespec="seconds"),
        }
        line = (json.dumps(said) + "\n").encode()
        if os.write(self.descriptor, line) != len(line):
            raise OSError("no space left for a line of the journal")
        os.fsync(self.descriptor)


def send(notifications: Iterable[Notification], smtp: Smtp, journal: SentJournal, sent: Sent) -> None:
    """Send every message that the journal doesn't have yet, and count in `sent`.

    A message that the server refuses, or that has no address, is left out and listed. Raises CannotSend where nothing
    more can be sent: what was accepted until then is in the journal.
    """
    known = journal.ids()
    due = []
    for notification in notifications:
        if notification.notification_id in known:
            sent.before += 1
        elif is_address(notification.email):
            due.append(notification)
        else:
            sent.refused.append(f"{_what(notification)}: its contact's address isn't a usable mail address")
    if not due:
        return
    with journal.opened() as noting, _connected(smtp) as server:
        for notification in due:
            with _not_interrupted():
                if problem := _refusal(server, notification, smtp):
                    sent.refused.append(f"{_what(notification)}: {problem}")
                    continue
                sent.now += 1
                try:
                    noting.note(notification, message_id(notification, smtp.sender))
                except OSError as error:
                    raise CannotSend(
                        f"{journal.path}: {error.strerror or error}: the last message was sent, but that could not be"
                        " noted, so it may be sent again"
                    ) from error


@contextmanager
def _not_interrupted() -> Iterator[None]:
    """Ctrl-C and a polite kill wait: between the server's answer and the note of it they would send a message twice."""
    if threading.current_thread() is not threading.main_thread():
        yield  # signals never come here
        return
    came: list[int] = []
    before = {number: signal.signal(number, lambda number, _: came.append(number)) for number in ENDING}
    try:
        yield
    finally:
        for ending, handler in before.items():
            signal.signal(ending, handler)
        if came:
            signal.raise_signal(came[0])


def _refusal(server: smtplib.SMTP, notification: Notification, smtp: Smtp) -> str | None:
    """Send one message; why the server refused this one, or None where it accepted it. Raises CannotSend."""
    sender = smtp.sender or ""
    answer: bytes | str
    try:
        server.sendmail(sender, [notification.email], mail(notification, sender))
    except smtplib.SMTPRecipientsRefused as refused:
        code, answer = next(iter(refused.recipients.values()))
    except smtplib.SMTPDataError as refused:
        code, answer = refused.smtp_code, refused.smtp_error
    except smtplib.SMTPSenderRefused as refused:
        raise CannotSend(
            f"{_named(smtp)}: refuses the sender, {_code(refused.smtp_code, refused.smtp_error)}: see smtp.from"
        ) from refused
    except (smtplib.SMTPException, OSError) as error:
        raise CannotSend(f"{_named(smtp)}: {_fault(error)}") from error
    else:
        return None
    if code == SERVICE_NOT_AVAILABLE:
        raise CannotSend(f"{_named(smtp)}: takes no more for now, {_code(code, answer)}")
    return f"the server refused it, {_code(code, answer)}"


@contextmanager
def _connected(smtp: Smtp) -> Iterator[smtplib.SMTP]:
    """A connection, protected and logged in as the settings say. Raises CannotSend; it never goes on unprotected."""
    try:
        server = _opened(smtp)
        try:
            _protected(server, smtp)
        except BaseException:
            server.close()
            raise
    except smtplib.SMTPAuthenticationError as error:
        raise CannotSend(
            f"{_named(smtp)}: refuses the login, {_code(error.smtp_code, error.smtp_error)}:"
            " see smtp.user and DPOR_SMTP_PASSWORD"
        ) from error
    except smtplib.SMTPNotSupportedError as error:
        lacks = "a login" if "AUTH" in str(error) else "STARTTLS"
        raise CannotSend(f"{_named(smtp)}: doesn't offer {lacks}: see smtp.security and smtp.user") from error
    except (smtplib.SMTPException, OSError) as error:
        raise CannotSend(f"{_named(smtp)}: {_fault(error)}") from error
    try:
        yield server
    finally:
        with suppress(smtplib.SMTPException, OSError):
            server.quit()


def _opened(smtp: Smtp) -> smtplib.SMTP:
    host, port = smtp.where
    if smtp.security == "tls":
        return smtplib.SMTP_SSL(host, port, timeout=TIMEOUT_SECONDS, context=ssl.create_default_context())
    return smtplib.SMTP(host, port, timeout=TIMEOUT_SECONDS)


def _protected(server: smtplib.SMTP, smtp: Smtp) -> None:
    if smtp.security == "starttls":
        server.starttls(context=ssl.create_default_context())
    if smtp.user:
        try:
            server.login(smtp.user, smtp.password or "")
        except smtplib.SMTPServerDisconnected as error:
            raise CannotSend(f"{_named(smtp)}: hung up at the login: see smtp.user and DPOR_SMTP_PASSWORD") from error


def _fault(error: Exception) -> str:
    """What went wrong with the connection, without a word of the server's."""
    match error:
        case ssl.SSLCertVerificationError():
            trusted = os.environ.get("SSL_CERT_FILE")
            lost = f"; SSL_CERT_FILE names no file: {trusted}" if trusted and not Path(trusted).is_file() else ""
            return f"its certificate isn't trusted: {error.verify_message}{lost}"
        case ssl.SSLError():
            return "doesn't speak TLS as smtp.security asks for"
        case TimeoutError():
            return f"did not answer for {TIMEOUT_SECONDS} seconds"
        case smtplib.SMTPServerDisconnected():
            return "hung up"
        case smtplib.SMTPResponseException():
            return f"answered {_code(error.smtp_code, error.smtp_error)}"
        case OSError():
            return f"can't be reached: {error.strerror or type(error).__name__}"
    return "can't be talked to over SMTP"


def _code(code: int, answer: bytes | str) -> str:
    """The answer's code, with its class where it has one: the rest of an answer may name a person."""
    text = answer.decode("ascii", "replace") if isinstance(answer, bytes) else answer
    enhanced = re.match(r"[245]\.\d{1,3}\.\d{1,3}\b", text)
    return f"{code} {enhanced[0]}" if enhanced else f"{code}"


def _named(smtp: Smtp) -> str:
    host, port = smtp.where
    return f"{host} port {port}"


def _what(notification: Notification) -> str:
    return f"{notification.notification_id}, to {notification.mpn_id}"
