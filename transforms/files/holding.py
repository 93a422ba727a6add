"""Who holds a store: one who may change it, alone, or several who only read it."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path

from filelock import FileLock, Timeout

from schemas.problems import Refused

LOCK, HOLDER = ".lock", ".holder"
LOOKING = "restore"
"""The name under which a question holds the store while it brings back what was lost."""
SECONDS_FOR_A_QUESTION, SECONDS_FOR_A_NAME = 10, 1
_held: ContextVar[frozenset[Path]] = ContextVar("held", default=frozenset())
"""The stores that this very command holds for all of its parts."""


class StoreBusy(Refused):
    """Another process holds the store."""


@contextmanager
def held_alone(root: Path, command: str, *, for_parts: bool = False, patience: float = 0) -> Iterator[None]:
    """Hold the store in `root`, made if need be; one in which nothing was ever stored isn't left behind.

    Held `for_parts`, each part of the command that holds it again is let in, and nobody else between two of them. A
    store that another process holds is waited for, for up to `patience` seconds.
    Raises StoreBusy with who holds it, OSError where it can't be made.
    """
    if root.absolute() in _held.get():
        yield
        return
    lock = FileLock(root / LOCK)
    try:
        root.mkdir(parents=True, exist_ok=True)
        lock.acquire(timeout=patience)
    except Timeout:
        _wait_for_who_only_looks(lock, root, command)
    except (FileNotFoundError, FileExistsError) as error:
        # Whoever held an empty one is just taking it away; or there is no place for it, which is raised.
        if root.is_file() or error.filename not in (str(root), str(root / LOCK)):
            raise
        raise _busy(root) from None
    holder = root / HOLDER
    held = _held.set(_held.get() | ({root.absolute()} if for_parts else set()))
    try:
        holder.unlink(missing_ok=True)  # a link there would lead to another file
        with holder.open("x", encoding="utf-8") as name:
            name.write(f"`{command}`, process {os.getpid()},")
        yield
    finally:
        _held.reset(held)
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


def _wait_for_who_only_looks(lock: FileLock, root: Path, command: str) -> None:
    """Wait a little for a question, which holds the store only to see that nothing was lost, unless this is one too.

    Where no name is there yet, or no longer, it waits a moment: that may be a question.
    """
    who = _who_holds(root)
    if command == LOOKING or (who and f"`{LOOKING}`" not in who):
        raise _busy(root)
    try:
        lock.acquire(timeout=SECONDS_FOR_A_QUESTION if who else SECONDS_FOR_A_NAME)
    except (Timeout, FileNotFoundError, FileExistsError):  # who held an empty one has taken it away, or made it anew
        raise _busy(root) from None


def _who_holds(root: Path) -> str:
    try:
        return (root / HOLDER).read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        return ""


def _busy(root: Path) -> StoreBusy:
    who = _who_holds(root)
    return StoreBusy(f"{root}: busy: {who or 'somebody who reads it'} holds it; wait until it has ended")
