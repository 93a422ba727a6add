"""What the twin says of each history, taken alone.

The twin replays a group's history for every month. Here it is asked for a month only where its answer can be another
than the month's before: where something has happened in it, or forms are recognised no more. And since it replays only
what came before a month's end, what it said of the first events of a history it says of every history that begins with
them. Both are put to the proof: `in_full.py` compares the twin's own rows, of whole histories and month by month, with
the same rows of the SQL.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import twin.resolution
import worlds
from exhaustive.sequences import EVENTS, FIRST_HOUR, LAST_PERIOD, OUTCOMES, PLACES, Row, partners, world

CUSTOMER = "c"
PERIODS = twin.periods_through(worlds.POLICY["first_period"], LAST_PERIOD)
RECOGNITION_ENDS = "2016-01"
TURNS = sorted({PERIODS[0], RECOGNITION_ENDS, *(f"{day:%Y-%m}" for day in PLACES)})
"""The months in which an answer may be another than the month before."""

Steps = tuple[tuple[int, int], ...]
Standing = tuple[tuple[Any, ...], ...]
"""Status, reason, partner, basis and number of the claim, of subscription a and of b."""


class Alone:
    """The twin, before which no two histories ever lie at once.

    `standings`, `resolutions` and `claims` are what it has said, each with its number: who is partner of record of the
    two subscriptions; the standings at each of TURNS; and what became of each event.
    """

    def __init__(self) -> None:
        self.standings: dict[Standing, int] = {}
        self.resolutions: dict[tuple[int, ...], int] = {}
        self.claims: dict[tuple[tuple[Any, ...], ...], int] = {}
        self.beginnings: dict[tuple[Steps, str], int] = {}
        feeds = world(CUSTOMER, []) | {"partners": partners(), "poe_reviews": reviews()}
        self.known = twin.know(feeds, worlds.POLICY)
        for name in ("last_day", "end_of"):  # they know nothing but the calendar
            setattr(twin.resolution, name, cache(getattr(twin.resolution, name)))
        self.run_ends = twin.end_of(LAST_PERIOD).date()

    def answers(self, steps: Steps) -> tuple[int, int]:
        """The numbers of the answers to who is partner of record, and to what became of each event."""
        history = self.replayed(steps)
        turns = turns_of(tuple([place for _, place in steps]))
        said = {}
        for heard, period in dict.fromkeys(turns):
            if heard == len(steps):
                said[heard, period] = self.standing(history, period)
            else:
                said[heard, period] = self.beginning(steps[:heard], period)
        resolution = tuple([said[turn] for turn in turns])
        claims = tuple(sorted([self.claim(*decision) for decision in history.decisions]))
        return (
            self.resolutions.setdefault(resolution, len(self.resolutions)),
            self.claims.setdefault(claims, len(self.claims)),
        )

    def beginning(self, steps: Steps, period: str) -> int:
        """Who is partner of record after the first events of a history."""
        if (steps, period) not in self.beginnings:
            self.beginnings[steps, period] = self.standing(self.replayed(steps), period)
        return self.beginnings[steps, period]

    def replayed(self, steps: Steps) -> twin.History:
        """The group after the last of these events."""
        rows = [row_of(number, *step) for number, step in enumerate(steps)]
        self.known.forms = [row for row in rows if "form_id" in row]
        self.known.events = [row for row in rows if "event_id" in row]
        return twin.replay(self.known, twin.timelines(self.known).get((CUSTOMER, "O365"), []))

    def standing(self, history: twin.History, period: str) -> int:
        found = []
        for subscription in self.known.subscriptions.values():
            status, reason, claim = twin.resolve_subscription(self.known, subscription, history, period)
            shown = (claim.mpn_id, claim.source, int(claim.claim_id[0])) if claim else (None, None, None)
            found.append((status, reason, *shown))
        return self.standings.setdefault(tuple(found), len(self.standings))

    def claim(self, source: str, row: Row, decision: str, reason: str | None, claim: twin.Claim | None) -> Any:
        """The event's number, and what became of it: decision, reason, proof, the number of what ended it, and how."""
        number = int(row["form_id" if source == "OSA" else "event_id"][0])
        if claim is None:
            return number, decision, reason, None, None, None
        poe = twin.poe_status(self.known, claim, self.run_ends)
        ended_by = claim.ended_at.hour - FIRST_HOUR if claim.ended_at else None
        return number, decision, reason, poe, ended_by, claim.end_reason


@cache
def row_of(number: int, event: int, place: int) -> Row:
    """The accepted row of a history's event. Its id says number and outcome, so that one list of reviews fits all."""
    feeds = world(CUSTOMER, [(0, 0)] * number + [(event, place)])
    is_form = EVENTS[event].kind == "F"
    name = f"{number}{EVENTS[event].outcome}"
    return feeds["osa_forms" if is_form else "dpor_attachments"][-1] | {"form_id" if is_form else "event_id": name}


def reviews() -> list[Row]:
    """One for each event and outcome that there may be."""
    names = {f"{number}{outcome}": outcome for number in range(9) for outcome in OUTCOMES if outcome}
    return [
        {"poe_id": name, "claim_id": name, "requested_on": PLACES[0], "outcome": None if outcome == "OPEN" else outcome}
        for name, outcome in names.items()
    ]


@cache
def turns_of(places: tuple[int, ...]) -> list[tuple[int, str]]:
    """For each of TURNS how many of the events it knows, and the first month with its answer."""
    months = [f"{PLACES[place]:%Y-%m}" for place in places]
    found = []
    for period in TURNS:
        heard = sum(month <= period for month in months)
        since = months[heard - 1] if heard else PERIODS[0]
        found.append((heard, max(since, RECOGNITION_ENDS) if period >= RECOGNITION_ENDS else since))
    return found


def months_of(turn: int) -> list[str]:
    """The months that have the answer of the turn with this number."""
    until = [*TURNS[1:], "9999-12"][turn]
    return [period for period in PERIODS if TURNS[turn] <= period < until]
