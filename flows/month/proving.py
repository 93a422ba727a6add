"""Proving that what was closed is what the store comes to, and what the database and the files say."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from flows.month.reworking import as_known
from flows.month.run import Run
from schemas.counts import count_of
from schemas.policy import PERIOD_FORM
from schemas.problems import UserProblem
from transforms.books.journal import noted_beyond_the_chain
from transforms.books.ledger import partners_unlike, told_otherwise
from transforms.books.store import Store
from transforms.books.stored import REMOVE_IT, Closed, Stored, damage
from transforms.database.connections import DatabaseUnreadable
from transforms.messages.notifications import partners_told_otherwise
from transforms.statements.documents import made_with
from transforms.statements.publishing import unlike_files
from transforms.version import VERSION

FROM_A_BACKUP = "put the files back from a backup"
FROM_A_NEWER_BACKUP = (
    "if the store was put back from a backup, put back a newer one; if those closings were given up, remove the journal"
)
MADE_ANEW = "remove the database: the next command rebuilds it from the store"
WRITTEN_AGAIN = "remove these statement files: the next command writes the missing ones again"


@dataclass(frozen=True)
class Proof:
    """What was looked at, what is wrong with it, and what to do then."""

    what: str
    problems: list[str]
    remedy: str = FROM_A_BACKUP


def verify(store: Store) -> Iterator[Proof]:
    """Re-read everything in the store, and work out every closed period as it was known when it closed.

    What that comes to is held against what was posted, and against the files that were written where they were written;
    what was posted against what the database tells.
    """
    try:
        drafted = store.published_last()
        stored, closed = store.deliveries(), store.closed()
    except UserProblem as problem:
        broken, *remedy = problem.problems
        yield Proof("the chain of manifests", [broken], "; ".join(remedy) or FROM_A_BACKUP)
        return
    lost = [f"{store.note}: missing"] if closed and drafted is None else []
    yield Proof("the chain of manifests", lost + _strays(store, stored, closed))
    yield Proof("the journal of closings", noted_beyond_the_chain(store, closed), FROM_A_NEWER_BACKUP)
    whole = True
    kept: list[Stored | Closed] = [*stored, *closed]
    for one in kept:
        wrong = list(damage(one))
        whole = whole and not wrong
        yield Proof(f"{one.folder.parent.name}/{one.period}, {count_of(len(one.manifest['files']), 'file')}", wrong)
    if not whole:
        return
    if closed and store.database.exists():
        yield Proof(f"closed statements as {store.database} shows them", _told_otherwise(store, closed), MADE_ANEW)
    for closing in closed:
        known = f"{closing.period} as known when it closed"
        if differing := list(store.lost_of(closing)):
            yield Proof(known, differing)
            continue
        run = as_known(store, closing.period, closing.period, Path())
        yield Proof(known, _unlike_posted(run, closing))
        statements = store.place(closing.period)
        if statements and closing.version == VERSION:  # another may write the same statements otherwise
            folder = statements / closing.period
            same_tools = store.noted("made_with").get(closing.period) == made_with()
            wrong = list(unlike_files(run.new_files, folder, () if same_tools else (".xlsx", ".pdf")))
            yield Proof(f"the files in {folder}", wrong, WRITTEN_AGAIN)


def _told_otherwise(store: Store, closed: Sequence[Closed]) -> list[str]:
    try:
        return [
            f"{period}: {mpn_id}'s statement isn't shown as it was posted"
            for period, mpn_id in told_otherwise(store.database, closed)
        ]
    except DatabaseUnreadable as error:
        return [f"{error}"]


def _unlike_posted(run: Run, closing: Closed) -> list[str]:
    return [
        f"{closing.period}: {mpn_id}'s statement comes to something other than what was posted"
        for mpn_id in partners_unlike(run.new_closing, closing.folder)
    ] + [
        f"{closing.period}: {mpn_id} would get other messages than those posted"
        for mpn_id in partners_told_otherwise(run.new_closing, closing.folder)
    ]


def _strays(store: Store, stored: Sequence[Stored], closed: Sequence[Closed]) -> list[str]:
    """What lies in the store and isn't reached by the chain; what is named like a period may still be a part of it."""
    known = {one.folder for one in stored} | {one.folder for one in closed} | store.own
    there = [*store.root.glob("*"), *store.root.glob("deliveries/*"), *store.root.glob("closed/*")]
    return [
        f"{path}: not in the chain{'' if re.fullmatch(PERIOD_FORM, path.name) else f': {REMOVE_IT}'}"
        for path in sorted(there)
        if path not in known
    ]
