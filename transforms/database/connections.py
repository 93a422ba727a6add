"""The one place that opens DuckDB: to work in memory, to write a new database, or only to read a published one."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from schemas.catalogue import PUBLISHED
from transforms.database.published import literal, misshapen
from transforms.files.full_disks import NO_ROOM_TO_SPILL, want_of_room

ANALYSTS_FORMAT = "v1.4.0"
"""The oldest DuckDB that must open the database."""

MOST_MEMORY = 5 * 1024**3
"""In bytes. DuckDB would take four fifths of the machine or container: less, where that is less. Beyond it spills."""


class DatabaseUnreadable(Exception):
    """There is no database, or not one that DuckDB can read, or one of another version's relations."""


class DatabaseHeld(DatabaseUnreadable):
    """Another program has the database open for writing."""


def connect(spill: Path) -> duckdb.DuckDBPyConnection:
    """An in-memory connection in UTC that reaches for no extension and no network."""
    con = duckdb.connect(
        ":memory:",
        config={
            "temp_directory": str(spill),
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
            "preserve_insertion_order": "false",  # writing is twice as fast in no order
            "partitioned_write_flush_threshold": "65536",  # rows a thread; with more, statements take twice the memory
        },
    )
    con.execute("set TimeZone = 'UTC'")
    _keep_within_memory(con)
    return con


def _keep_within_memory(con: duckdb.DuckDBPyConnection) -> None:
    ((own,),) = con.execute("select parse_formatted_bytes(current_setting('memory_limit'))").fetchall()
    con.execute(f"set memory_limit = '{min(own, MOST_MEMORY)} bytes'")


@contextmanager
def new_database(path: Path, spill: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection whose default database is a new file at `path`; working tables are temporary and spill to `spill`.

    The file is whole once `finish` is through. One that is left half made is of no use to anyone, so there is no
    write-ahead log, which would wait for the disk at every relation.
    """
    con = connect(spill)
    form = f"storage_version {literal(ANALYSTS_FORMAT)}, recovery_mode no_wal_writes"
    try:
        con.execute(f"attach {literal(str(path))} as published ({form})")
        con.execute("use published")
        con.execute("set lock_configuration = true")
        yield con
    finally:
        con.close()


@contextmanager
def reading(path: Path, beside: Path | None = None) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection that can only read: the published database, and files in the folder `beside`.

    Whatever it is asked, it writes nothing, opens no other file, loads no extension and reaches no network. Raises
    DatabaseUnreadable where the file is to blame, OSError where there is no room to spill to; what else DuckDB refuses
    is passed on as it is.
    """
    # Whoever may only read has no place to spill to beside the database.
    with TemporaryDirectory(prefix="dpor-") as spill:
        con = _opened_to_read(path, beside, spill)
        try:
            yield con
        except duckdb.Error as error:
            if (code := want_of_room(error)) is not None and (spill in str(error) or NO_ROOM_TO_SPILL in str(error)):
                raise OSError(code, os.strerror(code), str(Path(spill).parent)) from error
            if _tells_of_a_broken_file(error, path):
                raise DatabaseUnreadable(f"{path}: {error}") from error
            if _is_of_another_version(con):
                raise DatabaseUnreadable(
                    f"{path}: made by another version: its relations aren't those of this one"
                ) from error
            raise
        finally:
            con.close()


def _opened_to_read(path: Path, beside: Path | None, spill: str) -> duckdb.DuckDBPyConnection:
    if path.exists() and not path.is_file():
        raise DatabaseUnreadable(f"{path}: not a file")
    con = None
    try:
        con = duckdb.connect(str(path), read_only=True, config={"autoinstall_known_extensions": "false"})
        con.execute(f"set temp_directory = {literal(spill)}")
        _keep_within_memory(con)
        if beside is not None:
            # What is asked for is held against these before its escapes are read, and what is found after it.
            (pattern,) = file_names([beside])
            con.execute(f"set allowed_directories = [{literal(str(beside))}, {literal(pattern)}]")
        con.execute("set enable_external_access = false")
        con.execute("set lock_configuration = true")
    except (duckdb.Error, OSError) as error:
        if con is not None:
            con.close()
        kind = DatabaseHeld if "Conflicting lock" in str(error) else DatabaseUnreadable
        raise kind(f"{path}: {error}") from error
    return con


def _tells_of_a_broken_file(error: duckdb.Error, path: Path) -> bool:
    """DuckDB has no error class for a block whose checksum is wrong, only these words."""
    return "Corrupt database file" in str(error) or (isinstance(error, duckdb.IOException) and str(path) in str(error))


def _is_of_another_version(con: duckdb.DuckDBPyConnection) -> bool:
    try:
        return any(misshapen(con, PUBLISHED))
    except duckdb.Error:  # a relation isn't there at all
        return True


def file_names(files: Iterable[Path | str]) -> list[str]:
    """Files as `read_parquet` is to be given them: it takes names for patterns, and one in `x[1]` for files of `x1`.

    It must be told `hive_partitioning = false` too, lest a folder named `delivery=7` be a column.
    """
    return [re.sub(r"([\[*?])", r"[\1]", str(file)) for file in files]
