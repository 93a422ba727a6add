"""What a delivered column may look like: the form of its text, the type it becomes, and the range it must keep.

A field is written once, as a Pandera `Field` made by one of the functions below; the intake, the database's types and
COMMENTs and the data dictionary all read it from there.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

import pandera.polars as pa

OUT_OF_RANGE = -1
"""What a number of the right form becomes when its column's type cannot hold it; every number's range refuses it."""

MOST_SEATS = 10_000_000
MOST_PER_SEAT = 1_000_000
MOST_CAP = 1_000_000_000_000
FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2100, 12, 31)
FIRST_INSTANT, LAST_INSTANT = datetime(2000, 1, 1), datetime(2100, 12, 31, 23, 59, 59, 999_999)

ReadAs = Literal["text", "integer", "decimal", "date", "instant"]


@dataclass(frozen=True)
class Form:
    """How a column's text must look, in Rust's regex syntax (`[0-9]`, since `\\d` takes full-width digits too)."""

    read_as: ReadAs
    """The Parquet type that fits beside text."""
    pattern: str | None = None
    scale: int = 0
    """Digits after the decimal point that the column holds."""
    words: str = ""
    """What is expected, for whoever delivered something else."""


AMOUNT_IN_WORDS = "an amount such as 1200.50"
TEXT = Form("text")
ID = Form("text", r"^[A-Za-z0-9._-]{1,64}$", words="an ID of 1 to 64 letters, digits, dots, hyphens and underscores")
MPN_ID = Form("text", r"^[0-9]{7}$", words="an MPN ID of seven digits (0012345, not 12345)")
MPN_ID_OR_ANY = Form("text", r"^([0-9]{7}|\*)$", words="an MPN ID of seven digits (0012345, not 12345) or *")
SEATS = Form("integer", r"^(0+|-?0*[1-9][0-9]*)$", words="a whole number such as 1200")
PER_SEAT = Form(
    "decimal",
    r"^(-?0*[1-9][0-9]*(\.[0-9]+)?|-?0+\.0*[1-9][0-9]*|0+(\.0+)?)$",
    scale=4,
    words=AMOUNT_IN_WORDS,
)
CAP = Form("decimal", PER_SEAT.pattern, scale=2, words=AMOUNT_IN_WORDS)
PAID = CAP
"""An amount that finance paid."""
DAY = Form("date", r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$", words="a day such as 2015-03-31")
INSTANT = Form(
    "instant",
    r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]{1,6})?"
    r"(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])$",
    words="an instant such as 2015-03-31T18:00:00Z",
)


def column(form: Form, description: str, *, optional: bool = False, **checks: Any) -> Any:
    """A Pandera field whose metadata carries its form, and whether the row needs it."""
    return pa.Field(description=description, nullable=optional, metadata={"form": form}, **checks)


def text(description: str) -> Any:
    """Text of any form."""
    return column(TEXT, description)


def identifier(description: str) -> Any:
    """An id: 1 to 64 letters, digits, dots, underscores and hyphens."""
    return column(ID, description)


def partner_id(description: str, *, optional: bool = False) -> Any:
    """An MPN ID: seven digits, leading zeros kept."""
    return column(MPN_ID, description, optional=optional)


def word(description: str, *values: str) -> Any:
    """One of the listed values; anything else is `bad_value`."""
    return column(TEXT, description, isin=list(values))


def seats(description: str) -> Any:
    """A whole number of seats, up to MOST_SEATS."""
    return column(SEATS, description, ge=0, le=MOST_SEATS)


def day(description: str, *, optional: bool = False) -> Any:
    """A day in UTC, from FIRST_DAY to LAST_DAY."""
    return column(DAY, description, optional=optional, ge=FIRST_DAY, le=LAST_DAY)


def instant(description: str) -> Any:
    """An instant, taken to UTC and kept naive, in microseconds."""
    return column(INSTANT, description, ge=FIRST_INSTANT, le=LAST_INSTANT)
