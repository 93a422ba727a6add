"""What `dpor check` and `dpor status` print: small texts off the store and the database."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

import polars as pl

from schemas.counts import count_of
from schemas.feeds import FEEDS
from schemas.policy import Policy, load_policy, span
from schemas.problems import UserProblem
from transforms.answers.answer import Answer
from transforms.books.store import Store, delivered
from transforms.books.stored import Closed, Stored
from transforms.intake.admission import Taken
from transforms.reading.survey import POLICY_FILE, Delivery, period_due, survey

MOST_SHOWN = 50
LOCATED = ("delivery", "file", "row_number", "reason", "column_name", "detail")
"""Where a row was set aside and why: not what it says, which may be a customer's."""


def intake_overview(
    taken: Sequence[Taken],
    set_aside: pl.LazyFrame,
    *,
    too_much: bool,
    not_there: str | None,
    first_period: str,
) -> Answer:
    """What new deliveries would come to, and the rows that would be set aside (without their content).

    `set_aside` is LOCATED, of any number of rows: the text names the first few, and of more the counts; only JSON has
    all.
    `too_much` says that a run would refuse them for what it would set aside, `not_there` is the period that was asked
    for, where the folder has no delivery of it. `first_period`, the programme's, is the first that a run takes.
    """
    missing = [f"{not_there}: the folder has no delivery of that name.", ""] if not_there else []
    facts = {
        "deliveries": [
            {
                "period": t.period,
                "rows_read": t.rows_read,
                "accepted": t.accepted,
                "duplicates": t.duplicates,
                "set_aside": t.quarantined,
                "released": t.released,
            }
            for t in taken
        ],
        "set_aside": set_aside if taken else [],
        "not_there": not_there,
    }
    if not taken:
        nothing = ["Nothing new: every delivery in the folder has been taken in already.", "", "Nothing to take in."]
        return Answer("\n".join([*missing, *nothing]), facts)
    said = missing + [
        f"{t.period}  {count_of(t.rows_read, 'row')}: {t.accepted:,} accepted, {t.duplicates:,} duplicate,"
        f" {t.quarantined:,} set aside,"
        f" {t.released:,} released from earlier deliveries"
        for t in taken
    ]
    rows = sum(t.quarantined for t in taken)
    if rows:
        said += ["", "Would be set aside:"]
    for delivery, file, row_number, reason, column, detail in set_aside.head(MOST_SHOWN).collect().rows():
        why = _why(file, reason, column, detail)
        said.append(f"  {delivery}/{file} row {row_number}: {why}")
    if rows > MOST_SHOWN:
        said += [f"  and {rows - MOST_SHOWN:,} more", "", "All of them, file by file (--json lists every row):"]
        said += _counted(set_aside)
    next_step = "refuses them as they are" if too_much else "takes these deliveries in"
    said += ["", f"Nothing was stored. `dpor run --period {max(taken[-1].period, first_period)}` {next_step}."]
    return Answer("\n".join(said), facts)


def _counted(set_aside: pl.LazyFrame) -> list[str]:
    """How many rows of a file would be set aside for a reason and column, and where; in the order of the rows."""
    counts = (
        set_aside.with_row_index("place")
        .group_by("delivery", "file", "reason", "column_name")
        .agg(pl.col("place").min(), pl.len(), pl.col("row_number").min().alias("first"), pl.max("row_number"))
        .sort("place")
        .drop("place")
        .collect(engine="streaming")
    )
    said = []
    for delivery, file, reason, column, many, first, last in counts.head(MOST_SHOWN).rows():
        rows = f"row {first}" if many == 1 else f"rows {first} to {last}"
        said.append(f"  {delivery}/{file}, {rows}: {many:,} {_why(file, reason, column, None)}")
    return said + ([f"  and {count_of(counts.height - MOST_SHOWN, 'more line')}"] if counts.height > MOST_SHOWN else [])


def _why(file: str, reason: str, column: str | None, detail: str | None) -> str:
    """Why a row is set aside, and what is expected instead."""
    feed = next(feed for name, feed in FEEDS.items() if file.startswith(name))
    more = detail or feed.expected.get(f"{reason} {column}")
    return f"{reason}{f', {column}' if column else ''}{f': {more}' if more else ''}"


def status_overview(store: Store, deliveries_folder: Path) -> Answer:
    """Which deliveries are in, which periods are closed, drafted and open, and what to do next.

    Raises Refused where the store is damaged: what lies in the folder has nothing to be compared with then.
    """
    stored, closed, drafted = store.deliveries(), store.closed(), store.published_last()
    store.sealed_are_whole(closed)
    closed_periods = [closing.period for closing in closed]
    draft = drafted["period"] if drafted and drafted["period"] not in closed_periods else None
    said = [f"Store     {store.root}/  {count_of(len(stored), 'delivery')} in"]
    sealed = {delivery.period for delivery in stored if closed and delivery.period <= closed_periods[-1]}
    said += [f"  {delivery.period}  {'sealed' if delivery.period in sealed else 'open'}" for delivery in stored]
    said.append(f"Closed    {span(closed_periods)}")
    noted = (drafted or {}).get("drafts", {})
    drafts = sorted(noted)
    last = f"; {draft} last" if draft and len(drafts) > 1 else ""
    said.append(f"Drafted   {', '.join(drafts) or 'none'}{last}")
    facts: dict[str, Any] = {
        "store": store.root,
        "deliveries": [{"period": one.period, "sealed": one.period in sealed} for one in stored],
        "closed": closed_periods,
        "drafted": draft,
        "drafts": drafts,
        "folder": deliveries_folder,
    }
    try:
        folder = survey(deliveries_folder, None)
        policy = load_policy(deliveries_folder / POLICY_FILE)
    except UserProblem as problem:
        unusable = [f"Folder    {deliveries_folder}/ can't be used:", *(f"  {p}" for p in problem.problems)]
        return Answer("\n".join([*said, *unusable]), facts | {"problems": list(problem.problems)})
    new = [delivery.period for delivery in folder if not _is_in(delivery, stored, sealed, policy)]
    gone = [one.period for one in stored if one.period not in {delivery.period for delivery in folder}]
    if gone:
        said.append(f"Missing   {', '.join(gone)}: in the store, but not in {deliveries_folder}/")
    said.append(f"Folder    {deliveries_folder}/  {', '.join(new) + ' new or changed' if new else 'nothing new'}")
    differing = [*new, *gone]
    first_period = policy.dates.first_period
    step = "put a delivery into the folder"
    if store.is_empty() and store.database.exists():  # which no run would replace
        step = (
            f"name the database of the books with --db: {store.root} isn't there,"
            f" so {store.database} can only be queried"
        )
    elif closed or folder:
        due = period_due(closed_periods, folder, first_period)
        facts["statements"] = store.place(due) or (store.place(drafted["period"]) if drafted else None)
        standing = _standing(noted, stored, closed, policy, differing)
        step = _next_step(due, differing, stored, closed_periods, standing, draft, first_period)
    return Answer("\n".join([*said, f"Next      {step}"]), facts | {"new": new, "missing": gone, "next": step})


def _standing(
    drafts: Mapping[str, Mapping[str, Any]],
    stored: Sequence[Stored],
    closed: Sequence[Closed],
    policy: Policy,
    differing: Sequence[str],
) -> list[str]:
    """The periods whose drafts are of today's deliveries, policy and closings: none from the first that differs on."""
    last_closed = closed[-1].identity if closed else None
    return [
        period
        for period, draft in sorted(drafts.items())
        if draft["policy"] == policy.model_dump(mode="json")
        and [draft["deliveries"]] == [one.identity for one in stored if one.period <= period][-1:]
        and draft.get("after") == last_closed
        and period < min(differing, default="9")
    ]


def _next_step(
    due: str,
    new: Sequence[str],
    stored: Sequence[Stored],
    closed: Sequence[str],
    standing: Sequence[str],
    published: str | None,
    first_period: str,
) -> str:
    """The command to type for the period that is the next to close.

    `new` are the deliveries that the folder has otherwise than the store, `standing` the periods whose drafts are still
    of today's, `published` the one whose draft the database holds.
    """
    sealed_changed = [period for period in new if closed and period <= closed[-1]]
    if sealed_changed:
        return (
            f"{', '.join(sorted(sealed_changed))} closed with other files than are there now: put them back as they"
            " were, and put what is new or corrected into the delivery of an open period"
        )
    if due < first_period:
        return back_to(due)
    if due in standing and due not in [delivery.period for delivery in stored]:
        return without_its_delivery(due)
    if due in standing and due == published:
        return reconcile_and_close(due)
    if due in standing:
        return (
            f"dpor run --period {due}, since the database holds a later draft now; then dpor reconcile --period {due}"
        )
    if due <= max([*new, *(delivery.period for delivery in stored)], default=""):
        return f"dpor check --period {due}, then dpor run --period {due}"
    if new:
        return f"dpor run --period {due} takes in what was delivered before it; its own delivery isn't there yet"
    return f"nothing to do until the delivery of {due}"


def reconcile_and_close(due: str) -> str:
    """What to do about a draft that can close."""
    return f"dpor reconcile --period {due}; when every total agrees, dpor close --period {due}"


def back_to(due: str) -> str:
    """What to do where the policy's first period leaves out the next month to close."""
    return f"set first_period in {POLICY_FILE} to {due} or earlier: that is the next to close, and none can be left out"


def without_its_delivery(period: str) -> str:
    """What to do about a period that is drafted, and due, before anything of it was delivered."""
    return f"dpor run --period {period} when its delivery is there; dpor close --period {period} closes it without one"


def _is_in(delivery: Delivery, stored: Sequence[Stored], sealed: Collection[str], policy: Policy) -> bool:
    """Whether a delivery is in as a run would take it in today; of a sealed one only the files count."""
    taken = next((one.manifest["delivered"] for one in stored if one.period == delivery.period), None)
    today = delivered(delivery, policy)
    if taken is not None and delivery.period in sealed:
        return bool(taken["files"] == today["files"])
    return bool(taken == today)
