"""Some records of a delivered file: their values as text, and the records as they came for those that are set aside."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from transforms.plain_csv import lines_of


@dataclass(frozen=True)
class TextBlock:
    """`rows` has row_number (Int64; the header is 1), the wanted columns and detail (String).

    `detail` says why a record is malformed, and its wanted columns are null then; else it is null. `came` holds the
    same records as they came: as text, where each is a line, else as a Series.
    """

    rows: pl.DataFrame
    came: bytes | pl.Series

    def raw(self) -> pl.Series:
        return lines_of(self.came) if isinstance(self.came, bytes) else self.came

    def whole(self) -> pl.DataFrame:
        """The rows with `raw` beside them."""
        return self.rows.with_columns(self.raw().alias("raw"))
