"""What the reference feeds of a month bring: partners, customers, subscriptions, rates, caps."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import numpy as np
import polars as pl

from benchmarks.made_up.names import (
    BAD_SHARE,
    COUNTRIES,
    OFFERS,
    OPEN,
    PROGRAMS,
    RATES,
    REGIONS,
    SERVICES,
    chosen,
    dates,
    ids,
    mpn_ids,
)
from benchmarks.made_up.world import World


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
