"""What the twin says of each history, taken alone; what it has said of the same before is not asked for again.

The twin replays a group's history for every month. Here it is asked for a month only where its answer can be another
than the month's before: where something has happened in it, or forms are recognised no more. What is the same:

- The twin replays only what came before a month's end, so what it said of the first events of a history it says of
  every history that begins with them.
- It is noted which proofs it looks at. Histories that differ only in outcomes that it never looked at are one to it.

`test_every_sequence.py` holds these answers against the twin's own, of whole histories, month by month.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import twin
import worlds
from exhaustive.sequences import EVENTS, FIRST_HOUR, KINDS, LAST_PERIOD, PLACES, Row, partners, world

CUSTOMER = "c"
PERIODS = twin.periods_through(worlds.POLICY["first_period"], LAST_PERIOD)
RECOGNITION_ENDS = "2016-01"
TURNS = sorted({PERIODS[0], RECOGNITION_ENDS, *(f"{day:%Y-%m}" for day in PLACES)})
"""The months in which an answer may be another than the month before."""

OUTCOMES = [event.outcome for event in EVENTS]

Step = tuple[int, int]
Steps = tuple[Step, ...]
Standing = tuple[tuple[Any, ...], ...]
"""Status, reason, partner, basis and number of the claim, of subscription a and of b."""
Answer = tuple[int, int]


class Reviews(dict[str, list[Row]]):
    """The reviews of one history, and whose of its events was asked for."""

    def __init__(self) -> None:
        self.outcomes: list[str] = []
        self.asked: set[int] = set()

    def get(self, claim_id: str, none: Any = None) -> Any:
        number = int(claim_id)
        self.asked.add(number)
        outcome = self.outcomes[number]
        if not outcome:
            return none
        return [{"poe_id": "p", "requested_on": PLACES[0], "outcome": None if outcome == "OPEN" else outcome}]


class Alone:
    """The twin, before which no two histories ever lie at once.

    `standings`, `resolutions` and `claims` are what it has said, each with its number: who is partner of record of the
    two subscriptions; at each of TURNS; and what became of each event.
    """

    def __init__(self) -> None:
        self.standings: dict[Standing, int] = {}
        self.resolutions: dict[tuple[int, ...], int] = {}
        self.claims: dict[tuple[tuple[Any, ...], ...], int] = {}
        self.said: dict[Steps, dict[tuple[int, ...], dict[tuple[str, ...], Answer]]] = {}
        self.said_of_beginnings: dict[tuple[Steps, str], tuple[Standing, set[int]]] = {}
        self.reviews = Reviews()
        self.known = twin.know({**world(CUSTOMER, []), "partners": partners()}, worlds.POLICY)
        self.known.reviews = self.reviews
        for name in ("last_day", "end_of"):  # they know nothing but the calendar
            setattr(twin, name, cache(getattr(twin, name)))
        self.run_ends = twin.end_of(LAST_PERIOD).date()

    def answers(self, steps: Steps) -> Answer:
        """The numbers of the answers to who is partner of record, and to what became of each event."""
        kinds = tuple([(KINDS[event], place) for event, place in steps])
        outcomes = [OUTCOMES[event] for event, _ in steps]
        if kinds not in self.said:
            if len(self.said) > 20_000:  # they come kind by kind, so those before won't come again
                self.said.clear()
                self.said_of_beginnings.clear()
            self.said[kinds] = {}
        said = self.said[kinds]
        for asked, answers in said.items():
            answer = answers.get(tuple([outcomes[number] for number in asked]))
            if answer is not None:
                return answer
        answer = self.asked(steps)
        looked_at = tuple(sorted(self.reviews.asked))
        said.setdefault(looked_at, {})[tuple([outcomes[number] for number in looked_at])] = answer
        return answer

    def asked(self, steps: Steps) -> Answer:
        """What the twin says to a history that it has not seen before."""
        turns = turns_of(tuple([place for _, place in steps]))
        standings, asked = {}, set()
        for heard, period in dict.fromkeys(turns):
            if heard < len(steps):
                standings[heard, period], looked_at = self.beginning(steps[:heard], period)
                asked |= looked_at
        history = self.replayed(steps)
        for heard, period in dict.fromkeys(turns):
            if heard == len(steps):
                standings[heard, period] = self.standing(history, period)
        claims = tuple(sorted([self.claim(*decision) for decision in history.decisions]))
        self.reviews.asked |= asked
        numbered = {turn: self.standings.setdefault(said, len(self.standings)) for turn, said in standings.items()}
        resolution = tuple([numbered[turn] for turn in turns])
        return (
            self.resolutions.setdefault(resolution, len(self.resolutions)),
            self.claims.setdefault(claims, len(self.claims)),
        )

    def beginning(self, steps: Steps, period: str) -> tuple[Standing, set[int]]:
        """Who is partner of record after the first events of a history, and whose proofs that hung on."""
        if (steps, period) not in self.said_of_beginnings:
            standing = self.standing(self.replayed(steps), period)
            self.said_of_beginnings[steps, period] = standing, self.reviews.asked
        return self.said_of_beginnings[steps, period]

    def replayed(self, steps: Steps) -> twin.History:
        """The group after the last of these events."""
        rows = [row_of(number, KINDS[event], place) for number, (event, place) in enumerate(steps)]
        self.reviews.outcomes = [OUTCOMES[event] for event, _ in steps]
        self.reviews.asked = set()
        self.known.forms = [row for row in rows if "form_id" in row]
        self.known.events = [row for row in rows if "event_id" in row]
        return twin.replay(self.known, twin.timelines(self.known).get((CUSTOMER, "O365"), []))

    def standing(self, history: twin.History, period: str) -> Standing:
        found = []
        for subscription in self.known.subscriptions.values():
            status, reason, claim = twin.resolve_subscription(self.known, subscription, history, period)
            shown = (claim.mpn_id, claim.source, int(claim.claim_id)) if claim else (None, None, None)
            found.append((status, reason, *shown))
        return tuple(found)

    def claim(self, source: str, row: Row, decision: str, reason: str | None, claim: twin.Claim | None) -> Any:
        """The event's number, and what became of it: decision, reason, proof, the number of what ended it, and how."""
        number = int(row["form_id" if source == "OSA" else "event_id"])
        if claim is None:
            return number, decision, reason, None, None, None
        poe = twin.poe_status(self.known, claim, self.run_ends)
        ended_by = claim.ended_at.hour - FIRST_HOUR if claim.ended_at else None
        return number, decision, reason, poe, ended_by, claim.end_reason


@cache
def row_of(number: int, event: int, place: int) -> Row:
    """The accepted row of a history's event with this number."""
    feeds = world(CUSTOMER, [(0, 0)] * number + [(event, place)])
    is_form = EVENTS[event].kind == "F"
    return {
        **feeds["osa_forms" if is_form else "dpor_attachments"][-1],
        "form_id" if is_form else "event_id": f"{number}",
    }


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
