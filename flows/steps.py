"""The monthly run as a written list of steps: plain functions, walked by `dpor run` and, as tasks, by the Prefect flow."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polars as pl

from schemas.policy import PERIOD_FORM, Policy, load_policy
from schemas.problems import TooMuchQuarantined, UnusableInput
from transforms.admission import WAITING, Admission, Taken
from transforms.publishing import put_in_place, write_files
from transforms.staging import Staged, stage
from transforms.store import Store, Stored, by_feed
from transforms.summary import Summary, summary_of
from transforms.survey import POLICY_FILE, Delivery, survey
from transforms.warehouse import DatabaseUnreadable, finish, import_inputs, new_database, reading, work_out

AT_LEAST_QUARANTINED = 20
"""A small delivery may set aside this many rows whatever their share."""


@dataclass
class Run:
    """What the steps share: what was asked for, and what each step found."""

    deliveries_folder: Path
    store: Store
    out: Path
    period: str | None = None
    max_quarantine: float = 0.05

    policy: Policy = field(init=False)
    deliveries: list[Delivery] = field(init=False)
    stored: list[Stored] = field(init=False)
    staged: Staged = field(init=False)
    taken: list[Taken] = field(default_factory=list)
    quarantined: list[Path] = field(default_factory=list)
    summary: Summary = field(init=False)

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
    def set_aside(self) -> pl.DataFrame:
        """The rows that a dry run would set aside."""
        return (
            pl.concat([pl.read_parquet(path, glob=False) for path in self.quarantined])
            if self.quarantined
            else pl.DataFrame()
        )

    @property
    def new_database(self) -> Path:
        return self.store.aside / "new.duckdb"

    @property
    def new_files(self) -> Path:
        return self.store.aside / "files"


def survey_deliveries(run: Run) -> str:
    """List the deliveries up to the run's period, settle the period, and see which are new."""
    if run.period is not None and not re.match(PERIOD_FORM, run.period):
        raise UnusableInput(f"--period {run.period}: not a period: write it as 2015-03")
    run.deliveries = survey(run.deliveries_folder, run.period)
    run.policy = load_policy(run.deliveries_folder / POLICY_FILE)
    if not run.deliveries:
        named = f" named up to {run.period}" if run.period else ""
        raise UnusableInput(f"{run.deliveries_folder}: no delivery{named}: a delivery is a folder named as 2015-03")
    run.period = run.period or run.deliveries[-1].period
    if run.period < run.policy.dates.first_period:
        raise UnusableInput(f"{run.period}: before the programme's first period, {run.policy.dates.first_period}")
    run.stored = run.store.up_to_date(run.deliveries, run.policy)
    run.store.undamaged(run.stored)
    return f"{len(run.deliveries)} deliveries up to {run.period}, {len(run.pending)} of them new or changed"


def read_files(run: Run) -> str:
    """Read, type and check every file of the new deliveries; one that can't be used stops the run before anything is stored."""
    aside = run.store.aside / "staged"
    aside.mkdir(exist_ok=True)
    run.staged = stage(run.pending, run.policy, aside)
    files = sum(len(delivery.files) for delivery in run.pending)
    return f"{sum(run.staged.rows_read.values()):,} rows in {files} files"


def take_in(run: Run) -> str:
    """Admit the new deliveries in order, each committed to the store before the next."""
    admit_each(run, commit=True)
    return counted(run.taken)


def try_out(run: Run) -> str:
    """Admit the new deliveries in order, storing nothing."""
    admit_each(run, commit=False)
    return counted(run.taken)


def admit_each(run: Run, *, commit: bool) -> None:
    """Admit delivery after delivery. Raises TooMuchQuarantined for the first that sets aside too much; those before it stay."""
    if not run.pending:
        return
    if commit:
        run.store.drop_after(run.stored)
    admission = Admission(by_feed(run.stored), by_feed(run.stored, WAITING))
    for delivery in run.pending[:]:
        folder = run.store.aside / f"in-{delivery.period}"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        run.quarantined.append(folder / "quarantine.parquet")
        taken = admission.admit(delivery, run.staged, folder)
        refuse_too_much(taken, run.max_quarantine)
        run.taken.append(taken)
        if commit:
            stored = run.store.commit(delivery, run.policy, run.stored[-1] if run.stored else None, folder)
            admission.moved(folder, stored.folder)
            run.stored.append(stored)


def refuse_too_much(taken: Taken, limit: float) -> None:
    """Raises TooMuchQuarantined where a delivery sets aside more than `limit` of its rows, and more than a few."""
    if taken.counted > AT_LEAST_QUARANTINED and taken.counted > limit * taken.rows_read:
        reasons = ", ".join(f"{count} {reason}" for reason, count in sorted(taken.reasons.items()))
        raise TooMuchQuarantined(
            f"{taken.period}: {taken.counted} of {taken.rows_read} rows would be set aside, more than {limit:.0%}: {reasons}",
            f"nothing of {taken.period} or later was stored: `dpor check --period {taken.period}` lists the rows;"
            " have the delivery corrected, or allow a larger share with --max-quarantine",
        )


def resolve(run: Run) -> str:
    """Work out every relation in a new database aside: partners of record, lines, caps, statements; hold it against the checks."""
    quarantine = [delivery.folder / "quarantine.parquet" for delivery in run.stored]
    intake_log = [delivery.folder / "intake_log.parquet" for delivery in run.stored]
    run.new_database.unlink(missing_ok=True)
    shutil.rmtree(run.new_files, ignore_errors=True)
    with new_database(run.new_database, run.store.aside) as con:
        import_inputs(con, by_feed(run.stored), quarantine, intake_log, run.policy, run.month)
        relations = sum(1 for _ in work_out(con))
        finish(con)
        run.summary = summary_of(con)
        write_files(con, run.summary, run.new_files)
    return f"{relations} relations, every check passed"


def publish(run: Run) -> str:
    """Put the database and the statements in place of the old ones; cut off half way, the next command does it again."""
    folder = run.out / run.month
    run.store.note_drafted(_drafted(run, complete=False))
    if run.new_database.exists():
        run.new_database.replace(run.store.database)
    put_in_place(run.new_files, folder)
    run.store.note_drafted(_drafted(run, complete=True))
    return f"{run.store.database} and {folder}/"


@dataclass(frozen=True)
class Step:
    """One step of a run. `says` is what a person reads while it goes on; `does` returns what it came to.

    Every step can be done again after it failed half way.
    """

    says: str
    does: Callable[[Run], str]


MONTHLY_RUN = (
    Step("Looking at the deliveries", survey_deliveries),
    Step("Reading new files", read_files),
    Step("Taking rows in", take_in),
    Step("Working out partners of record, lines, caps and statements", resolve),
    Step("Publishing", publish),
)
"""What `dpor run` does, in this order, with Prefect or without."""

DRY_RUN = (
    MONTHLY_RUN[0],
    MONTHLY_RUN[1],
    Step("Trying rows out", try_out),
)
"""What `dpor check` does."""


def bring_back(store: Store) -> str | None:
    """Restore what a kill or a hand has taken from the last draft; returns what was brought back, None if all was there.

    The store is the record: the database and the statements are worked out of it again, with the policy of then.
    """
    said = store.drafted()
    if said is None:
        return None
    out = (store.root / said["out"]).resolve()
    lost = _lost(store, out, said)
    stored = store.deliveries(said["period"])
    if not lost or not stored or stored[-1].identity != said["deliveries"]:
        return None
    run = Run(deliveries_folder=Path(), store=store, out=out, period=said["period"])
    run.policy = Policy.model_validate(said["policy"])
    run.stored = stored
    store.undamaged(stored)
    resolve(run)
    publish(run)
    return lost


def _lost(store: Store, out: Path, said: dict[str, Any]) -> str | None:
    """What of the last draft isn't there any more."""
    if not said["complete"]:
        return "a draft that was cut off"
    try:
        with reading(store.database) as con:
            if con.execute("select run_period from policy").fetchall() != [(said["period"],)]:
                return "the database"
            partners = [f"{mpn_id}.csv" for (mpn_id,) in con.execute("select mpn_id from statements").fetchall()]
    except DatabaseUnreadable:
        return "the database"
    folder = out / said["period"]
    there = {path.name for path in folder.iterdir()} if folder.is_dir() else set()
    missing = {*partners, "summary.csv", "summary.txt"} - there
    return f"{len(missing)} of the files in {folder}" if missing else None


def _drafted(run: Run, *, complete: bool) -> dict[str, Any]:
    return {
        "period": run.month,
        "deliveries": run.stored[-1].identity,
        "policy": run.policy.model_dump(mode="json"),
        "out": os.path.relpath(run.out, run.store.root),
        "complete": complete,
    }


def counted(taken: list[Taken]) -> str:
    """What several deliveries came to, in a line."""
    if not taken:
        return "nothing new"
    return (
        f"{sum(t.accepted for t in taken):,} accepted, {sum(t.duplicates for t in taken):,} duplicates, "
        f"{sum(t.quarantined for t in taken):,} set aside, {sum(t.released for t in taken):,} released from earlier deliveries"
    )
