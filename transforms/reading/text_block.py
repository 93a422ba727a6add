"""Some records of a delivered file: their values as text, and the records as they came for those that are set aside."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from schemas.problems import Refused
from transforms.reading.plain_csv import lines_of


@dataclass(frozen=True)
class Excerpt:
    """Where in a plain CSV file some records lie, a line each: so they needn't be kept, and are read if asked for."""

    path: Path
    label: str
    stamp: tuple[int, int]
    """The file's size and time of change when it was read."""
    start: int
    length: int
    first_row: int

    def raw(self) -> pl.Series:
        """The records as they came. Raises Refused if the file has changed since, or can't be read."""
        try:
            with self.path.open("rb") as file:
                if stamp_of(file.fileno()) != self.stamp:
                    raise Refused(f"{self.label}: changed while it was read; run again when it is complete")
                file.seek(self.start)
                return lines_of(file.read(self.length))
        except OSError as error:
            raise Refused(f"{self.label}: can't be read: {error.strerror or error}") from error


@dataclass(frozen=True)
class TextBlock:
    """`rows` has row_number (Int64; the header is 1), the wanted columns and detail (String).

    `detail` says why a record is malformed, and its wanted columns are null then; else it is null. `came` holds the
    same records as they came: where each is a line, as the bytes of all, which begin `starts_at` in the file's text;
    else as a Series. For a plain CSV file, `excerpt` says where they lie.
    """

    rows: pl.DataFrame
    came: bytes | pl.Series
    starts_at: int | None = None
    excerpt: Excerpt | None = None

    def raw(self) -> pl.Series:
        return lines_of(self.came) if isinstance(self.came, bytes) else self.came

    def whole(self) -> pl.DataFrame:
        """The rows with `raw` beside them."""
        return self.rows.with_columns(self.raw().alias("raw"))


def stamp_of(descriptor: int) -> tuple[int, int]:
    """What changes with a file, as far as can be told without reading it."""
    status = os.fstat(descriptor)
    return status.st_size, status.st_mtime_ns
