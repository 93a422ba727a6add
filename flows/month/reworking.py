"""Works periods out again from the store alone: as they were known, also to write their statements once more."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

from flows.month.refusing import refuse_far_ahead
from flows.month.run import NOWHERE, Run
from flows.month.steps import make_documents, resolve, statements_noted
from schemas.policy import Policy
from schemas.problems import Refused, UnusableInput
from transforms.books.ledger import partners_unlike
from transforms.books.store import Store
from transforms.books.stored import Closed, Stored
from transforms.reading.survey import Delivery
from transforms.statements.publishing import put_in_place
from transforms.version import VERSION

MOST_NAMED = 3


def of_the_store(
    store: Store, period: str, policy: Policy, stored: Sequence[Stored], ledger: Sequence[Closed], out: Path
) -> Run:
    """A run that reads nothing but these deliveries and closings of the store. Raises Refused where one is damaged."""
    run = Run(deliveries_folder=NOWHERE, store=store, out=out, period=period)
    run.policy = policy
    run.stored = list(stored)
    run.deliveries = [Delivery(one.period, ()) for one in stored]  # none of them is new
    run.ledger = list(ledger)
    store.undamaged([*stored, *ledger])
    return run


def check_sealed(store: Store, delivery: str) -> None:
    """Raises UnusableInput or Refused unless a delivery is sealed, so that what was known on it can be asked."""
    closed = [closing.period for closing in store.closed()]
    if not closed:
        raise Refused("no period is closed yet: nothing is sealed that could be worked out as it was known")
    if delivery not in closed:
        raise UnusableInput(
            f"--as-known-on {delivery}: not a sealed delivery: name one from {closed[0]} to {closed[-1]}"
        )


def as_known(store: Store, period: str, delivery: str, out: Path, formats: tuple[str, ...] | None = None) -> Run:
    """Work out a period from the deliveries up to one, by the policy and with the ledger of then, aside.

    The run's new database, files and closing lie in the store's aside folder. For a closed period as known at its
    closing they are what was published and posted then. Raises UnusableInput for a period before the programme
    of then, or years after that delivery.
    """
    closed = store.closed()
    policy = next(closing.policy for closing in closed if closing.period == delivery)
    if period < (first := policy.dates.first_period):
        raise UnusableInput(f"{period}: before the programme's first period as it was known on {delivery}, {first}")
    refuse_far_ahead(period, delivery)
    ledger = [closing for closing in closed if closing.period < period and closing.period <= delivery]
    run = of_the_store(store, period, policy, store.deliveries(delivery), ledger, out)
    run.closes = period == delivery
    run.formats = formats
    run.as_known_on = None if run.closes else delivery
    resolve(run)
    make_documents(run)
    return run


def see_that_they_are_as_posted(run: Run, closing: Closed) -> None:
    """Raises Refused where a closed period, worked out again, comes to other statements than it posted (P24)."""
    unlike = list(partners_unlike(run.new_closing, closing.folder))
    if unlike:
        raise Refused(
            f"{closing.period} was posted by version {closing.version}, and this one, {VERSION}, comes to something"
            f" else for {', '.join(unlike[:MOST_NAMED])}{' and others' if len(unlike) > MOST_NAMED else ''}",
            f"use version {closing.version} to write its statements, or put them back from a backup",
        )


def write_closed_again(store: Store, through: str, formats: tuple[str, ...]) -> list[str]:
    """Write the statements of the closed periods up to one in the formats asked for; returns what was written.

    Raises Refused for the first that this version works out otherwise than it was posted; those before it are written.
    """
    closed = [closing for closing in store.closed() if closing.period <= through]
    return [
        f"{write_again(store, closing, formats)}: {', '.join(formats)}"
        for closing in closed
        if store.published_last() and set(formats) != set(store.formats(closing.period))
    ]


def write_again(store: Store, closing: Closed, formats: tuple[str, ...]) -> Path:
    """Write a closed period's statements in other formats, into the folder that is returned.

    It is noted before, so that the next command ends what is cut off here.
    """
    said = store.published_last() or {}
    statements = store.place(closing.period) or (store.root / said["out"]).resolve()
    run = as_known(store, closing.period, closing.period, statements, formats)
    see_that_they_are_as_posted(run, closing)
    for what, value in statements_noted(run).items():
        said[what] = {**store.noted(what), closing.period: value}
        said.pop(f"closing_{what}", None)
    store.note_published({**said, "writing_again": closing.period})
    put_in_place(run.new_files, run.files, statements / closing.period)
    shutil.rmtree(run.new_files)
    store.note_published({name: value for name, value in said.items() if name != "writing_again"})
    return statements / closing.period
