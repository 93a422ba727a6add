"""What a reading command found: as text for a person, as facts for a script."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl

from schemas.counts import count_of
from schemas.one_line import one_line

MOST_SET_ASIDE = 5
"""At most this many rows that were set aside are named."""


@dataclass(frozen=True)
class Answer:
    """`text` is what a person reads; `facts` says the same in names and values; `stands` is false where it differs.

    Facts may be rows still to be collected: they are where JSON is asked for.
    """

    text: str
    facts: dict[str, Any]
    stands: bool = True

    def as_json(self) -> str:
        """The facts as JSON in ASCII. Amounts are text, so that none becomes a float; instants are ISO 8601 in UTC."""
        return json.dumps(self.facts, default=_written, indent=2)


def told(state: str, as_known_on: str | None) -> str:
    """A statement's state in words; of one worked out again as known on a delivery, that it was never posted."""
    return f"as known on {as_known_on}, never posted" if as_known_on else state


def places_of(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """Where rows of quarantine were delivered, and why they were set aside: the first, and how many more there are."""
    places = [f"{row['delivery']}/{one_line(row['file'])} row {row['row_number']}, {row['reason']}" for row in rows]
    more = len(places) - MOST_SET_ASIDE
    return [*places[:MOST_SET_ASIDE], f"and {count_of(more, 'more row')} in `quarantine`"] if more > 0 else places


def _written(value: Any) -> str | list[dict[str, Any]]:
    match value:
        case datetime():
            return f"{value.isoformat()}Z"
        case date():
            return value.isoformat()
        case Decimal() | Path():
            return str(value)
        case pl.LazyFrame():
            return value.collect().to_dicts()
    raise TypeError(f"{type(value).__name__} has no form in JSON")
