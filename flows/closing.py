"""Closing periods, in order and once; and proving afterwards that what was closed is what the store comes to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from flows.refusing import check_period, next_to_close, refuse_out_of_order
from flows.restoring import as_known
from flows.run import Run
from flows.steps import (
    Step,
    make_documents,
    post,
    publish,
    read_files,
    resolve,
    survey_deliveries,
)
from schemas.counts import count_of
from schemas.policy import following
from schemas.problems import Refused, UnusableInput, UserProblem
from transforms.documents import made_with
from transforms.ledger import partners_unlike, told_otherwise
from transforms.notifications import partners_told_otherwise
from transforms.publishing import unlike_files
from transforms.store import Closed, Store, Stored, damage
from transforms.version import VERSION
from transforms.warehouse import DatabaseUnreadable


def see_that_it_can_close(run: Run) -> str:
    """Raises Refused unless the period is the next to close and its draft is of today's deliveries and policy."""
    survey_deliveries(run)
    if run.unusable:
        raise UnusableInput(*run.unusable)
    refuse_out_of_order(run)
    draft = (run.store.drafted() or {}).get("drafts", {}).get(run.month)
    anew = f"`dpor run --period {run.month}` drafts it anew; have a look at its summary before closing"
    if draft is None:
        raise Refused(f"{run.month}: not drafted", anew)
    if run.pending or draft["deliveries"] != run.stored[-1].identity:
        raise Refused(f"{run.month}: its deliveries have changed since it was drafted", anew)
    if draft["policy"] != run.policy.model_dump(mode="json"):
        raise Refused(f"{run.month}: the policy has changed since it was drafted", anew)
    run.drafted_digest = draft["digest"]
    run.closes = True
    return f"{run.month} is the next to close, and its draft is of today's deliveries"


def see_that_the_draft_stands(run: Run) -> str:
    """Raises Refused where what is about to be posted isn't what was published as the draft, to the cent."""
    if run.digest != run.drafted_digest:
        raise Refused(
            f"{run.month}: it comes to something else than its draft: a period was closed, or dpor updated, since",
            f"`dpor run --period {run.month}` drafts it anew; have a look at its summary before closing",
        )
    return "the draft as it was published last"


CLOSE = (
    Step("Looking at the draft", see_that_it_can_close),
    Step("Working it out again", resolve),
    Step("Comparing", see_that_the_draft_stands),
    Step("Making documents", make_documents),
    Step("Posting", post),
    Step("Publishing", publish),
)
"""What `dpor close` does."""


def open_periods(run: Run) -> list[str]:
    """The periods up to the run's that are still to close, in order.

    Raises UnusableInput where none ever can, or with every problem of every new file: of several periods none is closed
    where a file of a later one can't be used.
    """
    check_period(run.month)
    run.ledger = run.store.closed()
    if run.ledger and run.month <= run.ledger[-1].period:
        return []
    survey_deliveries(run)
    periods = []
    period = next_to_close(run)
    while period <= run.month:
        periods.append(period)
        period = following(period)
    if run.unusable or len(periods) > 1:  # of a single one, the run itself finds them
        read_files(run)
    return periods


FROM_A_BACKUP = "put the files back from a backup"
MADE_ANEW = "take the database away: the next command makes it anew from the store"
WRITTEN_AGAIN = "take these statements' files away: the next command writes again what is missing"


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
        drafted = store.drafted()
        stored, closed = store.deliveries(), store.closed()
    except UserProblem as problem:
        yield Proof("the chain of manifests", list(problem.problems))
        return
    lost = [f"{store.note}: missing"] if closed and drafted is None else []
    yield Proof("the chain of manifests", lost + _strays(store, stored, closed))
    whole = True
    kept: list[Stored | Closed] = [*stored, *closed]
    for one in kept:
        wrong = list(damage(one))
        whole = whole and not wrong
        yield Proof(f"{one.folder.parent.name}/{one.period}, {count_of(len(one.manifest['files']), 'file')}", wrong)
    if not whole:
        return
    if closed and store.database.exists():
        yield Proof(f"closed statements as {store.database} tells them", _told_otherwise(store, closed), MADE_ANEW)
    identities = {delivery.period: delivery.identity for delivery in stored}
    for closing in closed:
        known = f"{closing.period} as known when it closed"
        if differing := _other_deliveries(store, closing, identities):
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
            f"{period}: {mpn_id}'s statement isn't told as it was posted"
            for period, mpn_id in told_otherwise(store.database, closed)
        ]
    except DatabaseUnreadable as error:
        return [f"{error}"]


def _other_deliveries(store: Store, closing: Closed, identities: dict[str, str]) -> list[str]:
    return [
        f"{store.root}/deliveries/{period}: {'not the one that was closed' if period in identities else 'missing'}"
        for period, identity in closing.manifest["deliveries"].items()
        if identities.get(period) != identity
    ]


def _unlike_posted(run: Run, closing: Closed) -> list[str]:
    return [
        f"{closing.period}: {mpn_id}'s statement comes to something else than was posted"
        for mpn_id in partners_unlike(run.new_closing, closing.folder)
    ] + [
        f"{closing.period}: {mpn_id} would be told something else than was posted"
        for mpn_id in partners_told_otherwise(run.new_closing, closing.folder)
    ]


def _strays(store: Store, stored: Sequence[Stored], closed: Sequence[Closed]) -> list[str]:
    """Folders in the store that the chain doesn't reach."""
    known = {one.folder for one in stored} | {one.folder for one in closed}
    folders = [*store.root.glob("deliveries/*"), *store.root.glob("closed/*")]
    return [f"{folder}: not in the chain" for folder in sorted(folders) if folder not in known]


def check_sealed(store: Store, delivery: str) -> None:
    """Raises UnusableInput or Refused unless a delivery is sealed, so that what was known on it can be asked."""
    closed = [closing.period for closing in store.closed()]
    if not closed:
        raise Refused("no period is closed yet: nothing is sealed that could be asked as it was known")
    if delivery not in closed:
        raise UnusableInput(f"--as-known-on {delivery}: not a sealed delivery: name one of {closed[0]} to {closed[-1]}")
