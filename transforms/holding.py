"""Who holds a store: one who may change it, alone, or several who only read it."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from schemas.problems import Refused

LOCK, HOLDER = ".lock", ".holder"


class StoreBusy(Refused):
    """Another process holds the store."""


@contextmanager
def held_alone(root: Path, command: str) -> Iterator[None]:
    """Hold the store in `root`, made if need be; one in which nothing was ever stored isn't left behind.

    Raises StoreBusy with who holds it.
    """
    lock = FileLock(root / LOCK)
    try:
        root.mkdir(parents=True, exist_ok=True)
        lock.acquire(timeout=0)
    except (Timeout, FileNotFoundError, FileExistsError):  # who holds it, or held an empty one and takes it away
        if root.is_file():
            raise
        raise _busy(root) from None
    holder = root / HOLDER
    try:
        holder.write_text(f"`{command}`, process {os.getpid()},", encoding="utf-8")
        yield
    finally:
        holder.unlink(missing_ok=True)
        # While the lock is held: after it, the folder could be somebody else's already.
        if [path.name for path in root.iterdir()] == [LOCK]:
            shutil.rmtree(root, ignore_errors=True)
        lock.release()


@contextmanager
def held_with_others(root: Path) -> Iterator[None]:
    """Hold the store in `root` with others who may only read it. Raises StoreBusy with who holds it alone."""
    try:
        lock = (root / LOCK).open("rb")  # a shared lock is the one for which a file needn't be written
    except FileNotFoundError:
        yield
        return
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            raise _busy(root) from None
        yield


def _busy(root: Path) -> StoreBusy:
    try:
        who = (root / HOLDER).read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        who = ""
    return StoreBusy(f"{root}: busy: {who or 'somebody who reads it'} holds it; wait until it has ended")
