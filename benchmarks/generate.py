"""Made up deliveries of any size, the same bytes for the same arguments: `python benchmarks/generate.py N FOLDER`.

N subscriptions over the months from 2014-10, so that DPOR goes live in the sixth. Written by columns, month by month.
The world is skewed as real ones are: few partners and customers have most of the seats.

What only comes to light later is kept in `World.later` until its month: late events, decisions of reviews, corrections.
"""

from __future__ import annotations

import argparse
import calendar
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import numpy as np
import polars as pl

FIRST_YEAR, FIRST_MONTH = 2014, 10
GO_LIVE = 5  # 2015-03, counted from the first month
LAST_FORMS = 6  # 2015-04
OPEN = 999  # the end month of a term without end

SERVICES = ("O365", "CRMOL", "INTUNE", "EMS", "AADP")
SERVICE_SHARES = (0.50, 0.15, 0.12, 0.15, 0.08)
PORTALS = ("OFFICE", "OFFICE", "INTUNE", "INTUNE", "INTUNE")
PROGRAMS = ("EA", "CASA", "EES", "OPEN", "MPSA")
PROGRAM_SHARES = (0.58, 0.22, 0.15, 0.03, 0.02)  # the last two, 5%, don't earn
OFFERS = ("E1", "E3", "K1", "P1", "P2")
REGIONS = ("EMEA", "LATAM", "APGC", "JAPAN", "NA")
COUNTRIES = ("DE", "BR", "AU", "JP", "US")
RATES = {"DEPLOY": "0.8500", "MANAGE": "0.4525", "ACCELERATOR": "0.1975"}

SEATS_A_FILE = 1_000_000
BAD_SHARE = 0.001

Ints = np.ndarray
Generator = np.random.Generator


@dataclass
class World:
    """What there is, in arrays; months count from 0. A group is a customer's subscriptions to one service."""

    seed: int
    months: int
    csv: bool
    # by partner
    partner_weights: np.ndarray
    # by customer
    customer_month: Ints
    # by subscription
    customer: Ints
    service: Ints
    program: Ints
    group: Ints
    start_day: Ints  # days since 1970
    start_month: Ints
    delivered_month: Ints
    end_day: Ints
    end_month: Ints
    end_known_month: Ints
    purchased: Ints
    usage: np.ndarray
    attached: Ints  # the partner attached by DPOR, or -1
    # by group
    group_customer: Ints
    group_service: Ints
    group_partner: Ints
    form_partner: Ints  # of its latest form, or -1
    form_number: Ints
    # what comes in a later month, by month and feed
    later: dict[tuple[int, str], list[pl.DataFrame]] = field(default_factory=lambda: defaultdict(list))

    @property
    def size(self) -> int:
        return len(self.customer)

    def chance(self, month: int, subject: int) -> Generator:
        return np.random.default_rng([self.seed, month, subject])

    def draw_partners(self, chance: Generator, size: int) -> Ints:
        return np.searchsorted(np.cumsum(self.partner_weights), chance.random(size), side="right").clip(
            0, len(self.partner_weights) - 1
        )


# Calendar and names


def first_day(month: int) -> date:
    year, month0 = divmod(FIRST_YEAR * 12 + FIRST_MONTH - 1 + month, 12)
    return date(year, month0 + 1, 1)


def last_day(month: int) -> date:
    day = first_day(month)
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


def day_number(day: date) -> int:
    return (day - date(1970, 1, 1)).days


def month_of(days: Ints) -> Ints:
    """Days since 1970 as months counted from the first."""
    months = days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    return months - ((FIRST_YEAR - 1970) * 12 + FIRST_MONTH - 1)


def dates(days: Ints | int) -> pl.Series:
    return pl.Series(np.asarray(days, dtype=np.int32)).cast(pl.Date)


def scattered(numbers: Ints, digits: int) -> pl.Series:
    """Numbers as digits, out of order: a number of n digits, times one that is prime to 10, modulo 10^n."""
    factor = {10: 2_654_435_761, 7: 7_368_787}[digits]
    return pl.Series((numbers.astype(np.int64) + 1) * factor % 10**digits).cast(pl.String).str.zfill(digits)


def ids(prefix: str, numbers: Ints) -> pl.Series:
    return prefix + scattered(numbers, 10)


def mpn_ids(partners: Ints) -> pl.Series:
    return scattered(partners, 7)


def numbered(month: int, size: int) -> Ints:
    """Numbers for what a month brings, of their own in every month."""
    return month * 200_000_000 + np.arange(size)


def chosen(values: tuple[str, ...], indexes: Ints) -> pl.Series:
    return pl.Series(values).gather(indexes)


# The world


def make_world(size: int, seed: int, months: int, csv: bool) -> World:
    chance = np.random.default_rng([seed, 0, 0])
    partners, customers = max(20, size // 500), max(7, size // 3)
    weights = 1 / (np.arange(partners) + 4.0)
    weights[-max(3, partners // 20) :] /= 60  # some are too small to be paid
    weights /= weights.sum()

    customer = (customers * chance.random(size) ** 2).astype(np.int64)  # density falls with the root of the rank
    service = chance.choice(5, size, p=SERVICE_SHARES)
    groups, group = np.unique(customer * 5 + service, return_inverse=True)

    # 7 of 10 run since before the first month; the others begin in one of the later ones.
    begins = np.where(chance.random(size) < 0.7, 0, chance.integers(1, max(2, months), size))
    month_days = np.array([day_number(first_day(month)) for month in range(months + 2)])
    start_day = month_days[begins] + chance.integers(0, 28, size)
    start_day[begins == 0] = day_number(first_day(0)) - chance.integers(0, 730, np.count_nonzero(begins == 0))
    start_month = month_of(start_day)
    delivered_month = np.maximum(begins, 0) + (chance.random(size) < 0.0005)  # some come a month late
    ends = chance.random(size) < 0.08
    end_day = np.where(ends, np.maximum(start_day, month_days[0]) + chance.integers(20, 420, size), 0)
    end_month = np.where(ends, month_of(end_day), OPEN)
    end_known_month = np.where(
        ends & (chance.random(size) < 0.5), np.maximum(end_month, delivered_month), delivered_month
    )

    customer_month = np.zeros(customers, dtype=np.int64)
    customer_month[:] = months
    np.minimum.at(customer_month, customer, delivered_month)
    customer_month[customer_month == months] = 0
    customer_partner = np.searchsorted(np.cumsum(weights), chance.random(customers)).clip(0, partners - 1)
    world = World(
        seed=seed,
        months=months,
        csv=csv,
        partner_weights=weights,
        customer_month=customer_month,
        customer=customer,
        service=service,
        program=chance.choice(5, size, p=PROGRAM_SHARES),
        group=group,
        start_day=start_day,
        start_month=start_month,
        delivered_month=delivered_month,
        end_day=end_day,
        end_month=end_month,
        end_known_month=end_known_month,
        purchased=np.exp(3.7 + 1.2 * chance.standard_normal(size)).clip(1, 50_000).astype(np.int64),
        usage=0.3 + 0.5 * chance.random(size),
        attached=np.full(size, -1),
        group_customer=groups // 5,
        group_service=groups % 5,
        group_partner=customer_partner[groups // 5],
        form_partner=np.full(len(groups), -1),
        form_number=np.full(len(groups), -1),
    )
    other = chance.random(len(groups)) < 0.15
    world.group_partner[other] = world.draw_partners(chance, np.count_nonzero(other))
    return world


# Reference data


def partners_feed(world: World, month: int) -> pl.DataFrame:
    """All in the first month; in the fifth some anew, who can't earn from then on or can again."""
    count = len(world.partner_weights)
    partner = np.arange(count)
    chance = world.chance(0, 1)
    ending = chance.random(count) < 0.03
    frame = pl.DataFrame(
        {
            "mpn_id": mpn_ids(partner),
            "partner_name": "Partner " + pl.Series(partner).cast(pl.String) + ", Inc.",
            "hq_mpn_id": mpn_ids(partner - partner % 8),
            "region": chosen(REGIONS, partner % 5),
            "country": chosen(COUNTRIES, partner % 5),
            "ppc_name": "Contact " + pl.Series(partner).cast(pl.String),
            "ppc_email": "contact" + pl.Series(partner).cast(pl.String) + "@example.com",
            "eligible_from": dates(np.where(chance.random(count) < 0.03, 16_405, 15_000)),  # 2014-12-01
            "eligible_to": dates(np.full(count, 16_555)),  # 2015-04-30
        }
    ).with_columns(
        hq_mpn_id=pl.when(pl.Series(partner % 8 > 0)).then("hq_mpn_id"),
        eligible_to=pl.when(pl.Series(ending) & (month >= 4)).then("eligible_to"),
    )
    if month == 0:
        return frame
    return frame.filter(pl.Series(ending)) if month == 4 else frame.clear()


def customers_feed(world: World, month: int) -> pl.DataFrame:
    """Those of the month's first subscriptions, and some that have moved."""
    moved = (world.chance(month, 2).random(len(world.customer_month)) < 0.001) & (world.customer_month < month)
    customer = np.flatnonzero((world.customer_month == month) | moved)
    text = pl.Series(customer).cast(pl.String)
    return pl.DataFrame(
        {
            "customer_id": ids("cust-", customer),
            "organization_name": "Customer " + text + pl.Series(["", " GmbH", ", Ltd"]).gather(customer % 3),
            "country": chosen(COUNTRIES, customer % 5),
            "address": text + " Main Street, Floor " + str(month + 1),
            "phone": "+1 555 " + text.str.zfill(7),
        }
    )


def subscriptions_feed(world: World, month: int) -> pl.DataFrame:
    """New ones; those whose end is known only now; some that went to another customer."""
    chance = world.chance(month, 3)
    here = world.delivered_month < month
    moved = np.flatnonzero(here & (chance.random(world.size) < 0.0002))
    targets = np.flatnonzero(world.customer_month <= month)
    world.customer[moved] = targets[chance.integers(0, len(targets), len(moved))]

    now = (world.delivered_month == month) | (here & (world.end_known_month == month))
    now[moved] = True
    rows = np.flatnonzero(now)
    frame = pl.DataFrame(
        {
            "subscription_id": ids("sub-", rows),
            "customer_id": ids("cust-", world.customer[rows]),
            "agreement_id": "agr-" + pl.Series(world.customer[rows] * 3 + rows % 3).cast(pl.String),
            "program": chosen(PROGRAMS, world.program[rows]),
            "service": chosen(SERVICES, world.service[rows]),
            "offer": chosen(OFFERS, rows % 5),
            "start_date": dates(world.start_day[rows]),
            "end_date": dates(world.end_day[rows]),
        }
    )
    known = pl.Series((world.end_month[rows] < OPEN) & (world.end_known_month[rows] <= month))
    frame = frame.with_columns(end_date=pl.when(known).then("end_date"))
    # Some of the new ones have their dates the wrong way round, and are corrected in the next month.
    wrong = pl.Series((chance.random(len(rows)) < BAD_SHARE / 4) & (world.delivered_month[rows] == month))
    world.later[month + 1, "subscriptions"].append(frame.filter(wrong))
    return frame.with_columns(end_date=pl.when(wrong).then(pl.lit(date(2012, 1, 1))).otherwise("end_date"))


def rates_feed(month: int) -> pl.DataFrame:
    """The first ones; a rise from 2015-01-01; in 2015-04 a correction of one of those, back to January."""
    rows = []
    for incentive, amount in RATES.items():
        for number, service in enumerate(SERVICES):
            base = Decimal(amount) + Decimal("0.0125") * number
            if month == 0:
                rows.append((incentive, service, base, date(2014, 7, 1), None))
            elif month == 3 and service in ("O365", "EMS"):
                rows.append((incentive, service, base + Decimal("0.0505"), date(2015, 1, 1), date(2015, 12, 31)))
            elif month == 6 and (incentive, service) == ("MANAGE", "EMS"):
                rows.append((incentive, service, base + Decimal("0.0405"), date(2015, 1, 1), date(2015, 12, 31)))
    columns = {"incentive": pl.String, "service": pl.String, "amount_per_seat": pl.Decimal(18, 4)}
    return pl.DataFrame(rows, {**columns, "valid_from": pl.Date, "valid_to": pl.Date}, orient="row")


def caps_feed(world: World, month: int) -> pl.DataFrame:
    """Defaults that bind few, and caps of their own for the largest partners; anew for FY16, and one change."""
    if month not in (0, 7, 9):
        return pl.DataFrame()
    year, share = ("FY15", 1.0) if month in (0, 7) else ("FY16", 0.35)
    yearly = 400.0 * share  # about what a subscription earns in the months of the year
    size, weights = world.size, world.partner_weights

    def amount(dollars: float) -> Decimal:
        return Decimal(max(1, round(dollars / 100))) * 100 + Decimal("0.50")

    def of_largest(rank: int, part: float) -> Decimal:
        return amount(size * weights[rank] * yearly * part)

    names = mpn_ids(np.arange(len(weights)))
    if month == 7:  # a partner's cap is raised, back to the year's first month
        rows = [(names[4], "PARTNER", "*", year, of_largest(4, 0.7))]
    else:
        rows = [
            ("*", "PARTNER", "*", year, amount(10 * size / len(weights) * yearly)),
            ("*", "SUBSCRIPTION", "*", year, amount(10_000 * share)),
            ("*", "SUBSCRIPTION", "O365", year, amount(8_000 * share)),
            *((names[rank], "PARTNER", "*", year, of_largest(rank, 0.5 + 0.1 * (rank % 4))) for rank in range(8)),
            (names[0], "CUSTOMER", "*", year, amount(20_000 * share)),
            (names[9], "CUSTOMER", "*", year, amount(5_000 * share)),
            (names[1], "SERVICE", "O365", year, of_largest(1, 0.3)),
            (names[2], "SERVICE", "*", year, of_largest(2, 0.2)),
            (names[2], "SERVICE", "EMS", year, of_largest(2, 0.05)),
            (names[10], "SUBSCRIPTION", "*", year, amount(1_000 * share)),
        ]
    columns = ("mpn_id", "scope", "service", "fiscal_year")
    return pl.DataFrame(rows, {**dict.fromkeys(columns, pl.String), "amount": pl.Decimal(18, 2)}, orient="row")


# Claims and proofs


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


# Seats


def seats(world: World, month: int, rows: Ints, of_month: int, chance: Generator) -> pl.DataFrame:
    """The counts of `of_month`, exported with the delivery of `month`; of a term's last month on its last day."""
    days = np.minimum(
        day_number(last_day(of_month)), np.where(world.end_month[rows] < OPEN, world.end_day[rows], 99_999)
    )
    purchased = world.purchased[rows] + world.purchased[rows] * of_month // 50
    used = (world.usage[rows] + 0.015 * of_month + 0.05 * chance.random(len(rows))).clip(0, 1)
    exported_at = datetime.combine(last_day(month) + timedelta(days=1), datetime.min.time()) + timedelta(hours=4)
    return pl.DataFrame(
        {
            "subscription_id": ids("sub-", rows),
            "snapshot_date": dates(days),
            "exported_at": pl.repeat(exported_at, len(rows), dtype=pl.Datetime("us"), eager=True).dt.replace_time_zone(
                "UTC"
            ),
            "purchased_seats": purchased,
            "assigned_seats": (purchased * used).astype(np.int64),
        }
    )


def seats_files(world: World, month: int) -> list[pl.DataFrame]:
    """The month's counts; some counts of the middle of the month; some of the two months before, exported again."""
    chance = world.chance(month, 6)
    luck = chance.random(world.size)
    live = (world.start_month <= month) & (world.end_month >= month)
    frames = []
    rows = np.flatnonzero(live & (luck > 0.001))
    for part in np.array_split(rows, max(1, -(-len(rows) // SEATS_A_FILE))):
        frame = seats(world, month, part, month, chance)
        middle = pl.lit(first_day(month) + timedelta(days=14))
        earlier = frame.filter(pl.Series(chance.random(len(part)) < 0.01) & (pl.col("snapshot_date") > middle))
        frames.append(pl.concat([frame, earlier.with_columns(snapshot_date=middle)]))
    again = []
    for back, share in ((1, 0.01), (2, 0.003)):
        if month >= back:
            counted = (world.start_month <= month - back) & (world.end_month >= month - back)
            part = np.flatnonzero(counted & (chance.random(world.size) < share))
            again.append(seats(world, month, part, month - back, chance))
    return [spoil(world, frame, chance) for frame in ([*frames, pl.concat(again)] if again else frames)]


def spoil(world: World, frame: pl.DataFrame, chance: Generator) -> pl.DataFrame:
    """Spoils a few rows, each in one of several ways; repeats a few, some of them with other content."""
    doubled = frame.head(-(-len(frame) // 5000))
    altered = frame.tail(-(-len(frame) // 10_000)).with_columns(assigned_seats=pl.lit(0, pl.Int64))
    frame = pl.concat([frame, doubled, altered])
    way = pl.Series((chance.random(len(frame)) / BAD_SHARE * 6).clip(0, 6).astype(np.int64))
    frame = frame.with_columns(
        subscription_id=pl.when(way == 0)
        .then(pl.lit("nobody-") + pl.col("subscription_id"))
        .otherwise("subscription_id"),
        snapshot_date=pl.when(way == 1).then(pl.lit(date(1999, 12, 31))).otherwise("snapshot_date"),
        assigned_seats=pl.when(way == 2).then(pl.col("purchased_seats") + 1).when(way != 3).then("assigned_seats"),
    )
    if not world.csv:
        return frame
    text = pl.col("assigned_seats").cast(pl.String)
    return frame.with_columns(
        assigned_seats=pl.when(way == 4).then(text + ".0").when(way == 5).then(text + ",000").otherwise(text)
    )


# Deliveries


def deliver(world: World, month: int) -> dict[str, list[pl.DataFrame]]:
    """What a month's delivery brings, a list of files a feed. Months must be asked for in order."""
    delivery = {
        "partners": [partners_feed(world, month)],
        "customers": [customers_feed(world, month)],
        "subscriptions": [subscriptions_feed(world, month)],
        "rates": [rates_feed(month)],
        "caps": [caps_feed(world, month)],
        "assigned_seats": seats_files(world, month),
        "osa_forms": [forms_feed(world, month)],
        "dpor_attachments": [events_feed(world, month)],
    }
    for feed in ("subscriptions", "osa_forms", "dpor_attachments", "poe_reviews"):
        frames = [*delivery.get(feed, []), *world.later.pop((month, feed), [])]
        filled = [frame for frame in frames if len(frame)]
        delivery[feed] = [pl.concat(filled)] if filled else []
    return delivery


def write(frame: pl.DataFrame, path: Path) -> None:
    if path.suffix == ".parquet":
        frame.write_parquet(path)
    else:
        # A row is spoilt by a comma that nobody quoted.
        quotes = "never" if path.name.startswith("assigned_seats") else "necessary"
        frame.write_csv(path, datetime_format="%Y-%m-%dT%H:%M:%SZ", quote_style=quotes)


def generate(size: int, folder: Path, seed: int = 7, months: int = 12, file_format: str = "csv") -> int:
    """Writes the deliveries of `size` subscriptions into `folder`, which has none yet; gives the number of rows."""
    world = make_world(size, seed, months, file_format == "csv")
    written = 0
    for month in range(months):
        target = folder / f"{first_day(month):%Y-%m}"
        target.mkdir(parents=True)
        for feed, frames in deliver(world, month).items():
            filled = [frame for frame in frames if len(frame)]
            for number, frame in enumerate(filled, 1):
                name = feed if len(filled) == 1 else f"{feed}-{number:02d}"
                write(frame, target / f"{name}.{file_format}")
                written += len(frame)
    return written


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("size", type=int, metavar="N", help="subscriptions")
    parser.add_argument("folder", type=Path, metavar="FOLDER", help="where the monthly folders go")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--months", type=int, default=12)
    parser.add_argument("--format", choices=("csv", "parquet"), default="csv")
    given = parser.parse_args()
    rows = generate(given.size, given.folder, given.seed, given.months, given.format)
    print(f"{rows:,} rows in {given.months} deliveries: {given.folder}")


if __name__ == "__main__":
    main()
