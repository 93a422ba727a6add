"""Text that no spreadsheet takes for a formula: what was delivered stays text in every sheet and CSV."""

from __future__ import annotations

import polars as pl

SIGNS = r"=+\-@\uFF1D\uFF0B\uFF0D\uFF20"
FORMULA = rf"^[{SIGNS}\t\r\n]"
"""What a spreadsheet takes for a formula at the start of a text cell (OWASP, CSV injection).

Some in East Asia take the full-width signs for the plain ones.
"""
LATER_FORMULA = rf"([;\t\r\n]\"?)([{SIGNS}])"
"""The same within a text: a cell begins there for a spreadsheet that parts at semicolons or tabs, as many do.

To these a quote before a semicolon is a letter, and a line of the text begins a row. A quote behind the semicolon is
doubled in a CSV: to these it opens the cell and closes it, and the cell goes on with what follows.
"""


def neutral_rows(rows: pl.DataFrame) -> pl.DataFrame:
    """The rows with every text neutral to a spreadsheet."""
    return rows.with_columns(neutral(name) for name, dtype in rows.schema.items() if dtype == pl.String)


def neutral(column: str) -> pl.Expr:
    """The text with an apostrophe before what a spreadsheet would take for a formula."""
    text = pl.col(column)
    within = text.str.replace_all(LATER_FORMULA, "${1}'${2}")
    whole = pl.when(text.str.contains(FORMULA)).then(pl.concat_str(pl.lit("'"), within)).otherwise(within)
    # Hardly any text has one: one look finds that out in a seventh of the time that the replacing takes.
    return pl.when(text.str.contains(f"{FORMULA}|{LATER_FORMULA}")).then(whole).otherwise(text).alias(column)
