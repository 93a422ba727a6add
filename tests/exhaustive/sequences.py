"""Every short history of a group, enumerated: forms and DPOR events by two partners on two subscriptions.

A history is a sequence of events in time. Each event is a form (F), an ADD (+) or a REMOVE (-), by partner A or B, the
latter two on subscription a or b; a form or ADD has an outcome of its proof of execution; and each has its place in
time: on the day before, of or after one of the policy's three dates. Two histories that differ only in which partner is
called A, or which subscription a, are one.

Every history is a customer of its own, so that thousands are worked out at once; the twin takes each alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from itertools import combinations_with_replacement, product
from typing import Any

import worlds

Row = dict[str, Any]
World = dict[str, list[Row]]

OUTCOMES = ("", "OPEN", "PASS", "FAIL")
"""No review; one without an outcome yet; one that passed, or failed."""

PLACES = (
    date(2015, 3, 1),  # the day before DPOR goes live
    date(2015, 3, 2),  # goes live
    date(2015, 3, 3),
    date(2015, 4, 30),  # the last day on which forms are accepted
    date(2015, 5, 1),
    date(2015, 12, 31),  # the last day on which they are recognised
    date(2016, 1, 1),
)
LAST_PERIOD = "2016-01"
PARTNERS = {"A": "1100001", "B": "1200001"}
SEATS, RATE, CAP = 7, "1.50", "60.00"
"""10.50 a month: the cap of a subscription and fiscal year binds in its sixth, that of the customer before."""


@dataclass(frozen=True)
class Event:
    """One event of a history; `outcome` is that of its proof, empty for a REMOVE too."""

    kind: str
    partner: str
    subscription: str = ""
    outcome: str = ""

    def __str__(self) -> str:
        return f"{self.kind}{self.partner}{self.subscription}{':' if self.outcome else ''}{self.outcome}"


EVENTS = (
    *(Event("F", partner, "", outcome) for partner, outcome in product("AB", OUTCOMES)),
    *(Event("+", partner, on, outcome) for partner, on, outcome in product("AB", "ab", OUTCOMES)),
    *(Event("-", partner, on) for partner, on in product("AB", "ab")),
)


@cache
def orders(length: int) -> list[tuple[Event, ...]]:
    """Every order of so many events, each but once under renaming: the first partner is A, the first subscription a."""
    return [
        order
        for order in product(EVENTS, repeat=length)
        if order[0].partner == "A" and next((event.subscription for event in order if event.subscription), "a") == "a"
    ]


@cache
def places(length: int) -> list[tuple[date, ...]]:
    """Every way to lay so many events out in time, none before the one before it."""
    return list(combinations_with_replacement(PLACES, length))


def count(length: int) -> int:
    """How many histories of so many events there are."""
    return len(orders(length)) * len(places(length))


@dataclass(frozen=True)
class History:
    """The history of a length with a number."""

    length: int
    number: int

    @property
    def customer(self) -> str:
        return f"c{self.length}-{self.number}"

    def events(self) -> list[tuple[Event, date]]:
        order, place = divmod(self.number, len(places(self.length)))
        return list(zip(orders(self.length)[order], places(self.length)[place], strict=True))

    def __str__(self) -> str:
        return "  ".join(f"{day:%m-%d} {event}" for event, day in self.events())

    def world(self) -> World:
        """The history as accepted rows, as if it were all there is."""
        name = self.customer
        subscription = {"agreement_id": "ea", "program": "EA", "service": "O365", "offer": "E3"}
        subscription |= {"customer_id": name, "start_date": date(2014, 1, 1), "end_date": None}
        world: World = {feed: [] for feed in worlds.COLUMNS}
        world["subscriptions"] = [{"subscription_id": f"{name}-{one}", **subscription} for one in "ab"]
        for number, (event, day) in enumerate(self.events()):
            claim = f"{name}-{number}"
            mpn_id = PARTNERS[event.partner]
            if event.kind == "F":
                row: Row = {
                    "form_id": claim,
                    "received_on": day,
                    "customer_id": name,
                    "service": "O365",
                    "mpn_id": mpn_id,
                }
                world["osa_forms"].append(row)
            else:
                at = datetime(day.year, day.month, day.day, 20 + number)
                row = {"event_id": claim, "occurred_at": at, "subscription_id": f"{name}-{event.subscription}"}
                row |= {"action": "ADD" if event.kind == "+" else "REMOVE", "mpn_id": mpn_id, "portal": "OFFICE"}
                world["dpor_attachments"].append(row)
            if event.outcome:
                decided = None if event.outcome == "OPEN" else day + timedelta(days=9)
                review = {"poe_id": f"p-{claim}", "claim_id": claim, "mpn_id": mpn_id, "requested_on": day}
                review |= {"decided_on": decided, "outcome": event.outcome if decided else None}
                world["poe_reviews"].append(review)
        return world


def partners() -> list[Row]:
    """The two partners, eligible throughout."""
    named = {"hq_mpn_id": None, "region": "NA", "country": "US", "ppc_name": "C", "ppc_email": "c@example.com"}
    term = {"eligible_from": date(2014, 1, 1), "eligible_to": None}
    return [{"mpn_id": mpn_id, "partner_name": name, **named, **term} for name, mpn_id in PARTNERS.items()]
