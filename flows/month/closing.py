"""Closing periods, in order and once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from flows.command_line.machine import in_words, is_fault_of_disk, what_to_do
from flows.month.refusing import check_period, next_to_close, refuse_out_of_order, refuse_without_books
from flows.month.run import Run
from flows.month.steps import (
    Step,
    make_documents,
    post,
    publish,
    read_files,
    resolve,
    survey_deliveries,
)
from schemas.policy import following
from schemas.problems import Refused, UnusableInput
from transforms.books.journal import refuse_a_second_closing


def see_that_it_can_close(run: Run) -> str:
    """Raises Refused unless the period is the next to close and its draft is of today's deliveries and policy."""
    refuse_without_books(run.store)
    refuse_a_second_closing(run.store, run.store.closed())
    survey_deliveries(run)
    if run.unusable:
        raise UnusableInput(*run.unusable)
    refuse_out_of_order(run)
    draft = (run.store.published_last() or {}).get("drafts", {}).get(run.month)
    drafts, look = f"`dpor run --period {run.month}` drafts it", "have a look at its summary before closing"
    if draft is None:
        raise Refused(f"{run.month}: not drafted", f"{drafts}; {look}")
    anew = f"{drafts} anew; {look}"
    if run.pending or draft["deliveries"] != run.stored[-1].identity:
        raise Refused(f"{run.month}: its deliveries have changed since it was drafted", anew)
    if draft["policy"] != run.policy.model_dump(mode="json"):
        raise Refused(f"{run.month}: the policy has changed since it was drafted", anew)
    run.drafted_digest = draft["digest"]
    run.closes = True
    return f"{run.month} is the next to close, and its draft was made from today's deliveries"


def see_that_the_draft_stands(run: Run) -> str:
    """Raises Refused where what is about to be posted isn't what was published as the draft, to the cent."""
    if run.digest != run.drafted_digest:
        raise Refused(
            f"{run.month}: the result differs from its draft: a period has been closed or dpor updated since",
            f"`dpor run --period {run.month}` drafts it anew; have a look at its summary before closing",
        )
    return "the same as the draft that was published last"


CLOSE = (
    Step("Looking at the draft", see_that_it_can_close),
    Step("Working it out again", resolve),
    Step("Comparing", see_that_the_draft_stands),
    Step("Making documents", make_documents),
    Step("Posting", post),
    Step("Publishing", publish),
)
"""What `dpor close` does."""


@contextmanager
def saying_what_is_closed(run: Run) -> Iterator[None]:
    """Raises Refused where a fault of the disk comes after the posting: the same command again would be refused."""
    try:
        yield
    except Exception as error:
        if not is_fault_of_disk(error) or run.period not in [closed.period for closed in run.store.closed()]:
            raise
        raise Refused(
            in_words(error),
            f"{run.period} is closed; {what_to_do(error)}: the next command completes what isn't written yet",
        ) from error


def open_periods(run: Run) -> list[str]:
    """The periods up to the run's that are still to close, in order.

    Raises UnusableInput where none ever can, or with every problem of every new file: of several periods none is closed
    where a file of a later one can't be used.
    """
    check_period(run.month)
    run.ledger = run.store.closed()
    if run.ledger and run.month <= run.ledger[-1].period:
        return []
    refuse_a_second_closing(run.store, run.ledger)
    survey_deliveries(run)
    periods = []
    period = next_to_close(run)
    while period <= run.month:
        periods.append(period)
        period = following(period)
    if run.unusable or len(periods) > 1:  # of a single one, the run itself finds them
        read_files(run)
    return periods
