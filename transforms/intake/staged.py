"""What lies aside between reading and admission: typed rows that can be used so far, those set aside, how both came.

Uncompressed Arrow files, since each is read once or twice and then gone. The records as they came lie apart, since
nobody asks for them unless admission refuses a row.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from schemas.feeds import Feed
from transforms.reading.text_block import Excerpt

POSITION = ["delivery", "file", "row_number"]
SET_ASIDE = [*POSITION, "column_name", "reason", "detail", "raw"]


@dataclass(frozen=True)
class Part:
    """Some rows of one delivery's feed, in the order of their files.

    `rows` holds the usable ones, `height` of them; `came` their column `raw`, or the place where all records of the
    part lie; `set_aside` holds the others, if there are any. Where all are of one `file`, its name isn't repeated in
    `rows`; nor is the delivery's.
    """

    period: str
    feed: str
    file: str | None
    rows: Path
    height: int
    came: Path | Excerpt
    set_aside: Path | None

    def usable(self) -> pl.LazyFrame:
        """The feed's columns and POSITION."""
        rows = pl.scan_ipc(self.rows, glob=False).with_columns(delivery=pl.lit(self.period))
        return rows if self.file is None else rows.with_columns(file=pl.lit(self.file))

    def as_came(self, chosen: pl.Series) -> pl.DataFrame:
        """Some of `usable`, by a mask, with `raw`."""
        rows = self.usable().collect().filter(chosen)
        if isinstance(self.came, Excerpt):
            return rows.with_columns(raw=self.came.raw().gather(rows["row_number"] - self.came.first_row))
        return rows.with_columns(pl.scan_ipc(self.came, glob=False).collect()["raw"].filter(chosen))


@dataclass
class Staged:
    """The parts of each delivery's feeds, in order, and how many rows each file held."""

    parts: dict[tuple[str, str], list[Part]] = field(default_factory=dict)
    rows_read: dict[tuple[str, str], int] = field(default_factory=dict)

    def add(self, parts: Iterable[Part]) -> None:
        for part in parts:
            self.parts.setdefault((part.period, part.feed), []).append(part)

    def of(self, period: str, feed: Feed) -> list[Part]:
        return self.parts.get((period, feed.name), [])


def keep(period: str, feed: Feed, rows: pl.DataFrame, came: Excerpt | pl.Series, path: Path) -> Part:
    """Write rows of one delivery's feed to files whose names begin with `path`.

    In: what `validate` gives, delivery and file; the same records as they came, or where they lie.
    """
    is_usable = rows["reason"].is_null()
    usable = rows if is_usable.all() else rows.filter(is_usable)
    files = rows["file"].rle().struct["value"]
    part = Part(
        period,
        feed.name,
        file=files.item() if files.len() == 1 else None,
        rows=path.with_name(f"{path.name}.arrow"),
        height=usable.height,
        came=came if isinstance(came, Excerpt) else path.with_name(f"{path.name}-raw.arrow"),
        set_aside=None if usable.height == rows.height else path.with_name(f"{path.name}-set-aside.arrow"),
    )
    usable.select(*feed.columns, *([] if part.file else ["file"]), "row_number").write_ipc(part.rows)
    if isinstance(part.came, Path) and isinstance(came, pl.Series):
        came.filter(is_usable).to_frame("raw").write_ipc(part.came)
    if part.set_aside:
        raw = came.raw() if isinstance(came, Excerpt) else came
        rows.with_columns(raw.alias("raw")).filter(~is_usable).select(SET_ASIDE).write_ipc(part.set_aside)
    return part
