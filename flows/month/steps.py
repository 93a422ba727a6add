"""The monthly run as a written list of steps.

The steps are plain functions, walked by `dpor run` and, as tasks, by the Prefect flow.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flows.month.refusing import (
    check_deliveries,
    check_in_programme,
    check_period,
    next_to_close,
    refuse_closed,
    refuse_closed_elsewhere,
    refuse_other_currency,
    refuse_out_of_order,
    refuse_too_much,
    see_that_it_can_be_published,
    see_that_nothing_is_in_the_way,
    what_forbids_closing,
)
from flows.month.run import Run
from flows.month.sharding import worked_out_in_shards
from schemas.counts import count_of
from schemas.policy import default_policy, load_policy
from schemas.problems import UnusableInput
from transforms.books.journal import note_closing, refuse_a_second_closing, see_that_it_can_be_noted
from transforms.books.ledger import (
    draft_digest,
    import_ledger,
    judged_otherwise,
    leave_room,
    let_subscriptions_stay,
    write_posted,
)
from transforms.books.store import Noted
from transforms.books.stored import by_feed, inputs_of
from transforms.database.connections import new_database
from transforms.database.finishing import finish
from transforms.database.shared_place import reaching
from transforms.database.warehouse import BEFORE_THE_LEDGER, import_inputs, see_that_sums_fit, work_out
from transforms.files.replacing import put_database_in_place_of
from transforms.intake.admission import WAITING, Admission, Taken
from transforms.intake.staging import stage
from transforms.reading.survey import POLICY_FILE, survey
from transforms.statements.documents import made_with, write_documents
from transforms.statements.publishing import files_aside, put_in_place, write_files
from transforms.statements.summary import summary_of
from transforms.version import VERSION


def survey_deliveries(run: Run) -> str:
    """List the deliveries up to the run's period, settle the period and see that it is open, see which are new.

    A dry run drafts nothing, so it may look at any period's deliveries.
    """
    if run.period is not None:
        check_period(run.period)
    run.unusable = []
    run.deliveries = survey(run.deliveries_folder, run.period, run.unusable)
    try:
        run.policy = load_policy(run.deliveries_folder / POLICY_FILE)
    except UnusableInput as unusable:
        run.unusable += unusable.problems
        run.policy = default_policy()  # only to look at the files too, so that every problem is listed at once
    run.ledger = run.store.closed()
    run.store.sealed_are_whole(run.ledger)
    if run.period is not None and not run.dry:
        refuse_closed(run)
    last_closed = run.ledger[-1].period if run.ledger else None
    sealed_to = min(run.period or last_closed, last_closed) if last_closed else None
    if not run.deliveries:
        run.store.up_to_date([], run.policy, sealed_to)  # refuses: every sealed delivery is missing
    check_deliveries(run)
    refuse_other_currency(run)
    run.period = run.period or run.deliveries[-1].period
    if not run.dry:
        refuse_closed(run)
        check_in_programme(run)
    if run.closes:
        refuse_out_of_order(run)
    run.stored = run.store.up_to_date(run.deliveries, run.policy, sealed_to)
    run.store.undamaged([*run.stored, *run.ledger])
    if not run.dry:
        refuse_closed_elsewhere(run)
    return f"{count_of(len(run.deliveries), 'delivery')} up to {run.period}, {len(run.pending)} of them new or changed"


def read_files(run: Run) -> str:
    """Read, type and check every file of the new deliveries.

    One that can't be used stops the run before anything is stored.
    """
    aside = run.store.aside / "staged"
    aside.mkdir(exist_ok=True)
    run.staged = stage(run.pending, run.policy, aside, run.unusable)
    files = sum(len(delivery.files) for delivery in run.pending)
    return f"{count_of(sum(run.staged.rows_read.values()), 'row')} in {count_of(files, 'file')}"


def take_in(run: Run) -> str:
    """Admit the new deliveries in order, each committed to the store before the next.

    One that was taken out of the folder goes from the store too, lest the period's closing seal it. Raises OSError
    where nothing of them could be published.
    """
    see_that_it_can_be_published(run)
    there = {delivery.period for delivery in run.deliveries}
    gone = [one.period for one in run.store.deliveries(run.month) if one.period not in there]
    admit_each(run, commit=True)
    if run.store.deliveries(run.month) != run.stored:
        run.store.drop_after(run.stored)
    taken_out = f"; {', '.join(gone)} no longer in the folder, so taken out of the store" if gone else ""
    return counted(run.taken) + taken_out


def try_out(run: Run) -> str:
    """Admit the new deliveries in order, storing nothing."""
    admit_each(run, commit=False)
    return counted(run.taken)


def admit_each(run: Run, *, commit: bool) -> None:
    """Admit delivery after delivery.

    Raises TooMuchQuarantined for the first that sets aside too much; those before it stay.
    """
    if not run.pending:
        return
    admission = Admission(by_feed(run.stored), by_feed(run.stored, WAITING))
    for delivery in run.pending[:]:
        folder = run.store.aside / f"in-{delivery.period}"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        if folder not in (path.parent for path in run.quarantined):  # it is where the step is done again
            run.quarantined.append(folder / "quarantine.parquet")
        taken = admission.admit(delivery, run.staged, folder)
        if commit:
            refuse_too_much(taken, run.max_quarantine)
            run.store.drop_after(run.stored)
            stored = run.store.commit(delivery, run.policy, run.stored[-1] if run.stored else None, folder)
            admission.moved(folder, stored.folder)
            run.stored.append(stored)
        run.taken.append(taken)


def resolve(run: Run) -> str:
    """Work out every relation in a new database aside, hold it against the checks, and write the files aside too."""
    run.new_database.unlink(missing_ok=True)
    shutil.rmtree(run.documents, ignore_errors=True)
    for left in (run.new_files, run.new_closing, run.beside):
        shutil.rmtree(left, ignore_errors=True)
        left.mkdir()
    inputs = inputs_of(run.stored)
    with (
        worked_out_in_shards(run, inputs) as shards,
        new_database(run.new_database, run.store.aside) as con,
        reaching(con, run.sharding.place if run.sharding else None),
    ):
        import_inputs(con, inputs, run.policy, run.month, run.state, run.inputs, run.as_known_on)
        import_ledger(con, run.ledger)
        work_out(con, BEFORE_THE_LEDGER, shards)
        see_that_sums_fit(con)
        work_out(con, ["ledger"], judged_otherwise(run.ledger, run.stored, run.policy, run.month, run.beside))
        leave_room(con, run.ledger, run.beside)
        let_subscriptions_stay(con, run.ledger, inputs, run.month, run.beside)
        work_out(con, ["adjustments", "statements", "notifications", "analysis"])
        finish(con)
        if run.closes:
            write_posted(con, run.new_closing)
        run.summary = summary_of(con, next_to_close(run), what_forbids_closing(run))
        run.digest = draft_digest(con)
        write_files(con, run.summary, run.new_files, run.statement_formats, run.documents)
    return "every check passed"


def make_documents(run: Run) -> str:
    """Make the XLSX and PDF of every statement that were asked for, beside the CSV files aside: then all are there."""
    said = "CSV only; --formats csv,xlsx,pdf makes more"
    if run.documents.exists():
        incentives = run.policy.program.incentives
        written = write_documents(run.documents, run.new_files, run.statement_formats, incentives, run.tell)
        shutil.rmtree(run.documents)
        said = written.in_words()
    run.files = files_aside(run.new_files)
    return said


def post(run: Run) -> str:
    """Post the period for good: from this rename on it is closed (P24)."""
    refuse_closed_elsewhere(run)
    refuse_a_second_closing(run.store, run.store.closed())
    see_that_it_can_be_published(run)
    see_that_nothing_is_in_the_way(run)
    see_that_it_can_be_noted(run.store)
    if run.month not in [closed.period for closed in run.store.closed()]:
        note_statements(run)
        closed = run.store.close(
            run.month,
            {
                "policy": run.policy.model_dump(mode="json"),
                "version": VERSION,
                "deliveries": {stored.period: stored.identity for stored in run.stored},
            },
            run.new_closing,
        )
        note_closing(run.store, closed)
    return f"{run.month} is closed"


def note_statements(run: Run) -> None:
    """Note formats and folder before the posting: who mends what is cut off after it can't ask for them any more.

    They are those of the closing, beside those of the draft, if there is one, which stands if the posting itself is cut
    off.
    """
    closing = {f"closing_{what}": {run.month: value} for what, value in statements_noted(run).items()}
    run.store.note_published({**(run.store.published_last() or {}), **closing})


def publish(run: Run) -> str:
    """Put the database and the statements in place of the old ones; the next command mends what is cut off here."""
    refuse_closed_elsewhere(run)
    see_that_it_can_be_published(run)
    see_that_nothing_is_in_the_way(run)
    folder = run.out / run.month
    run.store.note_published(as_published(run, complete=False))
    if run.new_database.exists():
        put_database_in_place_of(run.new_database, run.store.database)
    put_in_place(run.new_files, run.files, folder)
    run.store.note_published(as_published(run, complete=True))
    return f"{run.store.database} and {folder}/"


def as_published(run: Run, *, complete: bool) -> dict[str, Any]:
    """What the store notes when it publishes: what it was, to bring it back; and each open period's draft, to close."""
    policy = run.policy.model_dump(mode="json")
    last_said = run.store.published_last() or {}
    before = last_said.get("drafts", {})
    closed = run.store.closed()
    after = closed[-1].identity if closed else None
    draft = {"deliveries": run.stored[-1].identity, "policy": policy, "digest": run.digest, "after": after}
    last = closed[-1].period if closed else ""
    return {
        "period": run.month,
        "state": run.state,
        "deliveries": run.stored[-1].identity,
        "policy": policy,
        "out": place_noted(run),
        "read_from": run.reads_from or last_said.get("read_from"),
        **{what: {**run.store.noted(what), run.month: value} for what, value in statements_noted(run).items()},
        "complete": complete,
        "last_closed": after,
        "drafts": {period: said for period, said in {**before, run.month: draft}.items() if period > last},
    }


def place_noted(run: Run) -> str:
    """The folder of statements as seen from the store, so that both can be moved together."""
    return os.path.relpath(run.out.resolve(), run.store.root.resolve())


def statements_noted(run: Run) -> dict[Noted, Any]:
    """What the store notes of a period's statements: their formats, their folder, and what makes their documents."""
    return {
        "formats": list(run.statement_formats),
        "outs": place_noted(run),
        "made_with": made_with(),
    }


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
    Step("Making documents", make_documents),
    Step("Publishing", publish),
)
"""What `dpor run` does, in this order, with Prefect or without."""

CLOSING_RUN = (*MONTHLY_RUN[:-1], Step("Posting", post), MONTHLY_RUN[-1])
"""What `dpor run --through P --close` does for each period."""

DRY_RUN = (
    MONTHLY_RUN[0],
    MONTHLY_RUN[1],
    Step("Trying rows out", try_out),
)
"""What `dpor check` does."""


def counted(taken: list[Taken]) -> str:
    """What several deliveries came to, in a line."""
    if not taken:
        return "nothing new"
    return (
        f"{sum(t.accepted for t in taken):,} accepted, {sum(t.duplicates for t in taken):,} duplicate, "
        f"{sum(t.quarantined for t in taken):,} set aside, "
        f"{sum(t.released for t in taken):,} released from earlier deliveries"
    )
