"""Rows of a Parquet file as the text that a CSV would hold, and which of its types can become that."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import polars as pl

from schemas.columns import ReadAs
from transforms.reading.csv_scanner import BIG_FIELD, FIELD_LIMIT, NUL_BYTE
from transforms.reading.text_block import TextBlock

DIGITS = 38
"""As many digits of a decimal as Polars and DuckDB can hold."""
EPOCH = date(1970, 1, 1)
PART_BYTES = 16 * 1024 * 1024

EXPECTED = {
    "text": "text is expected",
    "integer": "text or an integer is expected",
    "decimal": f"text, an integer or a decimal of up to {DIGITS} digits is expected",
    "date": "text or a date is expected",
    "instant": "text or a timestamp with a time zone is expected",
}
"""What a column that is read as this must be of in a Parquet file, for messages."""


def fits(dtype: pl.DataType, read_as: ReadAs) -> bool:
    """Whether a column of this type can be read so; text always can, and so can a column that holds nothing."""
    if dtype == pl.Null or isinstance(dtype, pl.String | pl.Categorical | pl.Enum):
        return True
    match read_as:
        case "integer":
            return dtype.is_integer()
        case "decimal":
            return dtype.is_integer() or (isinstance(dtype, pl.Decimal) and (dtype.precision or 0) <= DIGITS)
        case "date":
            return dtype == pl.Date
        case "instant":
            return isinstance(dtype, pl.Datetime) and dtype.time_zone is not None
        case _:
            return False


def parts_of(batch: pl.DataFrame) -> Iterator[tuple[pl.DataFrame, int]]:
    """A batch of a Parquet file in parts of some PART_BYTES at the most, as CSV; each with about how many it has.

    A value that stands in many rows takes room in the file, and in the batch, only once.
    """
    lengths = [_length(name, dtype) for name, dtype in batch.schema.items()]
    sizes = batch.select(size=pl.sum_horizontal(pl.repeat(batch.width, pl.len(), dtype=pl.Int64), *lengths))["size"]
    start = 0
    for height in (sizes.cum_sum() // PART_BYTES).rle().struct.field("len") if batch.height else ():
        yield batch.slice(start, height), int(sizes.slice(start, height).sum())
        start += height


def _length(name: str, dtype: pl.DataType) -> pl.Expr:
    """The bytes of a column's text; what isn't text is short."""
    column = pl.col(name)
    match dtype:
        case pl.String():
            return column.str.len_bytes()
        case pl.Categorical() | pl.Enum():
            return column.cat.len_bytes()
    return pl.lit(0, pl.Int64)


def as_text(batch: pl.DataFrame, number: int) -> TextBlock:
    """A batch of a Parquet file as rows of text from row `number` on; raw is the row as a JSON object."""
    names = batch.columns
    texts = batch.select(_value(name, dtype).alias(name) for name, dtype in batch.schema.items())
    detail = pl.concat_str(
        pl.when(pl.any_horizontal(pl.col(names).str.contains("\0", literal=True))).then(pl.lit(NUL_BYTE)),
        pl.when(pl.any_horizontal(pl.col(names).str.len_bytes() > FIELD_LIMIT)).then(pl.lit(BIG_FIELD)),
        separator="; ",
        ignore_nulls=True,
    )
    frame = texts.with_columns(raw=pl.struct(names).struct.json_encode(), detail=pl.when(detail != "").then(detail))
    kept = pl.col("detail").is_null()
    rows = frame.select(
        pl.int_range(number, number + batch.height, dtype=pl.Int64).alias("row_number"),
        *(pl.when(kept & (pl.col(name) != "")).then(pl.col(name)).alias(name) for name in names),
        "detail",
    )
    return TextBlock(rows, frame["raw"])


def _value(name: str, dtype: pl.DataType) -> pl.Expr:
    """The column as the text that a CSV would hold: no zeros at a decimal's end, instants in UTC."""
    column = pl.col(name)
    if dtype.is_decimal():
        text = column.cast(pl.String)
        return pl.when(text.str.contains(".", literal=True)).then(text.str.replace(r"\.?0+$", "")).otherwise(text)
    if dtype == pl.Date:
        return _of_four_digits(column, dtype, 1).cast(pl.String)
    if isinstance(dtype, pl.Datetime):
        if dtype.time_unit != "ns":
            column = _of_four_digits(column, dtype, 86_400 * (1_000_000 if dtype.time_unit == "us" else 1_000))
        instant = column.dt.convert_time_zone("UTC")
        micros = instant.dt.strftime("%Y-%m-%dT%H:%M:%S%.6fZ")
        if dtype.time_unit != "ns":
            return micros
        # Cut to microseconds, another instant would pass; with all nine digits it is refused as the type it isn't.
        nanos = instant.dt.strftime("%Y-%m-%dT%H:%M:%S%.9fZ")
        return pl.when(column.dt.nanosecond() % 1000 == 0).then(micros).otherwise(nanos)
    return column.cast(pl.String)


def _of_four_digits(column: pl.Expr, dtype: pl.DataType, a_day: int) -> pl.Expr:
    """What lies outside of the years 1 to 9999 becomes their first or last: still out of range, but text can say it.

    Polars panics where it is to write an instant further off.
    """
    first, end = (date(1, 1, 1) - EPOCH).days, (date(9999, 12, 31) - EPOCH).days + 1
    return column.to_physical().clip(first * a_day, end * a_day - 1).cast(dtype)
