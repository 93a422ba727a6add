"""What is a fault of the disk, whoever says it: the program refuses for it, Prefect tries again after it."""

from __future__ import annotations

import errno
import os

import duckdb
from polars.exceptions import PolarsError


def is_fault_of_disk(error: Exception) -> bool:
    """No space, no permission, a folder that can't be written: said by Python, DuckDB or Polars."""
    if isinstance(error, OSError | duckdb.IOException):
        return True
    said_by_the_system = [
        os.strerror(code) for code in (errno.ENOSPC, errno.EDQUOT, errno.EACCES, errno.EPERM, errno.EROFS)
    ]
    return isinstance(error, duckdb.Error | PolarsError) and any(
        words in str(error) for words in (*said_by_the_system, "max_temp_directory_size")
    )
