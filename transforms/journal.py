"""Who closed what and when, a line a closing.

The journal lies beside the store and outside its hashes, since a clock and a name are no result.
"""

from __future__ import annotations

import getpass
import json
import platform
from datetime import UTC, datetime

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
    with store.database.with_suffix(".journal.jsonl").open("a", encoding="utf-8") as journal:
        journal.write(json.dumps(said) + "\n")
