"""A disk that is full is told by the folder in which room is to be made, whoever runs into it and however they say it.

Polars names no file, DuckDB one that is nobody's business, or its own half-made database as invalidated.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
from polars.exceptions import PolarsError

WANT_OF_ROOM = {os.strerror(code): code for code in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)}
"""What a disk, a quota, and a limit to what one file may come to say; the last is `ulimit -f`, or what FAT can hold."""
NO_ROOM_TO_SPILL = "max_temp_directory_size"
"""What DuckDB speaks of where its own share of the disk is full."""
CAUSE = "Original error: "
"""After which DuckDB says why it gives a database up."""
OWN_BUG = "INTERNAL Error"
"""What DuckDB says where none but itself is to blame."""


@contextmanager
def naming_what_is_full(folder: Path, aside: Path) -> Iterator[None]:
    """Raises OSError with the folder where its disk is full for what is written `aside`; what else is wrong, as it is.

    Where a file that lies elsewhere is named already, it stays. Where DuckDB gave a half-made database up, the cause
    that it names is told.
    """
    try:
        yield
    except (OSError, duckdb.Error, PolarsError) as error:
        code = want_of_room(error)
        if code is not None and not _is_elsewhere(error, aside):
            raise OSError(code, os.strerror(code), str(folder)) from error
        if isinstance(error, duckdb.Error) and CAUSE in str(error) and OWN_BUG not in str(error):
            raise duckdb.IOException(str(error).rpartition(CAUSE)[2]) from error
        raise


def want_of_room(error: Exception) -> int | None:
    """The system's number for why there is no room; None if it is something else that is wrong."""
    if isinstance(error, OSError) and error.errno is not None:  # of Polars there are some without a number
        return error.errno if error.errno in WANT_OF_ROOM.values() else None
    said = str(error)
    if isinstance(error, duckdb.Error) and NO_ROOM_TO_SPILL in said:
        return errno.ENOSPC
    return next((code for words, code in WANT_OF_ROOM.items() if words in said), None)


def _is_elsewhere(error: Exception, aside: Path) -> bool:
    name = error.filename if isinstance(error, OSError) else None
    return name is not None and aside.absolute() not in Path(os.fsdecode(name)).absolute().parents
