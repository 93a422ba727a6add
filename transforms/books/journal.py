"""Who closed what and when, a line per closing.

The journal lies beside the store and outside its hashes, since a clock and a name are no result.
"""

from __future__ import annotations

import getpass
import json
import platform
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from schemas.problems import Refused
from transforms.books.store import Store
from transforms.books.stored import Closed
from transforms.files.replacing import bring_to_disk


def note_closing(store: Store, closed: Closed) -> None:
    """Add a line to `dpor.journal.jsonl`."""
    try:
        who = getpass.getuser()
    except (KeyError, OSError):
        who = "unknown"
    _add(store, closed, datetime.now(UTC).isoformat(timespec="seconds"), f"{who}@{platform.node()}")


def see_that_it_can_be_noted(store: Store) -> None:
    """Raises OSError where no line can be added: asked before a closing, which is for good."""
    with _journal(store).open("a", encoding="utf-8"):
        pass


def note_what_was_cut_off(store: Store, last: Closed) -> None:
    """Add the line of the last closing where it was cut off before that: by whom and when, nobody knows any more."""
    if last.identity not in [said.get("manifest") for said in _lines(store)]:
        _add(store, last, at=None, by=None)


def noted_beyond_the_chain(store: Store, closed: Sequence[Closed]) -> list[str]:
    """A line for each closing that the journal notes and the store doesn't have: it is older than its journal."""
    known = {closing.identity for closing in closed}
    return [
        f"{_journal(store)} line {number}: {said.get('closed')} was closed as {identity}, which isn't in the store"
        for number, said in enumerate(_lines(store), start=1)
        if isinstance(identity := said.get("manifest"), str) and identity not in known
    ]


def refuse_a_second_closing(store: Store, closed: Sequence[Closed]) -> None:
    """Raises Refused where periods were closed after the last that the store has, and may have been paid."""
    if beyond := noted_beyond_the_chain(store, closed):
        raise Refused(
            *beyond,
            "these books are older than their journal: put the latest backup back;"
            f" or remove {_journal(store)}, if what it notes was given up",
        )


def _add(store: Store, closed: Closed, at: str | None, by: str | None) -> None:
    said = {"closed": closed.period, "at": at, "by": by, "version": closed.version, "manifest": closed.identity}
    path = _journal(store)
    is_torn = path.exists() and path.read_bytes()[-1:] not in (b"", b"\n")  # by a kill in the middle of its last line
    with path.open("ab") as journal:
        journal.write((b"\n" if is_torn else b"") + json.dumps(said).encode() + b"\n")
    bring_to_disk(path, path.parent)


def _lines(store: Store) -> list[dict[str, Any]]:
    """What each line says; nothing where one is torn or none of ours."""
    journal = _journal(store)
    lines = journal.read_text(encoding="utf-8", errors="replace").splitlines() if journal.exists() else []
    return [_said(line) for line in lines]


def _said(line: str) -> dict[str, Any]:
    try:
        said = json.loads(line)
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}


def _journal(store: Store) -> Path:
    return store.beside(".journal.jsonl")
