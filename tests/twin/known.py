"""What is known at the end of a period: the last version of every row; and the calendar."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

Row = dict[str, Any]
World = dict[str, list[Row]]
Policy = dict[str, Any]
Group = tuple[str, str]  # customer_id, service


@dataclass
class Outcome:
    """What is known at the end of `last_period`: the rows of four relations, each sorted by its key."""

    last_period: str
    minimum_payment: Decimal
    claims: list[Row] = field(default_factory=list)
    por_resolution: list[Row] = field(default_factory=list)
    incentive_lines: list[Row] = field(default_factory=list)
    missing_seats: list[Row] = field(default_factory=list)


@dataclass
class Known:
    """The world as known now: the last version of every row that a later delivery replaces."""

    policy: Policy
    subscriptions: dict[str, Row]
    partners: dict[str, Row]
    rates: list[Row]
    caps: dict[tuple[str, str, str, str], Decimal]
    seats: list[Row]
    forms: list[Row]
    events: list[Row]
    reviews: dict[str, list[Row]]


def first_day(period: str) -> date:
    return date.fromisoformat(period + "-01")


def next_period(period: str) -> str:
    year, month = int(period[:4]), int(period[5:])
    return f"{year + 1}-01" if month == 12 else f"{year}-{month + 1:02d}"


def last_day(period: str) -> date:
    return first_day(next_period(period)) - timedelta(days=1)


def end_of(period: str) -> datetime:
    """The period's end: the first instant of the next month, exclusive."""
    return datetime.combine(first_day(next_period(period)), time())


def periods_through(first: str, last: str) -> list[str]:
    periods = []
    while first <= last:
        periods.append(first)
        first = next_period(first)
    return periods


def fiscal_year(period: str, start_month: int) -> str:
    """P20: named for the year it ends in."""
    year, month = int(period[:4]), int(period[5:])
    ends_in = year + 1 if start_month > 1 and month >= start_month else year
    return f"FY{ends_in % 100:02d}"


def within(day: date, first: date, last: date | None) -> bool:
    """Every end date is the last day, inclusive; None is open."""
    return first <= day and (last is None or day <= last)


def know(world: World, policy: Policy) -> Known:
    reviews = defaultdict(list)
    for review in {row["poe_id"]: row for row in world.get("poe_reviews", [])}.values():
        reviews[review["claim_id"]].append(review)
    rates = {(row["incentive"], row["service"], row["valid_from"]): row for row in world.get("rates", [])}
    caps = {}
    for row in world.get("caps", []):
        caps[row["mpn_id"], row["scope"], row["service"], row["fiscal_year"]] = row["amount"]
    return Known(
        policy=policy,
        subscriptions={row["subscription_id"]: row for row in world.get("subscriptions", [])},
        partners={row["mpn_id"]: row for row in world.get("partners", [])},
        rates=list(rates.values()),
        caps=caps,
        seats=world.get("assigned_seats", []),
        forms=world.get("osa_forms", []),
        events=world.get("dpor_attachments", []),
        reviews=dict(reviews),
    )


def group_of(subscription: Row) -> Group:
    return subscription["customer_id"], subscription["service"]


def earns(known: Known, subscription: Row) -> bool:
    return subscription["program"] in known.policy["eligible_programs"]
