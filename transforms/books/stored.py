"""One delivery, or one closed period, as it lies in the store: Parquet files, each with its hash in a manifest."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from schemas.policy import Policy
from schemas.problems import Refused
from transforms.database.warehouse import Inputs
from transforms.files.sealed_json import read_sealed, sealed_hash, write_sealed
from transforms.intake.admission import WAITING
from transforms.reading.survey import sha256

LAYOUT = 2
"""2: a closing posts its notifications too."""

MANIFEST = "manifest.json"

REMOVE_IT = "remove it"
"""What is to be done about a file that nobody but a person or their system has put into the store."""


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


@dataclass(frozen=True)
class Closed:
    """One closed period as it lies in the store: what it posted, by which policy and version of this project."""

    period: str
    folder: Path
    identity: str
    manifest: dict[str, Any]

    @property
    def policy(self) -> Policy:
        """The policy by which it was posted."""
        return Policy.model_validate(self.manifest["policy"])

    @property
    def version(self) -> str:
        """The version of this project that posted it."""
        return str(self.manifest["version"])

    @property
    def partners(self) -> list[str]:
        """Whose statements it posted. Raises Refused where the file can't be read."""
        path = self.folder / "posted_statements.parquet"
        try:
            return pl.read_parquet(path, columns=["mpn_id"], glob=False)["mpn_id"].to_list()
        # A broken file makes Polars panic too, which is no Exception.
        except (FileNotFoundError, pl.exceptions.PolarsError, pl.exceptions.PanicException):
            raise Refused(
                "the store is damaged:",
                f"{path}: {'changed' if path.exists() else 'missing'}",
                "put the file back from a backup",
            ) from None
        except OSError as error:  # of Polars, which puts the system's number into its words only
            raise Refused(f"{path}: can't be read: {f'{error}'.partition(' (os error')[0]}") from error


def write_manifest(folder: Path, **said: Any) -> None:
    """Seal a folder with what is said of it and the hash and rows of every Parquet file in it."""
    files = {
        path.name: {
            "sha256": sha256(path),
            "rows": pl.scan_parquet(path, glob=False).select(pl.len()).collect().item(),
        }
        for path in sorted(folder.glob("*.parquet"))
    }
    write_sealed(folder / MANIFEST, {"layout": LAYOUT, **said, "files": files})


def read_manifest(folder: Path) -> tuple[str, dict[str, Any]]:
    """A folder's manifest and its identity, the hash of its bytes."""
    path = folder / MANIFEST
    manifest = read_sealed(path)
    if manifest.get("layout") != LAYOUT:
        raise Refused(
            f"{path}: has layout {manifest.get('layout')}, but this version reads {LAYOUT}",
            "use the version that wrote it; or put the store, its .published.json and the statements aside,"
            " and run and close the deliveries anew",
        )
    return sealed_hash(manifest), manifest


def damage(one: Stored | Closed) -> Iterator[str]:
    """A line for every file of a delivery or closing that is missing, changed, or not in its manifest."""
    for name, said in one.manifest["files"].items():
        path = one.folder / name
        if not os.path.lexists(path):
            yield f"{path}: missing"
        elif path.is_symlink() or not path.is_file():
            yield f"{path}: not a file"
        elif sha256(path) != said["sha256"]:
            yield f"{path}: changed"
    for path in sorted(one.folder.iterdir()):
        if path.name != MANIFEST and path.name not in one.manifest["files"]:
            yield f"{path}: not ours: {REMOVE_IT}"


def are_strays(lines: Sequence[str]) -> bool:
    """Whether all that is wrong is files that don't belong there, so that no backup is needed."""
    return all(line.endswith(REMOVE_IT) for line in lines)


def inputs_hash(deliveries: str, policy: Mapping[str, Any], closed: Sequence[Closed], period: str) -> str:
    """SHA-256 of what a run of a period works from: its last delivery's identity, its policy, the closing before it."""
    before = [closing.identity for closing in closed if closing.period < period]
    worked_from = json.dumps([deliveries, policy, before[-1:]], sort_keys=True)
    return hashlib.sha256(worked_from.encode()).hexdigest()


def inputs_of(stored: Sequence[Stored]) -> Inputs:
    """The Parquet files of several deliveries that a run reads."""
    return Inputs(
        by_feed(stored),
        [delivery.folder / "quarantine.parquet" for delivery in stored],
        [delivery.folder / "intake_log.parquet" for delivery in stored],
    )


def by_feed(stored: Sequence[Stored], prefix: str = "") -> dict[str, list[Path]]:
    """The Parquet files of several deliveries, in order, by feed; of the rows that wait with the prefix WAITING."""
    files: dict[str, list[Path]] = {}
    for delivery in stored:
        for name, path in delivery.parquet(prefix).items():
            if prefix or not name.startswith(WAITING):
                files.setdefault(name, []).append(path)
    return files
