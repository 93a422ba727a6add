"""Every file of the new deliveries read, typed and checked on its own, into Parquet aside; nothing is stored yet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from schemas.feeds import FEEDS, Feed
from schemas.policy import Policy
from schemas.problems import Refused, UnusableInput
from transforms.reading import Column, FileReading
from transforms.survey import DeliveredFile, Delivery
from transforms.validation import validate

BATCH_ROWS = 250_000
BATCH_BYTES = 64 * 1024 * 1024
"""Small files are checked together up to this many rows or bytes: Pandera costs some ten milliseconds a call."""


@dataclass
class Staged:
    """Where the typed rows of each delivery's feeds lie, and how many rows each file held."""

    parts: dict[tuple[str, str], list[Path]] = field(default_factory=dict)
    rows_read: dict[tuple[str, str], int] = field(default_factory=dict)

    def of(self, period: str, feed: str) -> list[Path]:
        return self.parts.get((period, feed), [])


def stage(deliveries: Iterable[Delivery], policy: Policy, aside: Path, surveyed: Iterable[str] = ()) -> Staged:
    """Read every file of `deliveries` into Parquet under `aside`.

    The frames hold the feed's columns typed, delivery, file, row_number, raw, detail, reason and column_name (null
    where the row can be used so far). Raises UnusableInput with every problem of every file after those that the survey
    found, Refused for a file that has changed since.
    """
    staged = Staged()
    problems: list[str] = []
    delivered = [(delivery.period, file) for delivery in deliveries for file in delivery.files]
    for name, feed in FEEDS.items():
        files = [(period, file) for period, file in delivered if file.feed == name]
        for number, batch in enumerate(_batches(_blocks(files, feed, staged, problems))):
            for (period,), rows in (
                validate(batch, feed, policy).partition_by("delivery", as_dict=True, maintain_order=True).items()
            ):
                path = aside / f"{period}-{name}-{number}.parquet"
                rows.write_parquet(path, compression="lz4")
                staged.parts.setdefault((str(period), name), []).append(path)
    if problems := [*surveyed, *sorted(problems)]:
        raise UnusableInput(*problems)
    return staged


def _blocks(
    files: list[tuple[str, DeliveredFile]], feed: Feed, staged: Staged, problems: list[str]
) -> Iterator[pl.DataFrame]:
    columns = [Column(name, form.read_as) for name, form in feed.columns.items()]
    for period, file in files:
        reading = FileReading(file.path, columns, label=file.label)
        rows = 0
        try:
            for block in reading.blocks():
                rows += block.height
                yield block.with_columns(delivery=pl.lit(period), file=pl.lit(file.name))
        except UnusableInput as unusable:
            problems.extend(unusable.problems)
            continue
        if reading.sha256 != file.sha256:
            raise Refused(f"{file.label}: changed while it was read; run again when it is complete")
        staged.rows_read[period, file.name] = rows


def _batches(blocks: Iterator[pl.DataFrame]) -> Iterator[pl.DataFrame]:
    """The same rows in the same order, small blocks put together."""
    gathered: list[pl.DataFrame] = []
    rows, size = 0, 0.0
    for block in blocks:
        gathered.append(block)
        rows += block.height
        size += block.estimated_size()
        if rows >= BATCH_ROWS or size >= BATCH_BYTES:
            yield pl.concat(gathered)
            gathered, rows, size = [], 0, 0.0
    if rows:
        yield pl.concat(gathered)
