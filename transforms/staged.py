"""What lies aside between reading and admission: typed rows that can be used so far, those set aside, how both came.

Uncompressed Arrow files, since each is read once or twice and then gone. The records as they came lie in files of their
own, which nobody opens unless admission refuses a row.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from schemas.feeds import Feed

POSITION = ["delivery", "file", "row_number"]
SET_ASIDE = [*POSITION, "column_name", "reason", "detail", "raw"]


@dataclass(frozen=True)
class Part:
    """Some rows of one delivery's feed, in the order of their files.

    `rows` holds the usable ones, `came` those as they came (`.txt` a line each, else a column `raw`), `set_aside` the
    others.
    """

    period: str
    feed: str
    rows: Path
    came: Path
    set_aside: Path | None


@dataclass
class Staged:
    """The parts of each delivery's feeds, and how many rows each file held."""

    parts: dict[tuple[str, str], list[Part]] = field(default_factory=dict)
    rows_read: dict[tuple[str, str], int] = field(default_factory=dict)

    def add(self, parts: Iterable[Part]) -> None:
        for part in parts:
            self.parts.setdefault((part.period, part.feed), []).append(part)

    def brings(self, period: str, feed: Feed) -> bool:
        return (period, feed.name) in self.parts

    def usable(self, period: str, feed: Feed) -> pl.LazyFrame:
        """The feed's columns, typed, and POSITION, in the order of POSITION."""
        none = pl.LazyFrame(schema={**feed.dtypes, "delivery": pl.String, "file": pl.String, "row_number": pl.Int64})
        parts = self.parts.get((period, feed.name), ())
        return pl.scan_ipc([part.rows for part in parts], glob=False) if parts else none

    def raw(self, period: str, feed: Feed) -> pl.LazyFrame:
        """`raw` of each row of `usable`, in its order."""
        return pl.concat(_raw(part.came) for part in self.parts[period, feed.name])

    def set_aside(self, period: str, feed: Feed) -> pl.LazyFrame:
        """The rows that can't be used whatever else is known: SET_ASIDE."""
        none = pl.LazyFrame(schema={**dict.fromkeys(SET_ASIDE, pl.String), "row_number": pl.Int64})
        parts = self.parts.get((period, feed.name), ())
        return pl.concat([none, *(pl.scan_ipc(part.set_aside, glob=False) for part in parts if part.set_aside)])


def keep(period: str, feed: Feed, rows: pl.DataFrame, came: bytes | pl.Series, path: Path) -> Part:
    """Write rows of one delivery's feed to files whose names begin with `path`.

    In: what `validate` gives, delivery and file; the same rows as they came, see TextBlock.
    """
    is_usable = rows["reason"].is_null()
    all_usable = bool(is_usable.all())
    part = Part(
        period,
        feed.name,
        rows=path.with_name(f"{path.name}.arrow"),
        came=path.with_name(f"{path.name}-raw{'.txt' if isinstance(came, bytes) else '.arrow'}"),
        set_aside=None if all_usable else path.with_name(f"{path.name}-set-aside.arrow"),
    )
    usable = rows if all_usable else rows.filter(is_usable)
    usable.select(*feed.columns, *POSITION).write_ipc(part.rows)
    if isinstance(came, bytes):
        with part.came.open("wb") as file:
            # The line in front keeps Polars from reading the first bytes as a byte order mark or as compressed.
            file.write(b"\n")
            file.write(came)
    else:
        raw = came.alias("raw")
        (raw if all_usable else raw.filter(is_usable)).to_frame().write_ipc(part.came)
        if part.set_aside:
            rows.with_columns(raw).filter(~is_usable).select(SET_ASIDE).write_ipc(part.set_aside)
    return part


def _raw(path: Path) -> pl.LazyFrame:
    if path.suffix == ".txt":
        return pl.scan_lines(path, name="raw", glob=False).slice(1)
    return pl.scan_ipc(path, glob=False)
