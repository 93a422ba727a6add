"""Every file of the new deliveries read, typed and checked on its own, into files aside; nothing is stored yet."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from schemas.feeds import FEEDS, Feed
from schemas.policy import Policy
from schemas.problems import Refused, UnusableInput
from transforms.intake.staged import Part, Staged, keep
from transforms.intake.validation import validate
from transforms.reading.delivered_file import FileReading, claims_other_rows
from transforms.reading.parquet_trial import DEADLY, tried
from transforms.reading.survey import DeliveredFile, Delivery
from transforms.reading.text_block import Excerpt, TextBlock

BATCH_ROWS = 250_000
BATCH_BYTES = 64 * 1024 * 1024
"""Small files are checked together up to this many rows or bytes: Pandera costs some ten milliseconds a call."""
BESIDE = 2
"""This many batches are in memory beside the one that is read."""


@dataclass
class Batch:
    """Blocks of one feed, in order, each with the delivery and the file that it is of."""

    blocks: list[tuple[str, str, TextBlock]] = field(default_factory=list)
    rows: int = 0
    size: float = 0.0

    @property
    def is_full(self) -> bool:
        return self.rows >= BATCH_ROWS or self.size >= BATCH_BYTES

    def add(self, period: str, file: str, block: TextBlock) -> None:
        self.blocks.append((period, file, block))
        self.rows += block.rows.height
        # Rows of a Parquet file may share a value that each has whole in its record.
        came = block.came.estimated_size() if isinstance(block.came, pl.Series) else 0
        self.size += max(block.rows.estimated_size(), came)

    def text(self) -> pl.DataFrame:
        # The parser leaves its columns in pieces, on which everything that follows would be slower.
        return pl.concat(
            block.rows.with_columns(delivery=pl.lit(period), file=pl.lit(file)) for period, file, block in self.blocks
        ).rechunk()

    def came(self) -> Excerpt | pl.Series:
        """The records as they came: where they lie, if that is one place, else themselves."""
        if len(self.blocks) == 1 and (excerpt := self.blocks[0][-1].excerpt):
            return excerpt
        return pl.concat([block.raw().alias("raw") for *_, block in self.blocks])


def stage(deliveries: Iterable[Delivery], policy: Policy, aside: Path, surveyed: Iterable[str] = ()) -> Staged:
    """Read every file of `deliveries` into files under `aside`.

    Raises UnusableInput with every problem of every file after those that the survey found, Refused for a file that
    has changed since.
    """
    staged = Staged()
    problems: list[str] = []
    delivered = [(delivery.period, file) for delivery in deliveries for file in delivery.files]
    delivered, panics = _tried(delivered, problems)
    # Two batches are typed, checked and written while the next one is read: most of it happens outside of Python.
    with ThreadPoolExecutor(BESIDE) as beside:
        checking: deque[Future[list[Part]]] = deque()
        for name, feed in FEEDS.items():
            files = [(period, file) for period, file in delivered if file.feed == name]
            for number, batch in enumerate(_batches(files, feed, panics, staged, problems)):
                while len(checking) >= BESIDE:
                    staged.add(checking.popleft().result())
                checking.append(beside.submit(_checked, batch, feed, policy, aside / f"{name}-{number}"))
        while checking:
            staged.add(checking.popleft().result())
    if problems := [*surveyed, *sorted(problems)]:
        raise UnusableInput(*problems)
    return staged


def _tried(
    delivered: list[tuple[str, DeliveredFile]], problems: list[str]
) -> tuple[list[tuple[str, DeliveredFile]], dict[str, str]]:
    """All but the Parquet files that would end this very process, which are problems.

    And, by how messages name the file, what is wrong with those of which Polars panics.
    """
    files = [file for _, file in delivered if file.name.endswith(".parquet")]
    trial = tried([(file.path, list(FEEDS[file.feed].columns)) for file in files])
    deadly = {files[number].label for number in trial.deadly}
    problems += [f"{label}: {DEADLY}" for label in deadly]
    panics = {files[number].label: claims_other_rows(*rows) for number, rows in trial.panicking.items()}
    return [(period, file) for period, file in delivered if file.label not in deadly], panics


def _checked(batch: Batch, feed: Feed, policy: Policy, aside: Path) -> list[Part]:
    rows = validate(batch.text(), feed, policy)
    came = batch.came()
    if isinstance(came, Excerpt):
        return [keep(batch.blocks[0][0], feed, rows, came, aside)]
    whole = rows.with_columns(came).partition_by("delivery", as_dict=True, maintain_order=True)
    return [
        keep(str(period), feed, part, part["raw"], aside.with_name(f"{aside.name}-{period}"))
        for (period,), part in whole.items()
    ]


def _batches(
    files: Iterable[tuple[str, DeliveredFile]],
    feed: Feed,
    panics: Mapping[str, str],
    staged: Staged,
    problems: list[str],
) -> Iterator[Batch]:
    """The rows of some files of a feed, in their order. `panics`: what is wrong with those that Polars panics of."""
    batch = Batch()
    for period, file in files:
        reading = FileReading(file.path, feed.columns, label=file.label, panics=panics.get(file.label))
        rows = 0
        try:
            for block in reading.read():
                rows += block.rows.height
                batch.add(period, file.name, block)
                if batch.is_full:
                    yield batch
                    batch = Batch()
        except UnusableInput as unusable:
            problems.extend(unusable.problems)
            continue
        if reading.sha256 != file.sha256:
            raise Refused(f"{file.label}: changed while it was read; run again when it is complete")
        staged.rows_read[period, file.name] = rows
    if batch.blocks:
        yield batch
