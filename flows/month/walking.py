"""What every command does: begin with a run's folders, walk its steps, and bring back what was lost."""

from __future__ import annotations

import errno
from pathlib import Path

from flows.command_line.options import MAX_QUARANTINE
from flows.command_line.places import check_out, is_within, remember_noted_places
from flows.command_line.suggested import with_places
from flows.command_line.terminal import Terminal
from flows.month.restoring import bring_back
from flows.month.run import Run
from flows.month.steps import Step
from schemas.problems import Refused, UnusableInput
from transforms.books.store import Store
from transforms.database.shards import Sharding
from transforms.files.holding import LOOKING, StoreBusy


def this_run(
    store: Store,
    deliveries: Path,
    out: Path | None,
    period: str | None,
    max_quarantine: float = MAX_QUARANTINE,
    sharding: Sharding | None = None,
    formats: tuple[str, ...] | None = None,
) -> Run:
    """A run of what was asked for; a dry one has no `out`. Raises UnusableInput or Refused for places that can't be."""
    for sign, name in (("?", "question mark"), ("\\", "backslash")):
        if sign in f"{store.database.absolute()}":
            raise UnusableInput(f"--db {store.database}: a {name} in its path, which DuckDB can't open for writing")
    if is_within(deliveries, store.root):
        raise UnusableInput(
            f"--db {store.database}: within the deliveries, where its store would be taken for a delivery: name another"
            " place"
        )
    if store.database.exists() and store.is_empty():
        raise Refused(
            f"--db {store.database}: already exists, without a dpor store beside it, and a run would replace it",
            f"name another file; or put {store.root} back from a backup, if the database belongs to dpor",
        )
    if out is not None:
        check_out(store, deliveries, out)
    return Run(deliveries, store, out or Path(), period, max_quarantine, sharding, formats)


def walk(steps: tuple[Step, ...], this: Run) -> None:
    """Do the steps one after the other, saying what goes on."""
    terminal = Terminal()
    for step in steps:
        with terminal.step(step.says) as done:
            this.tell = terminal.tell
            done(step.does(this))


def bring_back_unless_busy(store: Store) -> None:
    """Restore what was lost of what was published, for a command that doesn't hold the store.

    While another run holds the store, that one sees to it. Where nothing can be written, as on a full disk, what is
    there is asked.
    """
    remember_noted_places(store)
    if store.is_empty() or not store.root.exists() or not store.may_be_written:
        return
    try:
        with store.locked(LOOKING):
            say_what_was_lost(bring_back(store))
    except StoreBusy:
        return
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise


def bring_back_what_was_lost(store: Store) -> None:
    """Restore what was lost of what was published, for a command that holds the store."""
    remember_noted_places(store)
    if store.may_be_written:
        say_what_was_lost(bring_back(store))


def say_what_was_lost(lines: list[str]) -> None:
    """Say on stderr what was restored, and what couldn't be."""
    for line in lines:
        Terminal().say(f"dpor: {with_places(line)}")


def check_share(share: float) -> None:
    """Raises UnusableInput for a share that isn't between 0 and 1."""
    if not 0 <= share <= 1:
        raise UnusableInput(f"--max-quarantine {share}: a share lies between 0 and 1, such as 0.05 for 5%")
