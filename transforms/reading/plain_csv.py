"""CSV without a quote in it, the usual case: a block of such lines is parsed at once instead of being judged by line.

Judging each line by a regular expression, and keeping its text beside its values, costs as much as all the rest of
the reading. Here a few looks at the block as a whole prove that every line is a good record.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence

import polars as pl

from transforms.reading.csv_scanner import FIELD_LIMIT


def plain_values(text: bytes, fields: int, wanted: Mapping[str, int]) -> pl.DataFrame | None:
    """The wanted columns (name to position) of whole lines, empty being null; None if one might be no good record."""
    if fields < 2 or b'"' in text or b"\0" in text or not _ends_lines_well(text) or _may_have_long_lines(text):
        return None
    try:
        values = parsed(text, fields)
    except pl.exceptions.ComputeError:
        return None  # a line with too many fields
    # No line has too many fields, so the commas tell whether one has too few; Polars fills those with nulls.
    if values[:, -1].null_count() and text.count(b",") != values.height * (fields - 1):
        return None
    return values.select(pl.col(str(position)).alias(name) for name, position in wanted.items())


def parsed(text: bytes, fields: int, columns: Sequence[str] | None = None) -> pl.DataFrame:
    """Records as Strings, the columns named for their positions. Without `columns`, raises for one with too many."""
    # The line in front keeps Polars from reading the first bytes as a byte order mark or as compressed.
    front = ",".join(map(str, range(fields))).encode() + b"\n"
    return pl.read_csv(front + text, infer_schema=False, columns=columns)


def lines_of(text: bytes) -> pl.Series:
    """The lines of a text, without their ends, as `raw`."""
    # For the empty line in front see `parsed`. The streaming engine splits in half the time.
    lines = pl.scan_lines(io.BytesIO(b"\n" + text), name="raw").slice(1)
    return lines.collect(engine="streaming")["raw"]


def _ends_lines_well(text: bytes) -> bool:
    """Whether every carriage return belongs to a line end."""
    return b"\r" not in text or text.count(b"\r") == text.count(b"\r\n")


def _may_have_long_lines(text: bytes) -> bool:
    """False if no line can be longer than a field may be: each half of that length has a line end in it."""
    half = FIELD_LIMIT // 2
    return any(text.find(b"\n", start, start + half) < 0 for start in range(0, len(text) - half, half))
