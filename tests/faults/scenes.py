"""What is disturbed: every command that writes or reads the books, from the books that it finds to those it leaves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ledger.bench import Books, deliver_four_months
from ledger.mailbox import HOST

CLOCKED = ("dpor.journal.jsonl", "dpor.sent.jsonl")
"""Files that hold the time of day, which no two runs share."""


@dataclass(frozen=True)
class Scene:
    """One command. `begins` names the books that it finds, `happens` is done to them first."""

    name: str
    begins: str
    command: tuple[str, ...]
    happens: Callable[[Books], None] = lambda books: None

    def words(self, books: Books) -> tuple[str, ...]:
        """The command for these books: `{folder}` is theirs."""
        return tuple(word.replace("{folder}", str(books.folder)) for word in self.command)


def march_grows(books: Books) -> None:
    books.deliver(
        "2015-03", part="-more", assigned_seats="subscription_id snapshot_date assigned_seats\n t1 2015-03-31 9"
    )


def files_are_lost(books: Books) -> None:
    books.database.unlink()
    (books.statements / "2015-02" / "1100001.csv").unlink()


ALL_FORMATS = ("--formats", "csv,xlsx,pdf")

SCENES = (
    Scene("run", "fresh", ("run", "--period", "2015-02")),
    Scene("run, a delivery has changed", "drafted", ("run", "--period", "2015-03"), march_grows),
    Scene("run, files are lost", "drafted", ("run", "--period", "2015-03"), files_are_lost),
    Scene("run --formats", "fresh", ("run", "--period", "2015-02", *ALL_FORMATS)),
    Scene("run --shards", "drafted", ("run", "--period", "2015-03", "--shards", "2"), march_grows),
    Scene("run --as-known-on", "drafted", ("run", "--period", "2015-02", "--as-known-on", "2015-02")),
    Scene("run --through --close", "fresh", ("run", "--through", "2015-03", "--close")),
    Scene("close", "drafted", ("close", "--period", "2015-03")),
    Scene("close --formats", "drafted", ("close", "--period", "2015-03", *ALL_FORMATS)),
    Scene("notify", "closed", ("notify", "--period", "2015-03", "--out", "{folder}/messages")),
    Scene("notify --send", "closed", ("notify", "--period", "2015-03", "--send", "--settings", "{folder}/dpor.toml")),
    Scene("export", "closed", ("export", "--period", "2015-02", "--out", "{folder}/payments.csv")),
    Scene("check", "fresh", ("check",)),
    Scene("status", "closed", ("status",)),
    Scene("status, files are lost", "closed", ("status",), files_are_lost),
    Scene("statement", "closed", ("statement", "1100001", "--period", "2015-02")),
    Scene("explain", "closed", ("explain", "e3", "--period", "2015-03")),
    Scene("reconcile", "closed", ("reconcile", "--period", "2015-03")),
    Scene("verify", "closed", ("verify",)),
)


def beginnings(folder: Path) -> dict[str, Books]:
    """The books that scenes begin with, by name, below a folder: February and March delivered; February closed and
    March drafted; both closed."""
    fresh = Books(folder / "fresh")
    deliver_four_months(fresh)
    for period in ("2015-04", "2015-05"):
        for file in (fresh.deliveries / period).iterdir():
            file.unlink()
        (fresh.deliveries / period).rmdir()
    drafted = fresh.copied(folder / "drafted")
    drafted.does("run", "--through", "2015-02", "--close")
    drafted.does("run", "--period", "2015-03")
    closed = drafted.copied(folder / "closed")
    closed.does("close", "--period", "2015-03")
    return {"fresh": fresh, "drafted": drafted, "closed": closed}


def write_settings(books: Books, port: int) -> None:
    """The settings by which `notify --send` finds the test's own server."""
    (books.folder / "dpor.toml").write_text(
        f'[smtp]\nhost = "{HOST}"\nport = {port}\nsecurity = "none"\nfrom = "dpor@example.com"\n', encoding="utf-8"
    )
