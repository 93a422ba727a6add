"""Parquet files without what Arrow noted of their types, where that misleads Polars.

Arrow's writers keep their own types beside Parquet's. Of a zone that is an offset of no whole hours, as +05:30, Polars
panics; a day that Arrow held as date64 it takes for an instant. DuckDB goes by Parquet's own types.
"""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager
from io import BufferedReader
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import polars as pl

from transforms.warehouse import connect, file_names, sql

OFFSET = re.compile(rb"[+-]\d\d:(?!00)\d\d")


@contextmanager
def plainly_typed(path: Path, file: BufferedReader) -> Iterator[BufferedReader]:
    """The opened file, or a copy of it in which nothing misleads; the rows and their order are the same."""
    with TemporaryDirectory(prefix="dpor-") as name:
        copy = Path(name) / "plain.parquet"
        try:
            is_copied = _copied(path, file, copy)
        except (duckdb.Error, pl.exceptions.PolarsError, pl.exceptions.PanicException):
            is_copied = False  # what is wrong with it, its reader says
        if is_copied:
            with copy.open("rb") as plain:
                yield plain
        else:
            yield file


def _copied(path: Path, file: BufferedReader, copy: Path) -> bool:
    con = connect(copy.parent)
    try:
        con.execute("set preserve_insertion_order = true")
        files = {"files": file_names([path])}
        ((hint, days),) = con.execute(sql("inputs", "arrow_hint"), files).fetchall()
        misleads = hint is not None and (OFFSET.search(b64decode(hint)) or _takes_for_instants(days, file))
        if misleads:
            con.sql(sql("inputs", "stored_rows"), params=files).write_parquet(str(copy))
        return bool(misleads)
    finally:
        con.close()


def _takes_for_instants(days: list[str], file: BufferedReader) -> bool:
    file.seek(0)
    schema = pl.read_parquet_schema(file)
    return any(isinstance(schema.get(name), pl.Datetime) for name in days)
