"""Parquet files without what Arrow noted of their types, where that misleads Polars.

Arrow's writers keep their own types beside Parquet's. Of a zone that is an offset of no whole hours, as +05:30, Polars
panics; a day that Arrow held as date64 it takes for an instant. DuckDB goes by Parquet's own types.
"""

from __future__ import annotations

import os
import re
from base64 import b64decode
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from io import BufferedReader
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir
from typing import Any

import duckdb
import polars as pl

from schemas.problems import Refused
from transforms.database.connections import connect
from transforms.database.warehouse import dicts, sql
from transforms.files.full_disks import want_of_room

SEAM, SEAM_BYTES = re.compile(rb"(.{4})PAR1PAR1", re.DOTALL), 12
"""Where one Parquet file follows another: the length of the first one's footer, its last bytes, those of the other."""
PIECE = 1 << 20
OFFSET = re.compile(rb"[+-]\d\d:(?!00)\d\d")


@contextmanager
def plainly_typed(
    file: BufferedReader, wanted: Sequence[str], *, panics: bool = False
) -> Iterator[tuple[BufferedReader, list[str] | None]]:
    """The opened file, or a copy of its wanted columns in which nothing misleads, with the names of all that it has.

    Rows and their order are the same. What is wrong with the file is left to its reader. Of one that Polars `panics` of
    there is a copy only where the cause is a zone. Raises Refused where there is no room for the copy.
    """
    said = _asked("arrow_hint", file)
    if said is None or not _misleads(said, file, panics=panics):
        yield file, None
        return
    with TemporaryDirectory(prefix="dpor-") as name:
        copy = Path(name) / "plain.parquet"
        if _copied(file, said, wanted, copy):
            with copy.open("rb") as plain:
                yield plain, list(said["names"])
        else:
            yield file, None


def hides_rows(file: BufferedReader, claimed: int) -> bool:
    """Whether a file has more rows than it claims; so it is, too, where it claims none and that can't be told."""
    said = _asked("hidden_rows", file)
    if said is None:
        return claimed == 0
    return bool(said["rows_held"] > claimed or said["has_text"]) or _follows_another(file, said["ends_at"])


def _follows_another(file: BufferedReader, ends_at: int) -> bool:
    """Whether another Parquet file ends behind the rows: of files joined into one only the last footer is read."""
    for place in range(ends_at, os.fstat(file.fileno()).st_size, PIECE):
        file.seek(place)
        for seam in SEAM.finditer(file.read(PIECE + SEAM_BYTES)):
            if place + seam.start() - int.from_bytes(seam[1], "little") >= ends_at:
                return True
    return False


@cache
def _asking() -> duckdb.DuckDBPyConnection:
    """One connection for all files: making it takes longer than what is asked of each."""
    return connect(Path(gettempdir()))


def _asked(question: str, file: BufferedReader) -> dict[str, Any] | None:
    """What DuckDB says of the opened file's footer; None where it can't read it."""
    con = _asking().cursor()
    try:
        (said,) = dicts(con, sql("inputs", question), _itself(file))
    except duckdb.Error:
        return None
    finally:
        con.close()
    return said


def _itself(file: BufferedReader) -> dict[str, list[str]]:
    """The very file that is open, whatever has its name by now."""
    return {"files": [f"/dev/fd/{file.fileno()}"]}


def _misleads(said: dict[str, Any], file: BufferedReader, *, panics: bool) -> bool:
    """Whether Polars goes wrong by what Arrow noted."""
    if said["hint"] is None:
        return False
    if _has_offset(said["hint"]):
        return True
    try:
        return not panics and _as_instants(said["days"], file)
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException):
        return False


def _copied(file: BufferedReader, said: dict[str, Any], wanted: Sequence[str], copy: Path) -> bool:
    """Make the copy; whether all rows that the file claims are in it."""
    con = connect(copy.parent)
    try:
        con.execute("set preserve_insertion_order = true")
        rows = con.sql(sql("inputs", "stored_rows"), params=_itself(file))
        kept = [_column(name, said["empty_columns"]) for name in wanted if said["names"].count(name) == 1]
        rows.select(*kept).write_parquet(str(copy))
        return bool(pl.scan_parquet(copy, glob=False).select(pl.len()).collect().item() == said["rows_claimed"])
    except duckdb.IOException as error:
        if want_of_room(error) is None:
            raise
        raise Refused(
            f"{copy.parent.parent}: no space left for a copy of a Parquet file", "make room there, then run again"
        ) from error
    except (duckdb.Error, pl.exceptions.PolarsError, pl.exceptions.PanicException):
        return False
    finally:
        con.close()


def _column(name: str, empty_columns: Sequence[str]) -> duckdb.Expression:
    """A column; one that holds nothing, of no type, as text."""
    column = duckdb.ColumnExpression(name)
    return column.cast("VARCHAR").alias(name) if name in empty_columns else column


def _has_offset(hint: str) -> bool:
    """Whether the note names a zone that Polars can't follow. What is wrong with a damaged one, Polars says itself."""
    try:
        return OFFSET.search(b64decode(hint)) is not None
    except ValueError:  # no base64
        return False


def _as_instants(days: Sequence[str], file: BufferedReader) -> bool:
    """Whether Polars takes some of the days for instants."""
    file.seek(0)
    schema = pl.read_parquet_schema(file)
    return any(isinstance(schema.get(name), pl.Datetime) for name in days)
