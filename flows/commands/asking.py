"""The commands that only read: `check`, `status`, `explain`, `statement`, `reconcile`, `verify`; as text or as JSON."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import duckdb
from cyclopts import Parameter

from flows.command_line.options import (
    DB,
    DELIVERIES,
    MAX_QUARANTINE,
    OUT,
    AsJson,
    Database,
    Deliveries,
    LastPeriod,
    MaxQuarantine,
    Period,
)
from flows.command_line.places import deliveries_meant, refuse_what_is_hardly_meant
from flows.command_line.suggested import remember_place, with_places
from flows.command_line.terminal import Terminal
from flows.commands.paying import held_against_statements
from flows.month.proving import verify
from flows.month.refusing import check_period, is_too_much, refuse_too_much
from flows.month.steps import DRY_RUN
from flows.month.walking import bring_back_unless_busy, bring_back_what_was_lost, check_share, this_run, walk
from schemas.one_line import one_line
from schemas.problems import Difference, Refused, UnusableInput, UserProblem
from transforms.answers.answer import Answer
from transforms.answers.control_totals import control_totals
from transforms.answers.explanation import explain as explanation
from transforms.answers.one_statement import statement_on_terminal
from transforms.answers.overview import intake_overview, status_overview
from transforms.books.store import Store
from transforms.books.stored import are_strays
from transforms.database.connections import DatabaseHeld, DatabaseUnreadable, reading
from transforms.files.holding import LOOKING

Subscription = Annotated[str, Parameter(help="The subscription's id.")]
Partner = Annotated[str, Parameter(help="The partner's MPN ID, seven digits.")]


def check(
    *,
    period: LastPeriod = None,
    max_quarantine: MaxQuarantine = MAX_QUARANTINE,
    json: AsJson = False,
    db: Database = DB,
    deliveries: Deliveries = DELIVERIES,
) -> None:
    """Read the new deliveries and say what would be accepted or set aside, and why. Stores nothing.

    Example: dpor check --period 2015-03
    """
    check_share(max_quarantine)
    store = Store(db)
    refuse_what_is_hardly_meant(store, deliveries)
    this = this_run(store, deliveries, None, period, max_quarantine)
    this.dry = True
    with store.looked_at("check"):
        bring_back_what_was_lost(store)
        walk(DRY_RUN, this)
        refused = [taken for taken in this.taken if is_too_much(taken, max_quarantine)]
        not_there = None if this.month in [delivery.period for delivery in this.deliveries] else this.month
        found = intake_overview(
            this.taken,
            this.set_aside,
            too_much=bool(refused),
            not_there=not_there,
            first_period=this.policy.dates.first_period,
        )
        show(found, json, suggests=True)
        for taken in refused:
            refuse_too_much(taken, max_quarantine)


def status(*, json: AsJson = False, db: Database = DB, deliveries: Deliveries = DELIVERIES) -> None:
    """Which deliveries are in, which periods are drafted or closed, and what to do next.

    Example: dpor status
    """
    store = Store(db)
    bring_back_unless_busy(store)
    found = status_overview(store, deliveries_meant(store, deliveries))
    remember_place("--out", found.facts.get("statements") or OUT, OUT)
    if "next" in found.facts:
        found.facts["next"] = with_places(found.facts["next"])
    show(found, json, suggests=True)


def explain(subscription: Subscription, /, *, period: Period, json: AsJson = False, db: Database = DB) -> None:
    """Why this partner, or nobody, is paid for a subscription: what happened, and the rule that decided.

    Example: dpor explain contoso-e1 --period 2015-03
    """
    check_period(period)
    show(answer(db, lambda con: explanation(con, subscription, period)), json)


def statement(mpn_id: Partner, /, *, period: Period, json: AsJson = False, db: Database = DB) -> None:
    """One partner's statement on the terminal.

    Example: dpor statement 1100001 --period 2015-06
    """
    check_period(period)
    store = Store(db)

    def question(con: duckdb.DuckDBPyConnection) -> Answer:
        closed = store.closed() if store.root.exists() else []
        try:
            return statement_on_terminal(con, mpn_id, period, closed)
        except duckdb.Error:
            store.undamaged([closing for closing in closed if closing.period <= period])
            raise

    show(answer(db, question, store.root), json)


def reconcile(
    *,
    period: Period,
    payments: Annotated[
        Path | None,
        Parameter(
            name="--payments",
            help="What finance really paid: the file of `dpor export`, filled in; or a CSV of mpn_id, period, amount.",
        ),
    ] = None,
    json: AsJson = False,
    db: Database = DB,
) -> None:
    """Control totals of a period, both sides of each; with --payments, its statements against what was really paid.

    Example: dpor reconcile --period 2015-06 --payments payments-2015-06.csv
    """
    check_period(period)

    def question(con: duckdb.DuckDBPyConnection) -> Answer:
        totals = control_totals(con, period)
        if payments is None:
            return totals
        paid = held_against_statements(con, Store(db), period, payments, aside)
        return Answer(
            f"{totals.text}\n\n{paid.text}", totals.facts | {"payments": paid.facts}, totals.stands and paid.stands
        )

    with TemporaryDirectory() as name:
        aside = Path(name)
        found = answer(db, question, aside)
    show(found, json)
    if not found.stands:
        raise Difference(f"{period}: differences were found, marked ✗ above")


def verify_store(*, json: AsJson = False, db: Database = DB) -> None:
    """Re-read the whole store, work out every closed period again, and compare that with what was posted and written.

    Example: dpor verify
    """
    store = Store(db)
    if store.is_empty():
        raise UnusableInput(f"{store.root}: no store there, so nothing to verify: name another database with --db")
    checked: list[dict[str, object]] = []
    wrong: list[str] = []
    remedies: dict[str, None] = {}
    last = None
    with store.looked_at("verify"):
        with suppress(UserProblem):  # what is damaged is named below
            bring_back_what_was_lost(store)
        for proof in verify(store):
            checked.append({"what": proof.what, "problems": proof.problems})
            wrong += proof.problems
            remedies.update({} if are_strays(proof.problems) else {proof.remedy: None})
            if not json:
                mark = "✗" if proof.problems else "✓"
                problems = [f"    {one_line(problem)}" for problem in proof.problems]
                Terminal().show("\n".join([f"{mark} {proof.what}", *problems]))
    with suppress(UserProblem):
        for closing in store.closed()[-1:]:
            last = f"{closing.period} {closing.identity}"
            if not json:
                Terminal().show(f"  last closing: {last}")
    if json:
        show(Answer("", {"checked": checked, "differences": len(wrong), "last_closing": last}), json)
    if wrong:
        raise Difference(f"differences found: {len(wrong)}, marked ✗ above", *remedies)


def answer(db: Path, question: Callable[[duckdb.DuckDBPyConnection], Answer], aside: Path | None = None) -> Answer:
    """Ask the published database, brought back first if it was lost; `aside` is a folder that it may read too.

    If it turns out to be broken when it is asked, it is made anew from the store and asked again.
    """
    store = Store(db)
    bring_back_unless_busy(store)
    try:
        return asked(db, question, aside)
    except DatabaseUnreadable as error:
        if isinstance(error, DatabaseHeld) or store.is_empty() or not store.may_be_written or not db.is_file():
            raise as_a_refusal(error, store) from error
        with store.locked(LOOKING):
            broken = db.rename(store.broken)
            try:
                bring_back_what_was_lost(store)
            finally:
                if db.exists():
                    broken.unlink()
                else:  # what can't be made anew stays as it is
                    broken.rename(db)
    try:
        return asked(db, question, aside)
    except DatabaseUnreadable as error:
        raise as_a_refusal(error, store) from error


def asked(db: Path, question: Callable[[duckdb.DuckDBPyConnection], Answer], aside: Path | None) -> Answer:
    """Ask a database. Raises DatabaseUnreadable, and UnusableInput where there is none."""
    if not db.exists():
        raise UnusableInput(f"{db}: no database: `dpor run` makes one, or name another with --db")
    with reading(db, aside) as con:
        return question(con)


def as_a_refusal(error: DatabaseUnreadable, store: Store) -> Refused:
    """A database that can't be asked, with what to do: made anew from the store, if there is one."""
    anew = f"name another with --db: {store.root} isn't there to rebuild it from"
    return Refused(f"{error}", anew if store.is_empty() else "`dpor run` rebuilds it from the store")


def show(found: Answer, as_json: bool, *, suggests: bool = False) -> None:
    """Show an answer; of one that suggests commands, each with the places that it needs.

    What was delivered is shown as it came, though a partner be called like a command.
    """
    Terminal().show(found.as_json() if as_json else with_places(found.text) if suggests else found.text)
