"""The `dpor` program: what each command takes, says, and exits with. Knows nothing of Prefect but when to hand over to it."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import duckdb
from cyclopts import App, CycloptsError, Parameter
from polars.exceptions import PolarsError

from flows.steps import DRY_RUN, MONTHLY_RUN, Run, Step, bring_back
from flows.terminal import Terminal
from schemas.problems import Refused, UnusableInput, UserProblem
from transforms.explanation import explain as explanation
from transforms.overview import intake_overview, statement_on_terminal, status_overview
from transforms.store import Store, StoreBusy
from transforms.warehouse import DatabaseUnreadable, reading

app = App(
    name="dpor",
    help="Pays partners of record for the cloud seats they deploy: from monthly deliveries to capped statements per MPN ID.",
    help_format="plaintext",
    version_flags=["--version"],
)

Database = Annotated[Path, Parameter(name="--db", help="The database; its store of record lies beside it.")]
Deliveries = Annotated[Path, Parameter(name="--deliveries", help="The folder of deliveries, one sub-folder a month.")]
Out = Annotated[Path, Parameter(name="--out", help="Where statements go, a sub-folder a period.")]
MaxQuarantine = Annotated[
    float,
    Parameter(
        name="--max-quarantine", help="The share of a delivery's rows that may be set aside before the run stops."
    ),
]
Period = Annotated[str, Parameter(name="--period", help="The period, as 2015-03.")]
LastPeriod = Annotated[
    str | None, Parameter(name="--period", help="The period, as 2015-03; without it, the last delivery's.")
]

DB, DELIVERIES, OUT = Path("dpor.duckdb"), Path("data/sample"), Path("statements")


@app.command
def run(
    *,
    period: LastPeriod = None,
    max_quarantine: MaxQuarantine = 0.05,
    db: Database = DB,
    deliveries: Deliveries = DELIVERIES,
    out: Out = OUT,
) -> None:
    """Take in what is new and draft a period's statements. May be repeated at will; a draft replaces itself.

    Example: dpor run --period 2015-03
    """
    check_share(max_quarantine)
    if os.environ.get("PREFECT_API_URL"):
        from flows.monthly_run import monthly_run  # importing Prefect takes seconds that a person need not wait

        this = monthly_run(period, max_quarantine, db, deliveries, out)
    else:
        this = Run(deliveries, Store(db), out, period, max_quarantine)
        with this.store.locked("run"):
            walk(MONTHLY_RUN, this)
    Terminal().show(this.summary.as_text())
    Terminal().next_steps(
        f"Statements  {out / this.month}/  one CSV an MPN ID; summary.txt and summary.csv for finance",
        *([f"Set aside   {out / this.month / 'rejected'}/  to send back"] if this.summary.set_aside else []),
        f"Database    {db}",
        f"Next        dpor explain SUBSCRIPTION --period {this.month}, dpor statement MPN_ID --period {this.month}, dpor status",
    )


@app.command
def check(
    *,
    period: LastPeriod = None,
    max_quarantine: MaxQuarantine = 0.05,
    db: Database = DB,
    deliveries: Deliveries = DELIVERIES,
) -> None:
    """Read the new deliveries and say what would be accepted or set aside, and why. Stores nothing.

    Example: dpor check --period 2015-03
    """
    check_share(max_quarantine)
    store = Store(db)
    this = Run(deliveries, store, OUT, period, max_quarantine)
    with store.locked("check"):
        walk(DRY_RUN, this)
        Terminal().show(intake_overview(this.taken, this.set_aside))


@app.command
def status(*, db: Database = DB, deliveries: Deliveries = DELIVERIES) -> None:
    """Which deliveries are in, which periods are drafted, and what to do next.

    Example: dpor status
    """
    store = Store(db)
    brought_back(store)
    Terminal().show(status_overview(store, deliveries))


@app.command
def explain(subscription: str, /, *, period: Period, db: Database = DB) -> None:
    """Why this partner, or nobody, is paid for a subscription: what mattered, and the rule that decided.

    Example: dpor explain contoso-e1 --period 2015-03
    """
    answer(db, lambda con: explanation(con, subscription, period))


@app.command
def statement(mpn_id: str, /, *, period: Period, db: Database = DB) -> None:
    """One partner's statement on the terminal.

    Example: dpor statement 1100001 --period 2015-06
    """
    answer(db, lambda con: statement_on_terminal(con, mpn_id, period))


def walk(steps: tuple[Step, ...], this: Run) -> None:
    """Do the steps one after the other, saying what goes on."""
    terminal = Terminal()
    for step in steps:
        with terminal.step(step.says) as done:
            done(step.does(this))


def answer(db: Path, question: Callable[[duckdb.DuckDBPyConnection], str]) -> None:
    """Ask the published database, brought back first if it was lost."""
    store = Store(db)
    brought_back(store)
    if not db.exists():
        raise UnusableInput(f"{db}: no database: `dpor run` makes one, or name another with --db")
    try:
        with reading(db) as con:
            Terminal().show(question(con))
    except DatabaseUnreadable as error:
        raise Refused(f"{error}", "`dpor run` makes the database anew from the store") from error


def brought_back(store: Store) -> None:
    """Restore what was lost of the last draft, and say so; while another run holds the store, that one sees to it."""
    if store.drafted() is None:
        return
    try:
        with store.locked("restore"):
            lost = bring_back(store)
    except StoreBusy:
        return
    if lost:
        print(f"dpor: {lost} was lost and has been brought back from the store", file=sys.stderr)


def check_share(share: float) -> None:
    if not 0 <= share <= 1:
        raise UnusableInput(f"--max-quarantine {share}: a share lies between 0 and 1, as 0.05 for 5%")


def main() -> None:
    """Run one command and exit with the contract's code; a traceback is shown for a bug of ours only."""
    sys.exit(exit_code(sys.argv[1:]))


def exit_code(arguments: list[str]) -> int:
    """Run one command; returns 0, or the code of what went wrong after saying so on stderr."""
    try:
        app(arguments, exit_on_error=False, print_error=False)
    except CycloptsError as error:
        return said(2, f"{error}".strip(), "`dpor --help` lists the commands")
    except UserProblem as problem:
        return said(problem.exit_code, *problem.problems)
    except KeyboardInterrupt:
        return said(130, "interrupted; what was published before still stands, and the same command goes on from there")
    except Exception as error:
        if not is_fault_of_disk(error):
            traceback.print_exc()
            return said(1, "this is a bug of dpor's, and nothing was published; please report it with the lines above")
        return said(
            4, f"{error}", "nothing was published; make room or give permission, then run the same command again"
        )
    return 0


def is_fault_of_disk(error: Exception) -> bool:
    """No space, no permission, a folder that can't be written: said by Python, DuckDB or Polars."""
    return (
        isinstance(error, OSError | duckdb.IOException)
        or (isinstance(error, duckdb.OutOfMemoryException) and "max_temp_directory_size" in str(error))
        or (isinstance(error, PolarsError) and "os error" in str(error))
    )


def said(code: int, *lines: str) -> int:
    for line in lines:
        print(f"dpor: {line}", file=sys.stderr)
    return code


if __name__ == "__main__":
    main()
