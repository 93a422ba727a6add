"""Parquet files read through in a process of their own first, for a broken one can end the process that reads it.

Where a page's header claims sizes that can't be, Polars asks for more memory than there is, and whoever reads it is
gone, with no exception to catch. Where counts contradict each other, it panics, and says so on stderr in words that
are for who wrote it. Run as a script, this is that other process.
"""

from __future__ import annotations

import json
import os
import resource
import secrets
import signal
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

AS_READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
"""No link is followed, and no pipe waited for."""
PANIC = b"panicked at"
"""How a panic begins on stderr."""

DEADLY = "is broken (it would end the program that reads it); have it written again, or as CSV"


@dataclass
class Trial:
    """Files by their places among those tried: which end the process that reads them, and of which Polars panics.

    Of these also how many rows they claim, None where not even that can be read, and how many could be read.
    """

    deadly: list[int] = field(default_factory=list)
    panicking: dict[int, tuple[int | None, int]] = field(default_factory=dict)


def tried(files: Sequence[tuple[Path, Sequence[str]]]) -> Trial:
    """What some files, each with the columns that will be read of it, do to the process that reads them.

    What else is wrong with a file is left to who reads it next.
    """
    found = Trial()
    start = 0
    while start < len(files):
        # What a broken file has Polars say can't hold what nobody could know before.
        mark = secrets.token_hex()
        asked = json.dumps([mark, [[str(path.absolute()), list(columns)] for path, columns in files[start:]]])
        process = subprocess.run(  # noqa: S603 (our own interpreter and words)
            [sys.executable, "-P", __file__], input=asked.encode(), capture_output=True, check=False
        )
        ended = process.returncode != 0
        if ended and process.returncode not in (-signal.SIGABRT, -signal.SIGSEGV, -signal.SIGBUS, -signal.SIGKILL):
            raise RuntimeError(f"Parquet files can't be tried: {process.returncode} {process.stderr.decode()}")
        counts = [json.loads(line) for line in process.stdout.splitlines()]
        said = process.stderr.split(mark.encode())
        for number, ((claimed, read), words) in enumerate(zip(counts, said, strict=False), start):
            # What is said of a file that is read to its end may come late, from the one before.
            if PANIC in words and claimed != read:
                found.panicking[number] = (claimed, read)
        start += len(counts)
        if ended:
            found.deadly.append(start)
            start += 1
    return found


def read_through() -> None:
    """Read the files that stdin names, and say of each how many rows it claims and has: a line on stdout.

    What follows on stderr, up to the mark, is what Polars said of it.
    """
    import polars as pl  # by the other process only, which needs nothing else of ours

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    mark, files = json.load(sys.stdin)
    for path, columns in files:
        claimed, read = None, 0
        with suppress(Exception, pl.exceptions.PanicException), os.fdopen(os.open(path, AS_READ), "rb") as file:
            pl.read_parquet_schema(file)
            claimed = pl.scan_parquet(file, glob=False).select(pl.len()).collect().item()
            for batch in pl.scan_parquet(file, glob=False).select(columns).collect_batches(lazy=True):
                read += batch.height
        os.write(sys.stderr.fileno(), mark.encode())
        print(json.dumps([claimed, read]), flush=True)


if __name__ == "__main__":
    read_through()
