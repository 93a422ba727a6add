"""What there is in a made up world, and how many of each: arrays by partner, customer, group and subscription."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

import numpy as np
import polars as pl

from benchmarks.made_up.names import (
    OPEN,
    PROGRAM_SHARES,
    SERVICE_SHARES,
    Generator,
    Ints,
    day_number,
    first_day,
    month_of,
)


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


def make_world(size: int, seed: int, months: int, csv: bool, partners: int | None = None) -> World:
    chance = np.random.default_rng([seed, 0, 0])
    partners, customers = partners or max(20, size // 500), max(7, size // 3)
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
