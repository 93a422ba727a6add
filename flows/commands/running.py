"""`dpor run` and `dpor close`: a period drafted or posted, every open one in order, or one as it was known."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from flows.carrying_out import carry_out
from flows.command_line.options import (
    DB,
    DELIVERIES,
    MAX_QUARANTINE,
    OUT,
    Cluster,
    Database,
    Deliveries,
    Formats,
    LastPeriod,
    MaxQuarantine,
    Out,
    Period,
    Place,
    Runner,
    Shards,
)
from flows.command_line.places import check_out, refuse_what_is_hardly_meant
from flows.command_line.suggested import with_places
from flows.command_line.terminal import Terminal
from flows.month.closing import CLOSE, open_periods, saying_what_is_closed
from flows.month.refusing import check_period, next_to_close, what_forbids_closing
from flows.month.restoring import bring_back
from flows.month.reworking import as_known, check_sealed, write_closed_again
from flows.month.run import Run
from flows.month.sharding import sharding_of
from flows.month.walking import check_share, say_what_was_lost, this_run, walk
from schemas.policy import following, span
from schemas.problems import UnusableInput
from transforms.answers.overview import reconcile_and_close, without_its_delivery
from transforms.books.store import Store
from transforms.files.replacing import put_database_in_place_of
from transforms.messages.notifications import message_count
from transforms.statements.documents import formats_of
from transforms.statements.publishing import put_in_place


def run(
    *,
    period: LastPeriod = None,
    through: Annotated[
        str | None, Parameter(name="--through", help="With --close: run every open period up to this one, in order.")
    ] = None,
    close: Annotated[
        bool,
        Parameter(
            name="--close", negative="", show_default=False, help="With --through: close each period once it is run."
        ),
    ] = False,
    as_known_on: Annotated[
        str | None,
        Parameter(
            name="--as-known-on",
            help="Work --period out again from the sealed deliveries up to this one, into files of its own.",
        ),
    ] = None,
    max_quarantine: MaxQuarantine = MAX_QUARANTINE,
    shards: Shards = None,
    runner: Runner = "local",
    cluster: Cluster = None,
    place: Place = None,
    formats: Formats = None,
    db: Database = DB,
    deliveries: Deliveries = DELIVERIES,
    out: Out = OUT,
) -> None:
    """Take in new deliveries and draft a period's statements. Repeat at will: each draft replaces the last.

    Example, one month: dpor run --period 2015-03

    Example, every open month up to June, closed for good: dpor run --through 2015-06 --close

    Example, March again as it was known when May closed: dpor run --period 2015-03 --as-known-on 2015-05
    """
    check_share(max_quarantine)
    if (
        (through is not None) != close
        or (through is not None and (period, as_known_on) != (None, None))
        or (as_known_on is not None and period is None)
    ):
        raise UnusableInput(
            "these options don't go together: write `dpor run [--period P]`, `dpor run --through P --close`,"
            " or `dpor run --period P --as-known-on DELIVERY`"
        )
    sharding = sharding_of(shards, runner, cluster, place)
    if sharding and as_known_on is not None:
        raise UnusableInput("--shards doesn't go with --as-known-on, which works out what was posted")
    wanted = formats_of(formats)
    store = Store(db)
    if as_known_on is None:
        refuse_what_is_hardly_meant(store, deliveries, writes=True)
    if through is not None:
        close_through(this_run(store, deliveries, out, through, max_quarantine, sharding, wanted))
    elif as_known_on is not None and period is not None:
        check_period(period)
        check_out(store, deliveries, out)
        run_as_known(store, period, as_known_on, out, wanted)
    else:
        say_what_it_came_to(carry_out(this_run(store, deliveries, out, period, max_quarantine, sharding, wanted)))


def close_period(
    *,
    period: Period,
    formats: Formats = None,
    db: Database = DB,
    deliveries: Deliveries = DELIVERIES,
    out: Out = OUT,
) -> None:
    """Post a period's draft for good, as last published. Periods close in order, once.

    Example: dpor close --period 2015-03
    """
    store = Store(db)
    refuse_what_is_hardly_meant(store, deliveries, writes=True)
    this = this_run(store, deliveries, out, period, formats=formats_of(formats))
    with saying_what_is_closed(this), store.locked("close"):
        say_what_was_lost(bring_back(store, out))
        walk(CLOSE, this)
    say_what_it_came_to(this)


def close_through(first: Run) -> None:
    """Run and close each open period in order; where all are closed, only bring back what is missing."""
    with first.store.locked("run --through", for_parts=True):
        say_what_was_lost(bring_back(first.store, first.out))
        to_close = open_periods(first)
        again = write_closed_again(first.store, first.month, first.formats) if first.formats else []
        places = first.store, first.deliveries_folder, first.out
        for period in to_close:
            this = this_run(*places, period, first.max_quarantine, first.sharding, first.formats)
            this.closes = True
            with saying_what_is_closed(this):
                carried_out = carry_out(this)
            say_what_it_came_to(carried_out)
    for written in again:
        Terminal().show(f"Written     {written}")
    if not to_close and not again:
        closed = [closing.period for closing in first.store.closed()]
        Terminal().show(f"Nothing to do: every period through {first.period} is closed already ({span(closed)})")


def run_as_known(store: Store, period: str, delivery: str, out: Path, formats: tuple[str, ...] | None) -> None:
    """Work a period out again, aside: into a database and a folder of its own."""
    with store.locked("run --as-known-on"):
        check_sealed(store, delivery)
        this = as_known(store, period, delivery, out, formats)
        database = store.beside(f".{period}-as-known-on-{delivery}.duckdb")
        folder = out / f"{period}-as-known-on-{delivery}"
        put_database_in_place_of(this.new_database, database)
        put_in_place(this.new_files, this.files, folder)
    Terminal().show(this.summary.as_text())
    Terminal().show(f"As known on {delivery}: {folder}/ and {database}")


def say_what_it_came_to(this: Run) -> None:
    """The summary, what was set aside just now, where the files are, and what to do next."""
    folder = this.out / this.month
    forms = ", one ".join(form.upper() for form in this.statement_formats)
    reasons = sum((taken.reasons for taken in this.taken), Counter[str]())
    counted = ", ".join(f"{count} {reason}" for reason, count in sorted(reasons.items()))
    set_aside = [
        *([f"{folder / 'rejected'}/  to send back"] if this.summary.set_aside else []),
        *([f"{counted}, across all deliveries just taken in"] if counted else []),
    ]
    Terminal().show(this.summary.as_text())
    said = [
        f"Statements  {folder}/  one {forms} per MPN ID; summary.html for finance",
        *(f"{'' if place else 'Set aside':<12}{words}" for place, words in enumerate(set_aside)),
        f"Database    {this.store.database}  the rows set aside are in `quarantine`",
        *after_closing(this),
        f"Next        {what_comes_next(this)}",
    ]
    Terminal().show(with_places("\n".join(said)))


def after_closing(this: Run) -> list[str]:
    """What there is to hand out once a period is closed."""
    if not this.closes:
        return []
    (closed,) = (closing for closing in this.store.closed() if closing.period == this.month)
    return [
        f"Messages    {message_count(closed):,} to partners  dpor notify --period {this.month}",
        f"Payments    {this.summary.totals['partners_paid']:,} to make  dpor export --period {this.month}",
    ]


def what_comes_next(this: Run) -> str:
    """The command to type after a run."""
    if this.closes:
        return f"dpor run --period {following(this.month)} when its delivery is there"
    due = next_to_close(this)
    if (to_mend := what_forbids_closing(this)) is not None:
        return to_mend
    if due == this.month and not this.summary.read["files"]:
        return without_its_delivery(due)
    if due == this.month:
        return reconcile_and_close(due)
    first = f"dpor run --period {due}, the first open one"
    if this.month > this.deliveries[-1].period:
        return first
    return f"{first}; or dpor run --through {this.month} --close, all up to this one"
