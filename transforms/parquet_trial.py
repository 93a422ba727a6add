"""Parquet files read through in a process of their own first, for a broken one can end the process that reads it.

Where a page's header claims sizes that can't be, Polars asks for more memory than there is, and whoever reads it is
gone, with no exception to catch. Run as a script, this is that other process.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

AS_READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
"""No link is followed, and no pipe waited for."""


def deadly(files: Sequence[tuple[Path, Sequence[str]]]) -> list[int]:
    """Which of some files, each with the columns that will be read of it, end the process that reads them.

    What else is wrong with a file is left to who reads it next.
    """
    found: list[int] = []
    start = 0
    while start < len(files):
        asked = json.dumps([[str(path.absolute()), list(columns)] for path, columns in files[start:]])
        tried = subprocess.run(  # noqa: S603 (our own interpreter and words)
            [sys.executable, "-P", __file__], input=asked.encode(), capture_output=True, check=False
        )
        if tried.returncode == 0:
            break
        if tried.returncode not in (-signal.SIGABRT, -signal.SIGSEGV, -signal.SIGBUS, -signal.SIGKILL):
            raise RuntimeError(f"Parquet files can't be tried: {tried.returncode} {tried.stderr.decode()}")
        start += tried.stdout.count(b".")
        found.append(start)
        start += 1
    return found


def read_through() -> None:
    """Read the files that stdin names; a dot on stdout for each that came to an end."""
    import polars as pl  # by the other process only, which needs nothing else of ours

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    for path, columns in json.load(sys.stdin):
        with suppress(Exception, pl.exceptions.PanicException), os.fdopen(os.open(path, AS_READ), "rb") as file:
            pl.read_parquet_schema(file)
            for _ in pl.scan_parquet(file, glob=False).select(columns).collect_batches(lazy=True):
                pass
        print(".", end="", flush=True)


if __name__ == "__main__":
    read_through()
