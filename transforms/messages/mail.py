"""A notification as a mail (RFC 5322): the same message has the same bytes, and no value of it can write a header."""

from __future__ import annotations

import hashlib
import re
import shutil
from collections.abc import Iterable
from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

from schemas.one_line import one_line
from schemas.policy import following
from schemas.problems import Refused
from schemas.settings import is_address
from transforms.files.replacing import naming
from transforms.messages.notifications import Notification

SEVEN_BIT = SMTP.clone(cte_type="7bit")
"""What any server takes and hands on unchanged."""

NOBODYS = "notifications@dpor.invalid"
"""Whom a message is from where the settings name nobody: an address that can't exist (RFC 2606)."""

OURS = re.compile(r"[A-Z_]+-[A-Za-z0-9._-]{1,64}-[0-9a-f]{16}\.eml")


def mail(notification: Notification, sender: str | None) -> bytes:
    """The message as it is written and sent, line ends and all.

    It is dated with the end of its period: no clock is looked at. Where the partner's address is none that mail can go
    to, it is addressed to nobody.
    """
    message = EmailMessage(policy=SEVEN_BIT)
    message["From"] = Address(addr_spec=sender or NOBODYS)
    message["To"] = Address(addr_spec=notification.email) if is_address(notification.email) else "unknown:;"
    message["Subject"] = one_line(notification.subject)
    message["Date"] = datetime.strptime(f"{following(notification.period)}-01", "%Y-%m-%d").replace(tzinfo=UTC)
    message["Message-ID"] = message_id(notification, sender)
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: nobody's absence note answers
    message.set_content(notification.body)
    return message.as_bytes()


def message_id(notification: Notification, sender: str | None) -> str:
    """The same for a message however often it is sent, so that who gets it twice can tell."""
    digest = hashlib.sha256(notification.notification_id.encode()).hexdigest()[:32]
    return f"<{digest}@{(sender or NOBODYS).rpartition('@')[2]}>"


def write_mails(notifications: Iterable[Notification], sender: str | None, folder: Path) -> int:
    """Write one `.eml` file a message into `folder`, each replaced whole; others of ours there go. Returns how many.

    Raises Refused for a message of a changed store, whose id would be the name of another file.
    """
    aside = folder.parent / f".{folder.name}.aside"
    shutil.rmtree(aside, ignore_errors=True)
    try:
        with naming(folder.parent):
            aside.mkdir(parents=True)
            for notification in notifications:
                (aside / _file_of(notification)).write_bytes(mail(notification, sender))
        folder.mkdir(exist_ok=True)
        names = sorted(path.name for path in aside.iterdir())
        for path in folder.iterdir():
            if OURS.fullmatch(path.name) and path.name not in names:
                path.unlink()
        for name in names:
            (aside / name).replace(folder / name)
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    return len(names)


def _file_of(notification: Notification) -> str:
    """Its id as it is: our part of it is plain, and the intake lets a claim's id have no other signs."""
    name = f"{notification.notification_id}.eml"
    if not OURS.fullmatch(name):
        raise Refused(f"{notification.notification_id!a}: no id of a message: `dpor verify` names what was changed")
    return name
