"""Who closed what and when, a line a closing.

The journal lies beside the store and outside its hashes, since a clock and a name are no result.
"""

from __future__ import annotations

import getpass
import json
import platform
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from transforms.store import Store
from transforms.stored import Closed


def note_closing(store: Store, closed: Closed) -> None:
    """Add a line to `dpor.journal.jsonl`."""
    try:
        who = getpass.getuser()
    except (KeyError, OSError):
        who = "unknown"
    _add(store, closed, datetime.now(UTC).isoformat(timespec="seconds"), f"{who}@{platform.node()}")


def note_what_was_cut_off(store: Store, last: Closed) -> None:
    """Add the line of the last closing where it was cut off before that: by whom and when, nobody knows any more."""
    journal = _journal(store)
    lines = journal.read_text(encoding="utf-8", errors="replace").splitlines() if journal.exists() else []
    if last.identity not in map(_manifest, lines):
        _add(store, last, at=None, by=None)


def _manifest(line: str) -> Any:
    """The closing that a line notes, None where it is torn or none of ours."""
    try:
        said = json.loads(line)
    except ValueError:
        return None
    return said.get("manifest") if isinstance(said, dict) else None


def see_that_it_can_be_noted(store: Store) -> None:
    """Raises OSError where no line can be added: asked before a closing, which is for good."""
    with _journal(store).open("a", encoding="utf-8"):
        pass


def _add(store: Store, closed: Closed, at: str | None, by: str | None) -> None:
    said = {"closed": closed.period, "at": at, "by": by, "version": closed.version, "manifest": closed.identity}
    path = _journal(store)
    is_torn = path.exists() and path.read_bytes()[-1:] not in (b"", b"\n")  # by a kill in the middle of its last line
    with path.open("ab") as journal:
        journal.write((b"\n" if is_torn else b"") + json.dumps(said).encode() + b"\n")


def _journal(store: Store) -> Path:
    return store.beside(".journal.jsonl")
