"""`dpor notify`: a closed period's messages to files, or out by SMTP."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from flows.command_line.options import DB, Database, Period
from flows.command_line.places import check_outside
from flows.command_line.terminal import Terminal
from flows.month.refusing import closed_period
from flows.month.walking import bring_back_unless_busy
from schemas.counts import count_of
from schemas.problems import Refused, UnusableInput
from schemas.settings import is_address, load_smtp, see_that_it_can_send
from transforms.books.store import Store
from transforms.messages.mail import write_mails
from transforms.messages.notifications import message_count, messages
from transforms.messages.sending import MOST_SHOWN, CannotSend, Sent, SentJournal, send

SETTINGS, MESSAGES = Path("dpor.toml"), Path("notifications")


def notify(
    *,
    period: Period,
    out: Annotated[
        Path | None,
        Parameter(name="--out", help="The folder for the files, one sub-folder per period; by default notifications."),
    ] = None,
    send: Annotated[
        bool,
        Parameter(
            name="--send",
            negative="",
            show_default=False,
            help="Send the messages not sent yet, instead of writing files.",
        ),
    ] = False,
    settings: Annotated[
        Path | None,
        Parameter(name="--settings", help="The file that holds [smtp]; by default dpor.toml, if it is there."),
    ] = None,
    db: Database = DB,
) -> None:
    """Write a closed period's messages to partners, one .eml file each; with --send, mail them, each once.

    Example, to read them: dpor notify --period 2015-03

    Example, to mail them as [smtp] of dpor.toml says: DPOR_SMTP_PASSWORD=... dpor notify --period 2015-03 --send
    """
    if send and out:
        raise UnusableInput("these options don't go together: --send sends, --out says where files are written")
    store = Store(db)
    bring_back_unless_busy(store)
    Terminal().show(
        send_messages(store, period, settings) if send else write_messages(store, period, out or MESSAGES, settings)
    )


def write_messages(store: Store, period: str, out: Path, settings: Path | None) -> str:
    """Write a closed period's messages, a file each, below `out`; returns what there is to say."""
    told = closed_period(store, period, "messages are made when a period closes")
    sender = load_smtp(settings or SETTINGS, os.environ, must_exist=settings is not None).sender
    if out.exists() and not out.is_dir():
        raise UnusableInput(f"--out {out}: a file: name a folder for the messages")
    check_outside(store, out)
    folder = out / period
    with store.locked("notify"):
        count = write_mails(messages(told), sender, folder)
    unusable = sorted({message.mpn_id for message in messages(told) if not is_address(message.email)})
    said = [f"{count_of(count, 'message')} of {period} in {folder}/, a file each" if count else none_of(period)]
    if unusable:
        said.append(
            f"{count_of(len(unusable), 'partner')} without a usable mail address: {', '.join(unusable[:MOST_SHOWN])}"
            f"{' and more' if len(unusable) > MOST_SHOWN else ''}"
        )
    return "\n".join(said)


def send_messages(store: Store, period: str, settings: Path | None) -> str:
    """Send a closed period's messages that weren't sent yet; returns what there is to say.

    Raises Refused where not all are sent in the end, with how many are and what to do.
    """
    to_send = closed_period(store, period, "messages are made when a period closes")
    named = settings or SETTINGS
    smtp = load_smtp(named, os.environ, must_exist=settings is not None)
    see_that_it_can_send(smtp, named)
    total, sent = message_count(to_send), Sent()
    again = f"`dpor notify --period {period} --send` again sends the rest"
    with store.locked("notify --send"), Terminal().step("Sending") as done:
        try:
            send(messages(to_send), smtp, SentJournal(store.beside(".sent.jsonl")), sent)
        except CannotSend as error:
            raise Refused(f"{error}", f"{sent.before + sent.now} of {total} sent; {again}") from error
        done(f"{sent.now:,} just now, {sent.before:,} before")
    if sent.refused:
        more = len(sent.refused) - MOST_SHOWN
        raise Refused(
            f"{sent.before + sent.now} of {total} sent; these were not:",
            *sent.refused[:MOST_SHOWN],
            *([f"and {more} more"] if more > 0 else []),
            f"{again}, in case the server takes them later; for an address that mail can't reach, `dpor notify"
            f" --period {period}` writes each message as a file, to be delivered another way",
        )
    if not total:
        return none_of(period)
    return f"{count_of(total, 'message')} of {period}: {sent.now:,} sent just now, {sent.before:,} before"


def none_of(period: str) -> str:
    """What there is to say of a period that has nothing to tell anybody."""
    return f"no messages: nothing happened in {period} that partners are told of"
