"""Faults of the machine, whoever reports them: the program refuses, and Prefect tries again where a disk failed."""

from __future__ import annotations

import errno
import os
import re
from contextlib import suppress
from pathlib import Path

import duckdb
from polars.exceptions import PolarsError

from schemas.problems import Refused
from transforms.database.shared_place import WHAT_TO_DO, OutOfReach

NUMBER_OF_THE_SYSTEM = re.compile(r" \(os error \d+\)")
"""What Polars adds to whatever the system told it, be it a file that may not grow or a disk that has gone."""

STANDS = "what was published before stands, or the next command completes it"
"""What holds wherever a command broke off: also between a new database and its statements."""

LESS_MEMORY = "close other programs, or have the customers worked out in parts, with --shards 16 on `dpor run`"


def refused_for(error: Exception) -> Refused | None:
    """What a person is told of a fault of the machine, with what to do; None where it is none."""
    if is_want_of_memory(error):
        return Refused(f"not enough memory: {in_words(error)}", f"{STANDS}; {LESS_MEMORY}")
    if is_fault_of_disk(error):
        return Refused(in_words(error), f"{STANDS}; {what_to_do(error)}, then run the same command again")
    return None


def is_fault_of_disk(error: Exception) -> bool:
    """No space, no permission, a folder that can't be written: said by Python, DuckDB or Polars."""
    if isinstance(error, OSError | duckdb.IOException):
        return True
    if isinstance(error, PolarsError) and NUMBER_OF_THE_SYSTEM.search(f"{error}"):
        return True
    said_by_the_system = [
        os.strerror(code) for code in (errno.ENOSPC, errno.EDQUOT, errno.EACCES, errno.EPERM, errno.EROFS)
    ]
    return isinstance(error, duckdb.Error | PolarsError) and any(
        words in str(error) for words in (*said_by_the_system, "max_temp_directory_size")
    )


def is_want_of_memory(error: Exception) -> bool:
    """Memory has run out, though what can be spilled is: said by Python or DuckDB."""
    return isinstance(error, MemoryError | duckdb.OutOfMemoryException) and not is_fault_of_disk(error)


def is_interruption(error: Exception) -> bool:
    """Whether it is how DuckDB tells of Ctrl-C in the middle of a query."""
    return isinstance(error, duckdb.InterruptException) or f"{error}" == "Query interrupted"


def what_to_do(error: Exception) -> str:
    """What a person does about a fault of the disk: neither room nor permission helps where something is in the way."""
    if isinstance(error, OSError) and error.errno == errno.EFBIG:
        return "raise the limit on the size of a file (`ulimit -f`), or name a place on a disk that takes larger ones"
    if isinstance(error, OutOfReach):
        return WHAT_TO_DO
    if isinstance(error, FileExistsError | NotADirectoryError | IsADirectoryError) or leads_nowhere(error):
        return "remove what is in its place, or name another place"
    return "make room or give permission"


def in_words(error: Exception) -> str:
    """What is wrong, with which file, without the system's number for it and DuckDB's advice to those who write SQL.

    For a file that can't be renamed the new name is told: the old one lies aside, where nobody knows it.
    """
    if isinstance(error, OSError) and error.filename and error.strerror:
        place = error.filename2 or error.filename
        return f"{place}: {'leads nowhere' if leads_nowhere(error) else error.strerror}"
    said = NUMBER_OF_THE_SYSTEM.sub("", f"{error}".partition("\n")[0])
    return said.removeprefix("Out of Memory Error: ").rpartition("underlying IO error: ")[2]


def leads_nowhere(error: Exception) -> bool:
    """Whether a link to what isn't there is to blame; one that may not be replaced is another matter."""
    if isinstance(error, FileNotFoundError | FileExistsError) and error.filename:
        with suppress(OSError):  # in a folder that may not be read, nobody knows
            place = Path(error.filename2 or error.filename)
            return place.is_symlink() and not place.exists()
    return False
