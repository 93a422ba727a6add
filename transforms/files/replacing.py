"""Files put in the place of others: each is there whole, the old one or the new, at any instant.

What is for good is brought to the disk before it counts.
"""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

CANNOT_SAY = (errno.EINVAL, errno.ENOTSUP, errno.EBADF, errno.EACCES, errno.EPERM)
"""What a file system answers that can't sync what is opened only to be read, or a folder that may not be listed."""


@contextmanager
def naming(place: Path) -> Iterator[None]:
    """Where nothing can be written to a folder, names the folder, not a file aside that is nobody's business."""
    try:
        yield
    except OSError as error:
        raise type(error)(error.errno, error.strerror, str(place)) from error


def bring_to_disk(*places: Path) -> None:
    """Wait until files, and what folders list, outlast a loss of power; a file system that can't say so is believed."""
    for place in places:
        try:
            descriptor = os.open(place, os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
        except OSError as error:
            if error.errno not in CANNOT_SAY:
                raise


def put_in_place_of(path: Path, target: Path) -> None:
    """Move a file to `target`, in place of what may be there; between disks it is copied beside it first."""
    try:
        path.replace(target)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        copy = copy_beside(target)
        with naming(target.parent):
            copy.unlink(missing_ok=True)  # a link there would lead to another file
            with path.open("rb") as made, copy.open("xb") as file:
                shutil.copyfileobj(made, file)
        copy.replace(target)
        path.unlink()


def put_database_in_place_of(path: Path, target: Path) -> None:
    """The same for a database, without the log of what somebody wrote to the old one, which opens with no other."""
    if target.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(target))
    log_of(target).unlink(missing_ok=True)
    put_in_place_of(path, target)


def log_of(database: Path) -> Path:
    """Where DuckDB keeps what was written to a database and isn't in its file yet."""
    return database.with_name(f"{database.name}.wal")


def copy_beside(target: Path) -> Path:
    """Where a copy lies until it is whole."""
    return target.with_name(f".{target.name}.copy")
