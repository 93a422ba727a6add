"""What the steps of a run share: what was asked for, and what each step found."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from flows.command_line.options import MAX_QUARANTINE
from schemas.policy import Policy
from transforms.answers.overview import LOCATED
from transforms.books.store import Store
from transforms.books.stored import Closed, Stored, inputs_hash
from transforms.database.shards import Sharding
from transforms.intake.admission import Taken
from transforms.intake.staged import Staged
from transforms.reading.survey import Delivery
from transforms.statements.summary import Summary

NOWHERE = Path(os.devnull)
"""The deliveries of a run that reads only the store."""


@dataclass
class Run:
    """One run: what was asked for, and what each step found."""

    deliveries_folder: Path
    store: Store
    out: Path
    period: str | None = None
    max_quarantine: float = MAX_QUARANTINE
    sharding: Sharding | None = None
    formats: tuple[str, ...] | None = None

    policy: Policy = field(init=False)
    deliveries: list[Delivery] = field(init=False)
    unusable: list[str] = field(default_factory=list)
    stored: list[Stored] = field(init=False)
    staged: Staged = field(init=False)
    ledger: list[Closed] = field(default_factory=list)
    closes: bool = False
    dry: bool = False
    taken: list[Taken] = field(default_factory=list)
    quarantined: list[Path] = field(default_factory=list)
    summary: Summary = field(init=False)
    digest: str = field(init=False)
    files: list[Path] = field(init=False)
    drafted_digest: str | None = None
    as_known_on: str | None = None
    tell: Callable[[str], None] = lambda _: None

    @property
    def month(self) -> str:
        """The run's period, once the survey has settled it."""
        if self.period is None:
            raise AssertionError("the survey settles the period")
        return self.period

    @property
    def pending(self) -> list[Delivery]:
        """The deliveries that aren't in the store, or not as they lie in the folder today."""
        return self.deliveries[len(self.stored) :]

    @property
    def state(self) -> str:
        """What the statements are once the run is done."""
        posted = any(closed.period == self.period for closed in self.ledger)
        return "CLOSED" if self.closes or posted else "DRAFT"

    @property
    def inputs(self) -> str:
        """A hash of all that the run works from, by which its database is known."""
        return inputs_hash(self.stored[-1].identity, self.policy.model_dump(mode="json"), self.ledger, self.month)

    @property
    def statement_formats(self) -> tuple[str, ...]:
        """The formats of the statements: those asked for, else those of the period's last run, else CSV."""
        return self.formats or self.store.formats(self.month)

    @property
    def reads_from(self) -> str | None:
        """The deliveries as seen from the store, so that both can be moved; None where only the store is read."""
        if self.deliveries_folder == NOWHERE:
            return None
        return os.path.relpath(self.deliveries_folder.resolve(), self.store.root.resolve())

    @property
    def documents(self) -> Path:
        """What documents are made of."""
        return self.store.aside / "documents"

    @property
    def new_closing(self) -> Path:
        """What closing the period posts, written aside."""
        return self.store.aside / "closing"

    @property
    def beside(self) -> Path:
        """Where parts of the work are done once more."""
        return self.store.aside / "beside"

    @property
    def set_aside(self) -> pl.LazyFrame:
        """LOCATED of the rows that a dry run would set aside, in their order; read only as far as is asked for."""
        return (
            pl.scan_parquet(self.quarantined, glob=False).select(LOCATED)
            if self.quarantined
            else pl.LazyFrame(schema=LOCATED)
        )

    @property
    def new_database(self) -> Path:
        """The database that is being made, aside."""
        return self.store.aside / "new.duckdb"

    @property
    def new_files(self) -> Path:
        """The period's files, written aside."""
        return self.store.aside / "files"
