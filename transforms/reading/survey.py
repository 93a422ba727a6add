"""What lies in the delivery folder: which deliveries, which files of which feed, and all that can't be used at all."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from schemas.feeds import FEEDS
from schemas.policy import PERIOD_FORM, following
from schemas.problems import Refused, UnusableInput
from transforms.reading.delivered_file import FORMATS

POLICY_FILE = "policy.toml"
PLAIN_NAME = re.compile(r"[^\x00-\x1f\x7f/\\\[\]{}*?]+")
"""A name that no shell and no engine takes for a pattern, and that fits on one line of a log."""
WORKBOOKS = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")


@dataclass(frozen=True, order=True)
class DeliveredFile:
    """One file of a delivery. `label` is how messages name it: delivery/file."""

    name: str
    feed: str
    path: Path
    sha256: str

    @property
    def label(self) -> str:
        return f"{self.path.parent.name}/{self.name}"


@dataclass(frozen=True)
class Delivery:
    """One month's delivery, named by its period; its files in the order of their names."""

    period: str
    files: tuple[DeliveredFile, ...]


def survey(folder: Path, up_to: str | None, problems: list[str] | None = None) -> list[Delivery]:
    """The deliveries named up to a period (all, if None), in order, every file hashed; hidden files are ignored.

    Everything that is no delivery, no feed or no plain file adds a line to `problems`, for `stage` to raise with its
    own; without that list, UnusableInput is raised here.
    """
    if not folder.is_dir():
        raise UnusableInput(f"{folder}: no such folder of deliveries: name it with --deliveries")
    found: list[str] = []
    deliveries = []
    for entry in _visible(folder):
        if entry.name == POLICY_FILE:
            continue  # `load_policy` says what is wrong with it
        if not re.fullmatch(PERIOD_FORM, entry.name):
            found.append(f"{_shown(entry.name)}: neither a delivery's folder (such as 2015-03) nor {POLICY_FILE}")
        elif entry.is_symlink():
            found.append(f"{entry.name}: a symbolic link, which is never followed: put the folder itself there")
        elif not entry.is_dir():
            found.append(f"{entry.name}: named like a delivery, but not a folder")
        elif up_to is None or entry.name <= up_to:
            deliveries.append(_delivery(Path(entry.path), found))
    if found and problems is None:
        raise UnusableInput(*found)
    if problems is not None:
        problems.extend(found)
    return deliveries


def _delivery(folder: Path, problems: list[str]) -> Delivery:
    files = []
    for entry in _visible(folder):
        name = _in_utf8(entry.name)
        feed = next((feed for feed in FEEDS if name.startswith(feed)), None)
        problem = _problem(entry, name, feed)
        if problem or feed is None:
            problems.append(f"{folder.name}/{_shown(name)}: {problem}")
        else:
            path = Path(entry.path)
            files.append(DeliveredFile(name, feed, path, sha256(path)))
    return Delivery(folder.name, tuple(files))


def sha256(path: Path) -> str:
    """The SHA-256 of a file's bytes. Raises Refused if it can't be read."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise Refused(f"{path}: can't be read: {error.strerror}") from error


def _visible(folder: Path) -> Iterator[os.DirEntry[str]]:
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: os.fsencode(entry.name))
    except OSError as error:
        raise Refused(f"{folder}: can't be read: {error.strerror}") from error
    return (entry for entry in entries if not entry.name.startswith("."))


def _in_utf8(name: str) -> str:
    """A file's name as it is on disk, whatever letters the locale takes its bytes for."""
    return os.fsencode(name).decode("utf-8", "surrogateescape")


def _problem(entry: os.DirEntry[str], name: str, feed: str | None) -> str | None:
    if not PLAIN_NAME.fullmatch(name) or ".." in name or not name.isprintable():
        return "its name has characters that a delivered file's can't have"
    if entry.is_symlink():
        return "a symbolic link, which is never followed: deliver the file itself"
    if not entry.is_file():
        return "not a file"
    if feed is None:
        return f"fits no feed: its name must begin with one of {', '.join(sorted(FEEDS))}{_feed_meant(name)}"
    if not name.endswith(FORMATS):
        return f"not of a known format ({', '.join(FORMATS)}){_format_meant(name.lower())}"
    return None


def _feed_meant(name: str) -> str:
    small = name.lower()
    spelt_otherwise = [feed for feed in FEEDS if small.startswith(feed)]
    meant = spelt_otherwise or get_close_matches(small.split(".")[0], FEEDS, n=1, cutoff=0.8)
    return f"; did you mean {meant[0]}?" if meant else ""


def _format_meant(small: str) -> str:
    if small.endswith(FORMATS):
        return "; the ending must be in small letters"
    if small.endswith(WORKBOOKS):
        return "; a workbook: save each of its sheets as CSV UTF-8"
    return "; unpack it" if small.endswith(".zip") else ""


def _shown(name: str) -> str:
    """A name on one line, whatever it holds."""
    return name if name.isprintable() else ascii(name)


def period_due(closed: Sequence[str], deliveries: Sequence[Delivery], first_period: str) -> str:
    """The period that can close next: the one after the last closed, or the first that there is something of."""
    return following(closed[-1]) if closed else max(deliveries[0].period, first_period)
