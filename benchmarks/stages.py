"""One part of a measurement in a process of its own: `python -m benchmarks.stages PART FOLDER...` prints JSON.

For each stage: seconds of wall time and of the processor's, and the peak memory of the process up to its end. What
starting Python and importing take is in none of them. dpor's own steps are called, as `dpor run` calls them, and timed
from outside.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import duckdb

from flows.month import steps
from flows.month.restoring import bring_back
from flows.month.run import Run
from flows.month.steps import MONTHLY_RUN, Step, resolve, survey_deliveries
from transforms.books.store import Store
from transforms.database.connections import connect, new_database

THREADS = 2
STATEMENT_FILES = "statement files"
REST = "the rest of it"

UP_TO_RESOLVE = MONTHLY_RUN[: [step.does for step in MONTHLY_RUN].index(resolve)]

CALLED = {
    "import_inputs": "import of the inputs",
    "import_ledger": "import of the inputs",
    "judged_otherwise": "ledger and adjustments",
    "leave_room": "ledger and adjustments",
    "let_subscriptions_stay": "ledger and adjustments",
    "finish": "checks and comments",
    "write_files": STATEMENT_FILES,
}
"""What `resolve` calls by name in flows/month/steps.py, and the stage that it is counted to."""

FOLDERS = {
    "current": "resolution",
    "resolution": "resolution",
    "earnings": "earnings",
    "caps": "caps",
    "ledger": "ledger and adjustments",
    "adjustments": "ledger and adjustments",
    "statements": "statements and messages",
    "notifications": "statements and messages",
    "analysis": "statements and messages",
}
"""The folders of sql/ that `work_out` is asked for, and the stage that each is counted to."""


@dataclass
class Stage:
    seconds: float = 0.0
    processor: float = 0.0
    peak: int = 0


@dataclass
class Clock:
    """The stages in the order in which they began; one that goes on several times adds up."""

    stages: dict[str, Stage] = field(default_factory=dict)

    @contextmanager
    def running(self, name: str) -> Iterator[None]:
        stage = self.stages.setdefault(name, Stage())
        began, used = time.perf_counter(), processor_seconds()
        yield
        stage.seconds += time.perf_counter() - began
        stage.processor += processor_seconds() - used
        whose = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
        stage.peak = max(resource.getrusage(who).ru_maxrss for who in whose) * 1024

    def timed(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*given: Any, **named: Any) -> Any:
            with self.running(name):
                return function(*given, **named)

        return call


def intake(clock: Clock, deliveries: Path, folder: Path) -> None:
    """The steps of a run between the survey and the resolution, into a new store; the survey is timed beside them."""
    run = new_run(deliveries, folder)
    with run.store.locked("run"):
        for step in UP_TO_RESOLVE:
            with clock.running(name_of(step)):
                step.does(run)


def csv_pass(clock: Clock, deliveries: Path, folder: Path) -> None:
    """What DuckDB alone takes to make Parquet of every file; it leaves out the rows that it can't make sense of."""
    con = connect(folder)
    con.execute(f"set threads = {THREADS}")
    with clock.running("read and written"):
        for number, file in enumerate(sorted(deliveries.glob("*/*.csv"))):
            con.execute(f"copy (from read_csv('{file}', ignore_errors = true)) to '{folder / str(number)}.parquet'")


def resolution(clock: Clock, deliveries: Path, folder: Path) -> None:
    """`resolve` over a store that has taken everything in, stage by stage; nothing is published."""
    run = new_run(deliveries, folder)
    with run.store.locked("run"):
        survey_deliveries(run)
        if run.pending:
            raise RuntimeError(f"{folder}: the store isn't of these deliveries: {run.pending[0].period} is missing")
        resolve_by_stages(clock, run)


def resolution_floor(clock: Clock, kept: Path, folder: Path) -> None:
    """What DuckDB takes only to look at what the resolution reads, and only to write what it writes."""
    con = connect(folder)
    with clock.running("scan of the inputs"):
        scan(con, [path for path in (kept / "dpor.store/deliveries").rglob("*.parquet") if not waits(path)])
    con.close()
    with new_database(folder / "copy.duckdb", folder) as con:
        con.execute(f"attach '{kept / 'dpor.duckdb'}' as finished (read_only)")
        tables = con.execute("select table_name from duckdb_tables() where database_name = 'finished'").fetchall()
        with clock.running("copy of the tables"):
            for (table,) in tables:
                con.execute(f'create table "{table}" as from finished."{table}"')
            con.execute("checkpoint")


def month(clock: Clock, deliveries: Path, folder: Path) -> None:
    """The last delivery's month, as `dpor run` does it, over a store in which all before it are closed."""
    run = new_run(deliveries, folder)
    with run.store.locked("run"):
        with clock.running("bring_back"):
            bring_back(run.store, run.out)
        for step in MONTHLY_RUN:
            if step.does is resolve:
                resolve_by_stages(clock, run)
            else:
                with clock.running(name_of(step)):
                    step.does(run)


def history(clock: Clock, kept: Path, folder: Path) -> None:
    """One look at every row of a store."""
    con = connect(folder)
    with clock.running("scan of the store"):
        scan(con, list((kept / "dpor.store").rglob("*.parquet")))


def new_run(deliveries: Path, folder: Path) -> Run:
    return Run(deliveries, Store(folder / "dpor.duckdb"), folder / "statements", max_quarantine=1.0)


def name_of(step: Step) -> str:
    """What its stage is called: the intake is what lies between the survey and the resolution."""
    return f"intake, {step.does.__name__}" if step in UP_TO_RESOLVE[1:] else step.does.__name__


def resolve_by_stages(clock: Clock, run: Run) -> None:
    """`resolve`, with a clock put around what it calls. What no clock is around is the rest.

    Raises RuntimeError where the statement files can't be told from the rest.
    """
    inside = Clock()

    def folder_by_folder(con: Any, folders: Any, *given: Any, **named: Any) -> None:
        for folder in folders:
            inside.timed(FOLDERS.get(folder, folder), work_out)(con, [folder], *given, **named)

    work_out = vars(steps)["work_out"]
    vars(steps)["work_out"] = folder_by_folder
    for name, stage in CALLED.items():
        if name in vars(steps):
            vars(steps)[name] = inside.timed(stage, vars(steps)[name])
    with clock.running(REST):
        resolve(run)
    if STATEMENT_FILES not in inside.stages:
        raise RuntimeError("resolve no longer calls write_files of flows.month.steps: tell CALLED who writes the files")
    rest = clock.stages.pop(REST)
    clock.stages |= inside.stages
    rest.seconds -= sum(stage.seconds for stage in inside.stages.values())
    rest.processor -= sum(stage.processor for stage in inside.stages.values())
    clock.stages[REST] = rest


def processor_seconds() -> float:
    """What this process and its children that have ended took of all cores together, the system's work included."""
    return sum(os.times()[:4])


def scan(con: duckdb.DuckDBPyConnection, paths: list[Path]) -> None:
    """Hashes every row, so that no column can be skipped; files of the same name together."""
    for name in sorted({path.name for path in paths}):
        files = sorted(str(path) for path in paths if path.name == name)
        con.execute("select bit_xor(hash(rows)) from read_parquet($files) as rows", {"files": files}).fetchall()


def waits(path: Path) -> bool:
    return path.name.startswith("waiting-")


PARTS = {part.__name__: part for part in (intake, csv_pass, resolution, resolution_floor, month, history)}


def main() -> None:
    name, *folders = sys.argv[1:]
    clock = Clock()
    PARTS[name](clock, *map(Path, folders))
    print(json.dumps({stage: asdict(taken) for stage, taken in clock.stages.items()}))


if __name__ == "__main__":
    main()
