"""What a month's claims are: OSA forms, DPOR events, and the reviews of their proofs."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
import polars as pl

from benchmarks.made_up.names import (
    BAD_SHARE,
    GO_LIVE,
    LAST_FORMS,
    OPEN,
    SERVICES,
    Ints,
    chosen,
    dates,
    day_number,
    first_day,
    ids,
    mpn_ids,
    numbered,
)
from benchmarks.made_up.world import World


def forms_feed(world: World, month: int) -> pl.DataFrame:
    """Most in the first month; some each month until the method closes, many of which contest another; few after."""
    chance = world.chance(month, 4)
    share = 0.55 if month == 0 else 0.03 if month <= LAST_FORMS else 0.001
    groups = np.flatnonzero(
        (chance.random(len(world.form_partner)) < share) & (world.customer_month[world.group_customer] <= month)
    )
    size = len(groups)
    numbers = numbered(month, size)
    partner = np.where(
        chance.random(size) < 0.5 + 0.5 * (month == 0), world.group_partner[groups], world.draw_partners(chance, size)
    )
    days = day_number(first_day(month)) + chance.integers(-90 if month == 0 else 0, 28, size)
    service = chosen(SERVICES, world.group_service[groups])
    spoilt = pl.Series(chance.random(size) < BAD_SHARE)
    frame = pl.DataFrame(
        {
            "form_id": ids("form-", numbers),
            "received_on": dates(days),
            "customer_id": ids("cust-", world.group_customer[groups]),
            "service": service,
            "mpn_id": mpn_ids(partner),
        }
    ).with_columns(service=pl.when(spoilt).then(pl.lit("AZURE")).otherwise("service"))

    before = world.form_number[groups]
    contests = (before >= 0) & (world.form_partner[groups] != partner) & (month <= LAST_FORMS)
    review(world, month, 10, ids("form-", before[contests]), world.form_partner[groups][contests], days[contests], 0.8)
    review(world, month, 11, ids("form-", numbers[contests]), partner[contests], days[contests], 0.8)
    world.form_partner[groups], world.form_number[groups] = partner, numbers
    world.later[month + 1, "osa_forms"].append(frame.head(size // 1000))  # sent twice
    return frame


def events_feed(world: World, month: int) -> pl.DataFrame:
    """ADDs of the form's partner or of another, REMOVEs, acts that change nothing. Some come a month or two late."""
    if month < GO_LIVE - 1:
        return pl.DataFrame()
    chance = world.chance(month, 5)
    live = (world.start_month <= month) & (world.end_month >= month)
    attached = world.attached >= 0
    luck = chance.random(world.size)
    share = 0.0005 if month < GO_LIVE else 0.12 if month == GO_LIVE else 0.06
    adds = np.flatnonzero(live & (luck < share))
    again = np.flatnonzero(live & attached & (luck > 0.994))
    removes = np.flatnonzero(attached & (luck > 0.95) & (luck < 0.98))

    form_partner = world.form_partner[world.group[adds]]
    own = np.where(form_partner >= 0, form_partner, world.group_partner[world.group[adds]])
    other = chance.random(len(adds)) < 0.4
    add_partner = np.where(other, world.draw_partners(chance, len(adds)), own)
    mistaken = chance.random(len(removes)) < 0.05
    remove_partner = np.where(mistaken, world.draw_partners(chance, len(removes)), world.attached[removes])

    rows = np.concatenate([adds, again, removes])
    partner = np.concatenate([add_partner, world.attached[again], remove_partner])
    is_remove = np.arange(len(rows)) >= len(adds) + len(again)
    start = datetime.combine(first_day(month), datetime.min.time()) + timedelta(days=month == GO_LIVE)
    seconds = chance.integers(0, 27 * 86_400, len(rows))
    numbers = numbered(month, len(rows))
    luck = chance.random(len(rows))
    service = world.service[rows]
    frame = pl.DataFrame(
        {
            "event_id": ids("dpor-", numbers),
            "occurred_at": pl.Series(
                np.datetime64(start, "us") + seconds.astype("timedelta64[s]")
            ).dt.replace_time_zone("UTC"),
            "subscription_id": ids("sub-", rows),
            "action": chosen(("ADD", "REMOVE", "ATTACH"), np.where(luck < BAD_SHARE / 2, 2, is_remove)),
            "mpn_id": mpn_ids(partner),
            "portal": chosen(("OFFICE", "INTUNE"), (service > 1) ^ (luck > 1 - BAD_SHARE / 2)),
        }
    )
    world.attached[adds] = add_partner
    world.attached[removes] = -1

    asked = (add_partner != form_partner) | (chance.random(len(adds)) < 0.04)
    days = day_number(start.date()) + seconds[: len(adds)] // 86_400
    review(world, month, 12, ids("dpor-", numbers[: len(adds)][asked]), add_partner[asked], days[asked], 0.75)

    frame = frame.sample(fraction=1.0, shuffle=True, seed=world.seed + month)
    delay = np.where(chance.random(len(rows)) < 0.03, chance.integers(1, 3, len(rows)), 0)
    for months in (1, 2):
        world.later[month + months, "dpor_attachments"].append(frame.filter(pl.Series(delay == months)))
    now = frame.filter(pl.Series(delay == 0))
    return pl.concat([now, now.head(len(now) // 1000)])  # some stand there twice


def review(world: World, month: int, subject: int, claims: pl.Series, partners: Ints, days: Ints, share: float) -> None:
    """Asks for proofs, in this month or the next: some reviews are decided at once, others later or never."""
    chance = world.chance(month, subject)
    size = len(claims)
    requested = month + chance.integers(0, 2, size)
    decided = requested + chance.integers(0, 4, size)
    luck = chance.random(size)
    mismatch = chance.random(size) < BAD_SHARE
    frame = pl.DataFrame(
        {
            "poe_id": ids(f"poe{subject}-", numbered(month, size)),
            "claim_id": claims,
            "mpn_id": mpn_ids(np.where(mismatch, (partners + 1) % len(world.partner_weights), partners)),
            "requested_on": dates(days + 28 * (requested - month)),
            "decided_on": dates(days + 28 * (decided - month) + 7),
            "outcome": chosen(("PASS", "FAIL"), (chance.random(size) < 0.12).astype(int)),
            "requested": requested,
            "decided": np.where(chance.random(size) < 0.08, OPEN, decided),
        }
    ).filter(pl.Series(luck < share))
    undecided = frame.with_columns(decided_on=pl.lit(None, pl.Date), outcome=pl.lit(None, pl.String))
    for when in range(month, month + 5):
        asked = undecided.filter((pl.col("requested") == when) & (pl.col("decided") > when))
        answered = frame.filter(pl.col("decided") == when)
        world.later[when, "poe_reviews"] += [part.drop("requested", "decided") for part in (asked, answered)]
