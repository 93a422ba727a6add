"""The system of record: a folder of immutable Parquet beside the database, every file named with its hash in a manifest.

    dpor.store/
      deliveries/2015-03/   manifest.json, <feed>.parquet, waiting-<feed>.parquet, quarantine.parquet, intake_log.parquet
      drafted.json          what was published last, so that a lost database or statement can be brought back

A delivery is written aside and renamed into place: the rename is what commits it. Its manifest names the one before by
hash, so a delivery that changes, comes late or goes makes every later one out of date.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
from filelock import FileLock, Timeout

from schemas.policy import Policy
from schemas.problems import Refused
from transforms.admission import WAITING
from transforms.survey import Delivery, sha256

LAYOUT = 1
MANIFEST = "manifest.json"


class StoreBusy(Refused):
    """Another process holds the store."""


@dataclass(frozen=True)
class Stored:
    """One delivery as it lies in the store. `identity` is its manifest's hash."""

    period: str
    folder: Path
    identity: str
    manifest: dict[str, Any]

    def parquet(self, prefix: str = "") -> dict[str, Path]:
        """Its files by feed or relation, those whose names begin with `prefix`, the prefix taken off."""
        names = (name for name in self.manifest["files"] if name.startswith(prefix))
        return {name.removeprefix(prefix).removesuffix(".parquet"): self.folder / name for name in names}


class Store:
    """The folder beside a database: `dpor.duckdb` has `dpor.store/`."""

    def __init__(self, database: Path) -> None:
        self.database = database
        self.root = database.with_suffix(".store")
        self.aside = self.root / ".aside"
        self._deliveries = self.root / "deliveries"

    @contextmanager
    def locked(self, command: str) -> Iterator[None]:
        """Hold the store alone. Raises Refused with who holds it; whatever a killed run left aside is cleared."""
        self.root.mkdir(parents=True, exist_ok=True)
        holder = self.root / ".holder"
        lock = FileLock(self.root / ".lock")
        try:
            lock.acquire(timeout=0)
        except Timeout:
            who = holder.read_text(encoding="utf-8").strip() if holder.exists() else "another run"
            raise StoreBusy(f"{self.root}: busy: {who} holds it; wait until it has ended") from None
        try:
            holder.write_text(f"`dpor {command}`, process {os.getpid()}", encoding="utf-8")
            shutil.rmtree(self.aside, ignore_errors=True)
            self.aside.mkdir()
            yield
        finally:
            shutil.rmtree(self.aside, ignore_errors=True)
            holder.unlink(missing_ok=True)
            lock.release()

    def deliveries(self, up_to: str | None = None) -> list[Stored]:
        """The deliveries in the store, in order, named up to a period (all, if None).

        Raises Refused for one whose manifest is missing, of another layout, or names another predecessor.
        """
        stored = []
        before: str | None = None
        for folder in sorted(self._deliveries.glob("[0-9]*")):
            if up_to is not None and folder.name > up_to:
                break
            delivery = self._read(folder)
            if delivery.manifest["after"] != before:
                break  # a run that took in anew was cut off here: this one and all later ones are out of date
            before = delivery.identity
            stored.append(delivery)
        return stored

    def up_to_date(self, deliveries: Sequence[Delivery], policy: Policy) -> list[Stored]:
        """The leading deliveries in the store that are what lies in the delivery folder today."""
        fresh = []
        for stored, delivery in zip(self.deliveries(), deliveries, strict=False):
            if stored.period != delivery.period or stored.manifest["delivered"] != _delivered(delivery, policy):
                break
            fresh.append(stored)
        return fresh

    def drop_after(self, kept: Sequence[Stored]) -> None:
        """Take out every delivery after those kept, the last one first."""
        names = {stored.period for stored in kept}
        for folder in sorted(self._deliveries.glob("[0-9]*"), reverse=True):
            if folder.name not in names:
                os.rename(folder, self.aside / f"out-{folder.name}")

    def commit(self, delivery: Delivery, policy: Policy, after: Stored | None, folder: Path) -> Stored:
        """Give what was written aside its manifest and rename it into place."""
        files = {
            path.name: {
                "sha256": sha256(path),
                "rows": pl.scan_parquet(path, glob=False).select(pl.len()).collect().item(),
            }
            for path in sorted(folder.glob("*.parquet"))
        }
        manifest = {
            "layout": LAYOUT,
            "delivery": delivery.period,
            "after": after.identity if after else None,
            "delivered": _delivered(delivery, policy),
            "files": files,
        }
        write_json(folder / MANIFEST, manifest)
        self._deliveries.mkdir(exist_ok=True)
        os.rename(folder, self._deliveries / delivery.period)
        return self._read(self._deliveries / delivery.period)

    def undamaged(self, stored: Sequence[Stored]) -> None:
        """Raises Refused, naming every file that is missing or whose bytes are not those of its manifest."""
        damaged = [
            f"{delivery.folder / name}: {'missing' if not (delivery.folder / name).exists() else 'changed'}"
            for delivery in stored
            for name, said in delivery.manifest["files"].items()
            if not (delivery.folder / name).exists() or sha256(delivery.folder / name) != said["sha256"]
        ]
        if damaged:
            raise Refused(
                "the store is damaged:",
                *damaged,
                "put the files back from a backup, or remove the delivery's folder from the store to have it taken in anew",
            )

    def drafted(self) -> dict[str, Any] | None:
        """What was published last; None if nothing was."""
        path = self.root / "drafted.json"
        return json.loads(path.read_text(encoding="utf-8")) if path.exists() else None

    def note_drafted(self, said: dict[str, Any]) -> None:
        aside = self.aside / "drafted.json"
        write_json(aside, said)
        os.replace(aside, self.root / "drafted.json")

    def _read(self, folder: Path) -> Stored:
        path = folder / MANIFEST
        try:
            written = path.read_bytes()
            manifest = json.loads(written)
            layout = manifest["layout"]
        except (OSError, ValueError, KeyError, TypeError):
            raise Refused(f"{path}: missing or damaged: put it back from a backup") from None
        if layout != LAYOUT:
            raise Refused(
                f"{path}: written in layout {layout}, this version reads {LAYOUT}: use the version that wrote it"
            )
        return Stored(folder.name, folder, hashlib.sha256(written).hexdigest(), manifest)


def by_feed(stored: Sequence[Stored], prefix: str = "") -> dict[str, list[Path]]:
    """The Parquet files of several deliveries, in order, by feed; of the rows that wait with the prefix WAITING."""
    files: dict[str, list[Path]] = {}
    for delivery in stored:
        for name, path in delivery.parquet(prefix).items():
            if prefix or not name.startswith(WAITING):
                files.setdefault(name, []).append(path)
    return files


def write_json(path: Path, said: dict[str, Any]) -> None:
    """The same bytes for the same content."""
    path.write_text(json.dumps(said, indent=1, sort_keys=True, ensure_ascii=False) + "\n", encoding="utf-8")


def _delivered(delivery: Delivery, policy: Policy) -> dict[str, Any]:
    """What an intake depends on beside the deliveries before it: the files' bytes, and the lists of the policy."""
    return {
        "files": {file.name: file.sha256 for file in delivery.files},
        "services": list(policy.program.services),
        "incentives": list(policy.program.incentives),
    }
