"""Who closed what and when, a line a closing.

The journal lies beside the store and outside its hashes, since a clock and a name are no result.
"""

from __future__ import annotations

import getpass
import json
import platform
from datetime import UTC, datetime
from pathlib import Path

from transforms.store import Closed, Store


def note_closing(store: Store, closed: Closed) -> None:
    """Add a line to `dpor.journal.jsonl`."""
    try:
        who = getpass.getuser()
    except (KeyError, OSError):
        who = "unknown"
    said = {
        "closed": closed.period,
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "by": f"{who}@{platform.node()}",
        "version": closed.version,
        "manifest": closed.identity,
    }
    with _journal(store).open("a", encoding="utf-8") as journal:
        journal.write(json.dumps(said) + "\n")


def see_that_it_can_be_noted(store: Store) -> None:
    """Raises OSError where no line can be added: asked before a closing, which is for good."""
    with _journal(store).open("a", encoding="utf-8"):
        pass


def _journal(store: Store) -> Path:
    return store.database.with_suffix(".journal.jsonl")
