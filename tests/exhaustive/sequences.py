"""Every short history of a group, enumerated: forms and DPOR events by two partners on two subscriptions.

A history is a sequence of events in time. Each event is a form (F), an ADD (+) or a REMOVE (-), by partner A or B, the
latter two on subscription a or b; a form or ADD has an outcome of its proof of execution; and each has its place in
time: on the day before, of or after one of the policy's three dates.

Every history is a customer of its own, so that hundreds of thousands are worked out at once; the twin takes each alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from itertools import combinations_with_replacement, product
from typing import Any

import polars as pl
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
FIRST_HOUR = 20
"""Events of a day are an hour apart, from then on, in the order of the sequence; so an hour tells which one it was."""


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
def places(length: int) -> list[tuple[int, ...]]:
    """Every way to lay so many events out in time, none before the one before it; by their number in PLACES."""
    return list(combinations_with_replacement(range(len(PLACES)), length))


def count(length: int) -> int:
    """How many sequences of so many events there are, those that tell the same history in other words included."""
    return int(len(EVENTS) ** length * len(places(length)))


def orders(length: int, *, whole: bool = False) -> pl.DataFrame:
    """Every order of so many events: `order`, its number, and `event_0` and so on, their numbers in EVENTS.

    Unless `whole`, the first partner is A and the first subscription a: the policy knows of no difference in names. And
    an ADD is PENDING without a review as with an open one (P13, P14): only the one without is taken.
    """
    order = pl.int_range(len(EVENTS) ** length, dtype=pl.UInt32)
    digits = {
        f"event_{at}": (order // len(EVENTS) ** (length - 1 - at) % len(EVENTS)).cast(pl.UInt8) for at in range(length)
    }
    found = pl.select(order=order, **digits)
    if whole:
        return found
    is_open_add = _any_of([event.kind == "+" and event.outcome == "OPEN" for event in EVENTS])
    found = found.filter(~pl.any_horizontal(is_open_add(name) for name in digits))
    by_a = [number for number, event in enumerate(EVENTS) if event.partner == "A"]
    subscriptions = {number: event.subscription for number, event in enumerate(EVENTS) if event.subscription}
    first = pl.coalesce(pl.col(name).replace_strict(subscriptions, default=None) for name in digits)
    return found.filter(pl.col("event_0").is_in(by_a), first.is_null() | (first == "a"))


def histories(orders: pl.DataFrame, *, whole: bool = False) -> pl.DataFrame:
    """The histories of these orders, at all places: `number`, `event_0` and so on, `place_0` and so on.

    Unless `whole`, those are left out that tell another's history in other words:

    - A form counts after every event of its day (P6), so one that stands before an ADD or REMOVE of the same day is the
      same history as behind it.
    - An ADD before DPOR is live (P2), or a form after they are accepted no more (P7), is refused whatever else there
      is, and a review of what was refused has no effect (P13): of those only the one without a review is taken.
    - No rule has a date between the 2nd and the 3rd of March, nor does a month end: where nothing happened on the 2nd,
      what happened on the 3rd may as well have happened on the 2nd.

    None of this is taken for granted: the campaign of up to three events takes them all, with --whole.
    """
    length = orders.width - 1
    laid_out = pl.DataFrame(places(length), orient="row", schema={f"place_{at}": pl.UInt8 for at in range(length)})
    found = orders.join(laid_out.with_row_index("layout"), how="cross").select(
        pl.col("order").cast(pl.UInt64).mul(laid_out.height).add(pl.col("layout")).alias("number"),
        pl.exclude("order", "layout"),
    )
    if whole:
        return found
    is_form, is_add = (_any_of([e.kind == kind for e in EVENTS]) for kind in "F+")
    is_reviewed = _any_of([e.outcome != "" for e in EVENTS])
    laid = [pl.col(f"place_{at}") for at in range(length)]
    live, day_after = (PLACES.index(date(2015, 3, day)) for day in (2, 3))
    found = found.filter(pl.any_horizontal(p == live for p in laid) | ~pl.any_horizontal(p == day_after for p in laid))
    for at in range(length):
        event, place = f"event_{at}", pl.col(f"place_{at}")
        refused = is_form(event) & (place >= 4) | is_add(event) & (place == 0)
        found = found.filter(~(refused & is_reviewed(event)))
        if at:
            same_day = pl.col(f"place_{at - 1}") == place
            found = found.filter(~(same_day & is_form(f"event_{at - 1}") & ~is_form(event)))
    return found


def _any_of(marks: list[bool]) -> Any:
    marked = [number for number, mark in enumerate(marks) if mark]
    return lambda column: pl.col(column).is_in(marked)


@dataclass(frozen=True)
class History:
    """The history of a length with a number."""

    length: int
    number: int

    def steps(self) -> list[tuple[int, int]]:
        """Its events and their places, by their numbers in EVENTS and PLACES."""
        order, layout = divmod(self.number, len(places(self.length)))
        powers = [len(EVENTS) ** at for at in reversed(range(self.length))]
        return list(zip([order // power % len(EVENTS) for power in powers], places(self.length)[layout], strict=True))

    def __str__(self) -> str:
        return "  ".join(f"{PLACES[place]:%m-%d} {EVENTS[event]}" for event, place in self.steps())

    def world(self) -> World:
        """The history as accepted rows, as if it were all there is."""
        return world(str(self.number), self.steps())


def world(customer: str, steps: list[tuple[int, int]]) -> World:
    """The rows of one customer with these events at these places."""
    subscription = {"agreement_id": "ea", "program": "EA", "service": "O365", "offer": "E3"}
    subscription |= {"customer_id": customer, "start_date": date(2014, 1, 1), "end_date": None}
    world: World = {feed: [] for feed in worlds.COLUMNS}
    world["subscriptions"] = [{"subscription_id": f"{customer}{one}", **subscription} for one in "ab"]
    for number, (event_number, place) in enumerate(steps):
        event, day, claim = EVENTS[event_number], PLACES[place], f"{customer}-{number}"
        mpn_id = PARTNERS[event.partner]
        if event.kind == "F":
            row: Row = {"form_id": claim, "received_on": day, "customer_id": customer, "service": "O365"}
            world["osa_forms"].append({**row, "mpn_id": mpn_id})
        else:
            at = datetime(day.year, day.month, day.day, FIRST_HOUR + number)
            row = {"event_id": claim, "occurred_at": at, "subscription_id": f"{customer}{event.subscription}"}
            row |= {"action": "ADD" if event.kind == "+" else "REMOVE", "mpn_id": mpn_id, "portal": "OFFICE"}
            world["dpor_attachments"].append(row)
        if event.outcome:
            decided = None if event.outcome == "OPEN" else day + timedelta(days=9)
            review = {"poe_id": f"p{claim}", "claim_id": claim, "mpn_id": mpn_id, "requested_on": day}
            review |= {"decided_on": decided, "outcome": event.outcome if decided else None}
            world["poe_reviews"].append(review)
    return world


def partners() -> list[Row]:
    """The two partners, eligible throughout."""
    named = {"hq_mpn_id": None, "region": "NA", "country": "US", "ppc_name": "C", "ppc_email": "c@example.com"}
    term = {"eligible_from": date(2014, 1, 1), "eligible_to": None}
    return [{"mpn_id": mpn_id, "partner_name": name, **named, **term} for name, mpn_id in PARTNERS.items()]
