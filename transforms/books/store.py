"""The system of record: a folder of immutable Parquet beside the database, every file's hash in a manifest.

    dpor.store/
      deliveries/2015-03/  manifest.json, <feed>.parquet, waiting-<feed>.parquet, quarantine.parquet, intake_log.parquet
      closed/2015-03/      manifest.json, posted_<relation>.parquet: what closing the period has posted, for good
    dpor.published.json    beside it: what was published last, to bring it back, and the last closing

A delivery or a closing is written aside and renamed into place: the rename is what commits it. Each manifest names the
one before by hash: a delivery that changes, comes late or goes makes every later one out of date, and a closed period
that was tampered with breaks the chain.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal

import polars as pl

from schemas.policy import Policy, following
from schemas.problems import Refused, UnusableInput
from transforms.books.stored import MANIFEST, Closed, Stored, are_strays, damage, read_manifest, write_manifest
from transforms.files.full_disks import naming_what_is_full
from transforms.files.holding import HOLDER, LOCK, held_alone, held_with_others
from transforms.files.replacing import bring_to_disk, put_in_place_of
from transforms.files.sealed_json import read_sealed, write_sealed
from transforms.reading.survey import Delivery

Noted = Literal["formats", "outs", "made_with"]

DATABASES = (".duckdb", ".ddb", ".db")
"""What DuckDB's files are called. Any other ending belongs to the name: `b.2014` and `b.trial` are two books."""


class Store:
    """The folder beside a database: `dpor.duckdb` has `dpor.store/`, `dpor.trial` has `dpor.trial.store/`.

    Raises UnusableInput for what names no file.
    """

    def __init__(self, database: Path) -> None:
        if not database.name or database.name == ".." or database.is_dir():
            raise UnusableInput(f"--db {database}: a folder: name the database's file, such as dpor.duckdb")
        if database.suffix == ".store":
            raise UnusableInput(f"--db {database}: the name of a store: name the database's file, such as dpor.duckdb")
        if str(database).startswith("~"):  # DuckDB takes it for the home folder, and nothing else does
            raise UnusableInput(f"--db {database}: begins with ~, which no shell has expanded: write the whole path")
        self.database = database
        self.root = self.beside(".store")
        self.note = self.beside(".published.json")
        self.aside = self.root / ".aside"
        self.broken = database.with_name(f".{database.name}.broken")
        self._deliveries = self.root / "deliveries"
        self._closed = self.root / "closed"
        self.own = {self._deliveries, self._closed, self.aside, self.root / LOCK, self.root / HOLDER}

    def beside(self, ending: str) -> Path:
        """The file or folder of these books that lies beside the database and ends in `ending`."""
        stem = self.database.stem if self.database.suffix in DATABASES else self.database.name
        return self.database.with_name(stem + ending)

    @contextmanager
    def locked(self, command: str, *, for_parts: bool = False, patience: float = 0) -> Iterator[None]:
        """Hold the store alone, or for all parts of a command that hold it again; wait for it if there is patience.

        Raises StoreBusy with who holds it, OSError with the database's folder where its disk is full; whatever a killed
        run left aside is cleared.
        """
        full = naming_what_is_full(self.database.absolute().parent, self.aside)
        with full, held_alone(self.root, command, for_parts=for_parts, patience=patience):
            shutil.rmtree(self.aside, ignore_errors=True)
            if self.database.exists():
                self.broken.unlink(missing_ok=True)
            self.aside.mkdir()
            try:
                yield
            finally:
                shutil.rmtree(self.aside, ignore_errors=True)

    @contextmanager
    def looked_at(self, command: str) -> Iterator[None]:
        """Hold the store, as `locked`, for a command that changes nothing in it.

        So who may only read it may give the command too: what it works out aside lies in the system's own folder then.
        """
        if self.may_be_written:
            with self.locked(command):
                yield
            return
        of_old = self.aside
        with held_with_others(self.root), TemporaryDirectory(prefix="dpor-") as aside:
            self.aside = Path(aside)
            try:
                with naming_what_is_full(self.aside.parent, self.aside):
                    yield
            finally:
                self.aside = of_old

    @property
    def may_be_written(self) -> bool:
        """Whether this user may change the store, or make it where there is none."""
        there = next(folder for folder in (self.root, *self.root.absolute().parents) if folder.exists())
        return os.access(there, os.W_OK)

    def deliveries(self, up_to: str | None = None) -> list[Stored]:
        """The deliveries in the store, in order, named up to a period (all, if None).

        Raises Refused for one whose manifest is missing, of another layout, or names another predecessor.
        """
        stored = []
        before: str | None = None
        for folder in sorted(self._deliveries.glob("[0-9]*")):
            if up_to is not None and folder.name > up_to:
                break
            try:
                delivery = self._read(folder)
            except Refused:
                if folder.exists():
                    raise
                break  # a run beside this command has just taken it out, and all later ones before it
            if delivery.manifest["after"] != before:
                break  # a run that took in anew was cut off here: this one and all later ones are out of date
            before = delivery.identity
            stored.append(delivery)
        return stored

    def up_to_date(self, deliveries: Sequence[Delivery], policy: Policy, sealed_to: str | None) -> list[Stored]:
        """The leading deliveries in the store that are what lies in the delivery folder today.

        One named up to `sealed_to`, the last closed period, is sealed: raises Refused with every file of it that has
        changed, come or gone since.
        """
        stored = self.deliveries()
        if sealed_to is not None:
            _refuse_unsealed(
                {d.period: d.manifest["delivered"]["files"] for d in stored if d.period <= sealed_to},
                {d.period: _hashes(d) for d in deliveries if d.period <= sealed_to},
            )
        fresh = []
        for one, delivery in zip(stored, deliveries, strict=False):
            is_sealed = sealed_to is not None and one.period <= sealed_to
            if one.period != delivery.period:
                break
            if not is_sealed and one.manifest["delivered"] != delivered(delivery, policy):
                break
            fresh.append(one)
        return fresh

    def is_empty(self) -> bool:
        """Whether nothing was ever stored there, as far as can be seen."""
        return not (self._deliveries.exists() or self._closed.exists() or self.note.exists())

    def closed(self) -> list[Closed]:
        """The closed periods, in order.

        Raises Refused where their chain of hashes is broken, or lacks the closing that was published last.
        """
        # Asked before the folders are listed, since a run beside this command may close meanwhile.
        last = (self.published_last() or {}).get("last_closed")
        closed: list[Closed] = []
        for folder in sorted(self._closed.glob("[0-9]*")):
            identity, manifest = read_manifest(folder)
            if manifest["after"] != (closed[-1].identity if closed else None):
                due = following(closed[-1].period) if closed else None
                if folder.name != due:
                    first = f", from {due} on" if due else ""
                    raise Refused(
                        f"{folder}: closed periods before it are missing{first}", "put their folders back from a backup"
                    )
                raise Refused(
                    f"{folder / MANIFEST}: not the one that followed the closing before it", "put it back from a backup"
                )
            closed.append(Closed(folder.name, folder, identity, manifest))
        if last not in (None, *(closing.identity for closing in closed)):
            there = f"ends with {closed[-1].period}" if closed else "is gone"
            raise Refused(
                f"{self._closed}: closed periods are missing: the chain {there}, but a later closing was published",
                "put the folder back from a backup",
            )
        return closed

    def sealed_are_whole(self, closed: Sequence[Closed]) -> None:
        """Raises Refused for every delivery that the last closing was made of and that isn't in the store any more."""
        lost = [line for closing in closed[-1:] for line in self.lost_of(closing)]
        if lost:
            raise Refused("the store is damaged:", *lost, "put the folder back from a backup")

    def lost_of(self, closing: Closed) -> Iterator[str]:
        """A line for every delivery that a closing was made of and that isn't in the store any more."""
        there = {delivery.period: delivery.identity for delivery in self.deliveries()}
        for period, identity in closing.manifest["deliveries"].items():
            folder = self._deliveries / period
            if period in there and there[period] != identity:
                yield f"{folder}: not the one that was closed"
            elif period not in there:
                yield f"{folder}: {'there, but not the one it followed' if folder.exists() else 'missing'}"

    def close(self, period: str, said: dict[str, Any], folder: Path) -> Closed:
        """Give a closing written aside its manifest and rename it into place: from then on it is posted.

        It and the deliveries that it seals are on the disk by then.
        """
        closed = self.closed()
        sealed_to = closed[-1].period if closed else ""
        write_manifest(folder, closed=period, after=closed[-1].identity if closed else None, **said)
        self._closed.mkdir(exist_ok=True)
        now_sealed = [delivery.folder for delivery in self.deliveries(period) if delivery.period > sealed_to]
        for written in (*now_sealed, folder):
            bring_to_disk(*written.iterdir(), written)
        bring_to_disk(self._deliveries, self.root)
        folder.rename(self._closed / period)
        bring_to_disk(self._closed)
        return self.closed()[-1]

    def drop_after(self, kept: Sequence[Stored]) -> None:
        """Take out every delivery after those kept, the last one first; none is ever a sealed one."""
        names = {stored.period for stored in kept}
        sealed_to = max((folder.name for folder in self._closed.glob("[0-9]*")), default="")
        for folder in sorted(self._deliveries.glob("[0-9]*"), reverse=True):
            if folder.name not in names:
                if folder.name <= sealed_to:
                    raise AssertionError(f"{folder}: sealed, and would be taken out")
                folder.rename(self.aside / f"out-{folder.name}")

    def commit(self, delivery: Delivery, policy: Policy, after: Stored | None, folder: Path) -> Stored:
        """Give what was written aside its manifest and rename it into place."""
        write_manifest(
            folder,
            delivery=delivery.period,
            after=after.identity if after else None,
            delivered=delivered(delivery, policy),
        )
        self._deliveries.mkdir(exist_ok=True)
        folder.rename(self._deliveries / delivery.period)
        return self._read(self._deliveries / delivery.period)

    def undamaged(self, kept: Sequence[Stored | Closed]) -> None:
        """Raises Refused, naming every file that is missing or whose bytes are not those of its manifest."""
        damaged = [line for one in kept for line in damage(one)]
        if damaged:
            from_a_backup = "put the files back from a backup; an open delivery may be removed: it is taken in anew"
            raise Refused("the store is damaged:", *damaged, *([] if are_strays(damaged) else [from_a_backup]))

    def feeds_set_aside(self, period: str) -> list[str]:
        """The feeds of which a period's delivery has rows set aside; none where that can't be read."""
        try:
            rows = pl.read_parquet(self._deliveries / period / "quarantine.parquet", columns=["feed"], glob=False)
        except (OSError, pl.exceptions.PolarsError, pl.exceptions.PanicException):
            return []
        return rows["feed"].unique().to_list()

    def formats(self, period: str) -> tuple[str, ...]:
        """The formats in which a period's statements were written last."""
        return tuple(self.noted("formats").get(period, ["csv"]))

    def place(self, period: str) -> Path | None:
        """The folder of statements that a period's were written to last, if that is known."""
        out = self.noted("outs").get(period)
        return None if out is None else (self.root / out).resolve()

    def noted(self, what: Noted) -> dict[str, Any]:
        """What was noted of the statements of every period that was published; or posted, and then cut off."""
        said = self._noted()
        posted = {name: of for name, of in said.get(f"closing_{what}", {}).items() if (self._closed / name).exists()}
        return {**said.get(what, {}), **posted}

    def published_last(self) -> dict[str, Any] | None:
        """What was published last; None if nothing was."""
        said = self._noted()
        return said if "period" in said else None

    def _noted(self) -> dict[str, Any]:
        return read_sealed(self.note) if self.note.exists() else {}

    def note_published(self, said: dict[str, Any]) -> None:
        """Put a note in place of the last one: whole, or not at all."""
        aside = self.aside / self.note.name
        write_sealed(aside, said)
        put_in_place_of(aside, self.note)

    def _read(self, folder: Path) -> Stored:
        return Stored(folder.name, folder, *read_manifest(folder))


def _refuse_unsealed(stored: dict[str, dict[str, str]], found: dict[str, dict[str, str]]) -> None:
    """Raises Refused for every file that a closed period's delivery has otherwise than when it was taken in."""
    differing = []
    for period in sorted({*stored, *found}):
        then, now = stored.get(period, {}), found.get(period, {})
        if period not in stored:
            differing.append(f"{period}: a delivery that wasn't there when the period closed")
        elif period not in found and not then:
            differing.append(f"{period}: missing, a folder without files")
        for name in sorted({*then, *now}):
            what = "changed" if name in then and name in now else "missing" if name in then else "new"
            if then.get(name) != now.get(name):
                differing.append(f"{period}/{name}: {what}")
    if differing:
        raise Refused(
            "deliveries of closed periods are sealed:",
            *differing,
            "put these files back as they were, and put anything new or corrected into the delivery of an open period",
        )


def _hashes(delivery: Delivery) -> dict[str, str]:
    return {file.name: file.sha256 for file in delivery.files}


def delivered(delivery: Delivery, policy: Policy) -> dict[str, Any]:
    """What an intake depends on beside the deliveries before it: the files' bytes, and the lists of the policy."""
    return {
        "files": _hashes(delivery),
        "services": list(policy.program.services),
        "incentives": list(policy.program.incentives),
    }
