"""Delivered text to typed rows: every column's form here, everything else by the feed's Pandera model, on every row."""

from __future__ import annotations

import os
from datetime import timedelta

import pandera.polars as pa
import polars as pl

from schemas.columns import FIRST_DAY, FIRST_INSTANT, LAST_DAY, LAST_INSTANT, OUT_OF_RANGE, Form
from schemas.feeds import REASONS, Feed
from schemas.policy import Policy
from schemas.problems import UnusableInput

A_DAY = timedelta(days=1)
SAMPLE = 10_000
"""This many values show whether a column repeats itself."""

PANDERA_REASONS = {
    "not_nullable": "missing_value",
    "greater_than_or_equal_to": "out_of_range",
    "less_than_or_equal_to": "out_of_range",
    "isin": "bad_value",
    "str_matches": "bad_value",
}
"""The quarantine's word for Pandera's own checks; a check of ours bears the word as its name."""


def validate(text: pl.DataFrame, feed: Feed, policy: Policy) -> pl.DataFrame:
    """Type a block of text and give each row that cannot be used its first reason.

    In: the feed's columns as String (null where empty) and `detail` (what is wrong with a malformed record, else null);
    other columns pass through. Out: the same rows in the same order, the feed's columns typed (null where the text does
    not fit), and `reason` and `column_name`, both null on a row that can be used.
    """
    refuse_if_pandera_is_off()
    indexed = text.with_row_index("index")
    rows = indexed.with_columns([_typed(text, name, form, feed.dtypes[name]) for name, form in feed.columns.items()])
    ill_formed = _no_cells()
    if text["detail"].null_count() < text.height:
        ill_formed = rows.filter(pl.col("detail").is_not_null()).select(
            "index", reason=pl.lit("malformed_row"), column_name=pl.lit(None, pl.String)
        )
    misshapen = _misshapen_cells(indexed, rows, feed)
    refused = (
        _refused_cells(rows.select(*feed.columns), feed, policy)
        .join(ill_formed, on="index", how="anti")
        .join(misshapen, on=["index", "column_name"], how="anti")
    )
    cells = pl.concat([ill_formed, misshapen, refused, _missing_halves(indexed, feed)])
    if cells.is_empty():
        none = pl.lit(None, pl.String)
        return rows.with_columns(reason=none, column_name=none).drop("index")
    return rows.join(_first_reasons(cells, feed), on="index", how="left", maintain_order="left").drop("index")


def _typed(text: pl.DataFrame, name: str, form: Form, dtype: pl.DataType) -> pl.Series:
    """The column typed. Days, instants and numbers mostly repeat: then each run, or each text, is looked at once."""
    column = text[name]
    value = typed(name, form).cast(dtype).alias(name)
    sample = column.head(SAMPLE)
    if form.read_as == "text" or sample.n_unique() > sample.len() // 4:
        return text.select(value)[name]
    if sample.rle().len() <= sample.len() // 4:
        return column.rle().struct.field("value").to_frame(name).select(value)[name].gather(column.rle_id())
    once = text.select(pl.col(name).unique()).with_columns(value.alias("value"))
    return text.select(name).join(once, on=name, how="left", maintain_order="left")["value"].alias(name)


def typed(name: str, form: Form) -> pl.Expr:
    """The column's value, null where the text has not the column's form.

    What has the form but lies outside the type becomes a value that the column's range refuses: a number OUT_OF_RANGE,
    a day or an instant a day outside (Python, and so Pandera, has no year 0 and none after 9999).
    """
    column = pl.col(name)
    fits = column if form.pattern is None else pl.when(column.str.contains(form.pattern)).then(column)
    match form.read_as:
        case "text":
            return fits
        case "integer":
            number = fits.cast(pl.Int32, strict=False)
            return pl.when(fits.is_not_null()).then(number.fill_null(OUT_OF_RANGE))
        case "decimal":
            too_fine = fits.str.contains(rf"\.[0-9]{{{form.scale + 1},}}$")
            number = pl.when(~too_fine).then(fits).cast(pl.Decimal(18, form.scale), strict=False)
            return pl.when(fits.is_not_null()).then(number.fill_null(OUT_OF_RANGE))
        case "date":
            return fits.str.to_date("%Y-%m-%d", strict=False).clip(FIRST_DAY - A_DAY, LAST_DAY + A_DAY)
        case "instant":
            with_offset = fits.str.replace("Z$", "+00:00")
            in_utc = with_offset.str.to_datetime(
                "%Y-%m-%dT%H:%M:%S%.f%:z", time_unit="us", time_zone="UTC", strict=False
            ).dt.replace_time_zone(None)
            return in_utc.clip(FIRST_INSTANT - A_DAY, LAST_INSTANT + A_DAY)


def refuse_if_pandera_is_off() -> None:
    """Pandera's validation can be switched off from outside, silently: then nothing would be checked at all."""
    if os.environ.get("PANDERA_VALIDATION_ENABLED", "True").lower() in ("false", "0"):
        raise UnusableInput("PANDERA_VALIDATION_ENABLED switches every check of the input off: unset it and run again")


def _misshapen_cells(text: pl.DataFrame, rows: pl.DataFrame, feed: Feed) -> pl.DataFrame:
    """One row per cell (`index`, `column_name`) that has text, but not of the column's form."""
    cells = [
        text.filter(text[name].is_not_null() & rows[name].is_null()).select(
            "index", reason=pl.lit("bad_type"), column_name=pl.lit(name)
        )
        for name in feed.columns
        if rows[name].null_count() > text[name].null_count()
    ]
    return pl.concat([_no_cells(), *cells])


def _missing_halves(text: pl.DataFrame, feed: Feed) -> pl.DataFrame:
    """One row per cell (`index`, `column_name`) that is empty beside another that isn't, though both or none are due.

    Judged on the text: one that has not its column's form isn't missing.
    """
    given = pl.any_horizontal(pl.lit(value=False), *(pl.col(name).is_not_null() for name in feed.both_or_neither))
    cells = [
        text.filter(given & pl.col(name).is_null()).select(
            "index", reason=pl.lit("missing_value"), column_name=pl.lit(name)
        )
        for name in feed.both_or_neither
    ]
    return pl.concat([_no_cells(), *cells])


def _refused_cells(rows: pl.DataFrame, feed: Feed, policy: Policy) -> pl.DataFrame:
    """One row per cell (`index`, `column_name`) and check of the feed's model that it fails."""
    schema = feed.schema(policy)
    try:
        schema.validate(rows, lazy=True)
    except pa.errors.SchemaErrors as errors:
        cases: pl.DataFrame = errors.failure_cases
        if cases["index"].null_count():
            raise RuntimeError(f"{feed.name}: Pandera refused the shape of our own frame") from errors
    else:
        return _no_cells()
    reasons = {
        (name, number): PANDERA_REASONS.get(str(check.name), str(check.name))
        for name, column in schema.columns.items()
        for number, check in enumerate(column.checks)
    }
    words = pl.DataFrame(
        [(name, number, reason) for (name, number), reason in reasons.items()],
        schema={"column": pl.String, "check_number": pl.Int32, "reason": pl.String},
        orient="row",
    )
    return cases.join(words, on=["column", "check_number"], how="left").select(
        pl.col("index").cast(pl.UInt32),
        pl.col("reason").fill_null("missing_value"),
        column_name=pl.col("column"),
    )


def _no_cells() -> pl.DataFrame:
    return pl.DataFrame(schema={"index": pl.UInt32, "reason": pl.String, "column_name": pl.String})


def _first_reasons(cells: pl.DataFrame, feed: Feed) -> pl.DataFrame:
    """One row per `index`: the first reason in the quarantine's order, then the first column in the feed's."""
    columns = [*feed.columns]
    return (
        cells.with_columns(
            rank=pl.col("reason").replace_strict(REASONS, range(len(REASONS)), return_dtype=pl.Int32),
            position=pl.col("column_name").replace_strict(
                columns, range(len(columns)), default=-1, return_dtype=pl.Int32
            ),
        )
        .sort("index", "rank", "position")
        .unique("index", keep="first", maintain_order=True)
        .select("index", "reason", "column_name")
    )
