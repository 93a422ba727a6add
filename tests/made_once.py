"""What several test files begin with, made by the first process that needs it; every other one gets a copy."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from filelock import FileLock


def made_once(temporary: pytest.TempPathFactory, name: str, make: Callable[[Path], None]) -> Path:
    """A folder of one's own with what `make` leaves in the one that it is given."""
    base = temporary.getbasetemp()
    shared = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "made-once"
    shared.mkdir(exist_ok=True)
    with FileLock(shared / f"{name}.lock"):
        if not (shared / name).exists():
            make(shared / f"{name}-half-made")
            (shared / f"{name}-half-made").rename(shared / name)
    return shutil.copytree(shared / name, temporary.mktemp(name), dirs_exist_ok=True)
