"""What a run is refused for, before anything is changed: what was asked for, the order of closing, places, bad rows."""

from __future__ import annotations

import os
import re
import tempfile
from contextlib import suppress
from decimal import Decimal
from pathlib import Path

from flows.command_line.options import OUT
from flows.command_line.places import statements_meant
from flows.command_line.suggested import remember_place
from flows.month.run import Run
from schemas.policy import PERIOD_FORM, following
from schemas.problems import Refused, TooMuchQuarantined, UnusableInput
from transforms.answers.overview import back_to
from transforms.books.store import Store
from transforms.books.stored import Closed
from transforms.files.replacing import naming
from transforms.intake.admission import Taken
from transforms.reading.survey import POLICY_FILE, period_due
from transforms.statements.publishing import are_closed_statements, stale_files

AT_LEAST_QUARANTINED = 20
"""A small delivery may set aside this many rows whatever their share."""

MOST_YEARS_AHEAD = 10
"""A period that is further from the last delivery is mistyped, and a draft of it would stay for good."""


def check_period(period: str) -> None:
    """Raises UnusableInput for what is no period."""
    if not re.fullmatch(PERIOD_FORM, period):
        raise UnusableInput(f"{period}: not a period: write it as 2015-03")


def check_deliveries(run: Run) -> None:
    """Raises UnusableInput where no delivery was found."""
    if not run.deliveries:
        named = f" up to {run.period}" if run.period else ""
        missing = f"{run.deliveries_folder}: no delivery{named}: a delivery is a folder with a name such as 2015-03"
        raise UnusableInput(*run.unusable, missing)


def check_in_programme(run: Run) -> None:
    """Raises UnusableInput where the run's period is before the programme's first, or years after the last delivery."""
    first = run.policy.dates.first_period
    if run.month < first:
        raise UnusableInput(
            f"{run.month}: before the programme's first period, {first}",
            back_to(next_to_close(run))
            if run.ledger
            else f"`dpor run --period {first}` takes in what was delivered before it, too",
        )
    refuse_far_ahead(run.month, run.deliveries[-1].period)


def refuse_far_ahead(period: str, last_delivered: str) -> None:
    """Raises UnusableInput for a period that is mistyped."""
    if is_far_ahead(period, last_delivered):
        raise UnusableInput(
            f"{period}: more than {MOST_YEARS_AHEAD} years after the last delivery, {last_delivered}",
            "name the period you mean: `dpor status` says which is next",
        )


def is_far_ahead(period: str, last_delivered: str) -> bool:
    """Whether a period is so long after a delivery that it is mistyped."""
    year, month = last_delivered.split("-")
    return period > f"{int(year) + MOST_YEARS_AHEAD:04}-{month}"


def next_to_close(run: Run) -> str:
    """The period that can close next."""
    return period_due([closed.period for closed in run.ledger], run.deliveries, run.policy.dates.first_period)


def what_forbids_closing(run: Run) -> str | None:
    """What is to be mended before any period can close: the policy's first period leaves out the one that is next."""
    due = next_to_close(run)
    return back_to(due) if due < run.policy.dates.first_period else None


def refuse_out_of_order(run: Run) -> None:
    """Raises Refused where an earlier period than the one that is to close is still open (P24)."""
    due = next_to_close(run)
    if run.month != due:
        raise Refused(
            f"{run.month}: periods close in order, and {due} is still open",
            what_forbids_closing(run)
            or f"`dpor run --period {due}` and `dpor close --period {due}` first,"
            f" or `dpor run --through {run.month} --close` for all of them",
        )


def refuse_other_currency(run: Run) -> None:
    """Raises Refused where the policy's currency isn't that of what is posted, whose balances go on."""
    if run.ledger and run.ledger[-1].policy.payment.currency != run.policy.payment.currency:
        raise Refused(
            f"{POLICY_FILE}: amounts in {run.policy.payment.currency}, but {run.ledger[-1].period} closed in"
            f" {run.ledger[-1].policy.payment.currency}, and its balances and adjustments carry on into what follows",
            "put the currency back; for another one start separate books, with another --db and --out",
        )


def refuse_closed(run: Run) -> None:
    """Raises Refused where the run's period is closed, or before one that is (P24)."""
    if run.ledger and run.month <= run.ledger[-1].period:
        first, last = run.ledger[0].period, run.ledger[-1].period
        if run.month < first:
            raise Refused(
                f"{run.month}: before {first}, the first period that closed: what it earned was an adjustment there",
                "what has come to light since is an adjustment in the next statement:"
                f" `dpor run --period {following(last)}`",
            )
        raise Refused(
            f"{run.month}: closed for good: {last} is the last closed period",
            f"`dpor statement MPN_ID --period {run.month}` shows what was posted; what came to light since"
            f" is an adjustment in the next statement: `dpor run --period {following(last)}`",
        )


def refuse_without_books(store: Store) -> None:
    """Raises Refused where nothing was ever taken in: another database is meant."""
    if store.is_empty():
        raise Refused(
            f"{store.root}: no store there, so {store.database} has no books",
            "name the right database with --db; `dpor run` starts new books",
        )


def closed_period(store: Store, period: str, made: str) -> Closed:
    """A closed period, undamaged. Raises Refused where it is open; `made` says what closing makes, for the message."""
    check_period(period)
    refuse_without_books(store)
    closed = {closing.period: closing for closing in store.closed()}
    if period not in closed:
        refuse_what_never_closes(store, period)
        remember_place("--out", statements_meant(store, period), OUT)
        raise Refused(
            f"{period}: not closed: {made}",
            f"`dpor status` says what is due; once it is drafted, `dpor close --period {period}` closes it",
        )
    store.undamaged([closed[period]])
    return closed[period]


def refuse_what_never_closes(store: Store, period: str) -> None:
    """Raises Refused for an open period that can't close any more, or never could."""
    closed, delivered = [closing.period for closing in store.closed()], [one.period for one in store.deliveries()]
    if not delivered:
        return
    policy = (store.published_last() or {}).get("policy")
    first = closed[0] if closed else max(delivered[0], policy["dates"]["first_period"] if policy else "")
    if period < first:
        what = "closed" if closed else "can close"
        raise Refused(
            f"{period}: before {first}, the first period that {what}: it has no statements of its own",
            f"what the programme's months before {first} earned is an adjustment there",
        )
    if is_far_ahead(period, delivered[-1]):
        raise Refused(
            f"{period}: more than {MOST_YEARS_AHEAD} years after the last delivery, {delivered[-1]}",
            "name the period you mean; `dpor status` says which are closed",
        )


def refuse_closed_elsewhere(run: Run) -> None:
    """Raises Refused where a period's statements would replace closed ones that other books have posted."""
    folder = run.out / run.month
    is_posted_here = run.month in [closed.period for closed in run.store.closed()]
    if not is_posted_here and are_closed_statements(folder):
        raise Refused(
            f"{folder}: holds closed statements that these books never posted",
            "if the store was put back from a backup, put back a newer one; otherwise name another --out for these"
            " books' statements, or remove the folder if there are no other books any more",
        )


def is_too_much(taken: Taken, limit: float) -> bool:
    """Whether a delivery sets aside more than `limit` of its rows, and more than a few."""
    return taken.counted > AT_LEAST_QUARANTINED and taken.counted > Decimal(str(limit)) * taken.rows_read


def refuse_too_much(taken: Taken, limit: float) -> None:
    """Raises TooMuchQuarantined where a delivery sets aside more than `limit` of its rows, and more than a few."""
    if is_too_much(taken, limit):
        reasons = ", ".join(f"{count} {reason}" for reason, count in sorted(taken.reasons.items()))
        raise TooMuchQuarantined(
            f"{taken.period}: {taken.counted} of {taken.rows_read} rows would be set aside, more than {limit * 100:g}%:"
            f" {reasons}",
            f"nothing of {taken.period} or later was stored: `dpor check --period {taken.period}` lists the rows;"
            " have the delivery corrected, or allow a larger share with --max-quarantine",
        )


def see_that_it_can_be_published(run: Run) -> None:
    """Raises OSError where the database or the statements can't be written, before anything is replaced or posted."""
    see_that_files_can_be_written(run.store.database.parent)
    see_that_it_can_be_replaced(run.store.database)
    see_that_files_can_be_written(run.out / run.month)


def see_that_nothing_is_in_the_way(run: Run) -> None:
    """Raises Refused where something stands where statements are about to be written; OSError where it must stay."""
    folder = run.out / run.month
    rejected = folder / "rejected"
    in_the_way = [
        f"{folder / name}: a folder, where a file is to be written" for name in run.files if (folder / name).is_dir()
    ]
    if os.path.lexists(rejected) and not rejected.is_dir():
        in_the_way.append(f"{rejected}: not a folder, where one is to be made")
    if in_the_way:
        raise Refused(*in_the_way, "remove it")
    folder.mkdir(parents=True, exist_ok=True)
    for place in {name.parent for name in run.files}:
        see_that_files_can_be_written(folder / place)
    for name in [*run.files, *stale_files(folder, run.files)]:
        see_that_it_can_be_replaced(folder / name)


def see_that_it_can_be_replaced(file: Path) -> None:
    """Raises OSError where what is there must stay, as another's file in a sticky folder, or one made immutable.

    Only the system knows. It says so before it says that a file is no folder; and no file is taken away as a folder is.
    """
    with suppress(FileNotFoundError, NotADirectoryError):
        file.rmdir()


def see_that_files_can_be_written(folder: Path) -> None:
    """Raises OSError where no file can be written to a folder or, where there is none yet, to what it would lie in."""
    there = next(place for place in (folder, *folder.absolute().parents) if os.path.lexists(place))
    with naming(there), tempfile.TemporaryFile(dir=there):
        pass
