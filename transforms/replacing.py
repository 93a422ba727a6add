"""Files put in the place of others: each is there whole, the old one or the new, at any instant."""

from __future__ import annotations

import errno
import shutil
from pathlib import Path


def put_in_place_of(path: Path, target: Path) -> None:
    """Move a file to `target`, in place of what may be there; between disks it is copied beside it first."""
    try:
        path.replace(target)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        copy = copy_beside(target)
        shutil.copyfile(path, copy)
        copy.replace(target)
        path.unlink()


def copy_beside(target: Path) -> Path:
    """Where a copy lies until it is whole."""
    return target.with_name(f".{target.name}.copy")
