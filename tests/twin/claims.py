"""A service group's history replayed, form by form and event by event (P1 to P15)."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, time

from twin.known import (
    Group,
    Known,
    Row,
    earns,
    group_of,
)


@dataclass
class Claim:
    """One partner's standing to be partner of record: an attached form, or an ADD that attached."""

    claim_id: str
    source: str
    mpn_id: str
    subscription_id: str | None
    position: int  # its place in the group's timeline
    exempt: bool = False  # P14, DPOR only
    contested_on: date | None = None  # P11, OSA only: the day of the first contest's later form
    ended_at: datetime | None = None
    end_reason: str | None = None


@dataclass
class History:
    """A service group after a replay: who is attached where, and how every form and event was decided."""

    attached: dict[str, Claim] = field(default_factory=dict)  # subscription_id -> its DPOR claim
    forms: list[Claim] = field(default_factory=list)  # attached forms, oldest first; stopped ones too
    dpor_claims: list[Claim] = field(default_factory=list)  # every DPOR claim that ever began, oldest first
    decisions: list[tuple[str, Row, str, str | None, Claim | None]] = field(default_factory=list)


def timelines(known: Known) -> dict[Group, list[tuple[str, Row]]]:
    """P1, P6: each group's events by instant, then id; its forms by day, then id, after every event of their day."""
    entries = defaultdict(list)
    for event in known.events:
        at = event["occurred_at"]
        place = (at.date(), "event before form", at, event["event_id"])
        entries[group_of(known.subscriptions[event["subscription_id"]])].append((place, "DPOR", event))
    for form in known.forms:
        day = form["received_on"]
        place = (day, "form", datetime.combine(day, time()), form["form_id"])
        entries[form["customer_id"], form["service"]].append((place, "OSA", form))
    ordered = {}
    for group, group_entries in entries.items():
        group_entries.sort(key=lambda entry: entry[0])
        ordered[group] = [(source, row) for _, source, row in group_entries]
    return ordered


def poe_status(known: Known, claim: Claim, before: date | None = None) -> str:
    """P13, P14, P15: a claim's POE; `before` leaves out contests that begin on that day or later.

    P13: the outcome of the latest review, whenever it was decided.
    """
    if claim.exempt:
        return "NOT_REQUIRED"
    reviews = known.reviews.get(claim.claim_id, [])
    if reviews:
        return max(reviews, key=lambda review: (review["requested_on"], review["poe_id"]))["outcome"] or "PENDING"
    if claim.source == "DPOR":
        return "PENDING"
    contested = claim.contested_on is not None and (before is None or claim.contested_on < before)
    return "PENDING" if contested else "NOT_REQUIRED"


def replay(known: Known, timeline: list[tuple[str, Row]], before: datetime | None = None) -> History:
    """A group's history, event by event: the whole of it, or all strictly before the instant, a midnight."""
    history = History()
    for position, (source, row) in enumerate(timeline):
        if source == "DPOR":
            if before is None or row["occurred_at"] < before:
                take_event(known, history, row, position)
        elif before is None or row["received_on"] < before.date():
            take_form(known, history, row, position)
    return history


def take_event(known: Known, history: History, event: Row, position: int) -> None:
    """P2, P3, P4, P5, P9, P14: one DPOR event."""

    def decide(decision: str, reason: str | None = None, claim: Claim | None = None) -> None:
        history.decisions.append(("DPOR", event, decision, reason, claim))

    subscription = known.subscriptions[event["subscription_id"]]
    attached = history.attached.get(event["subscription_id"])
    day = event["occurred_at"].date()

    # P2
    if day < known.policy["dpor_go_live"]:
        return decide("REJECTED", "dpor_not_available")
    if not earns(known, subscription):
        return decide("REJECTED", "program_not_eligible")
    end_date = subscription["end_date"]
    if event["action"] == "ADD" and end_date is not None and day > end_date:
        return decide("REJECTED", "subscription_ended")

    # P4
    if event["action"] == "REMOVE":
        if attached is None or attached.mpn_id != event["mpn_id"]:
            return decide("REJECTED", "nothing_to_remove")
        attached.ended_at, attached.end_reason = event["occurred_at"], "removed_by_customer"
        del history.attached[event["subscription_id"]]
        return decide("DETACHED")

    # P3, P5
    if attached is not None and attached.mpn_id == event["mpn_id"]:
        return decide("DUPLICATE", "already_attached")
    if attached is not None:
        attached.ended_at, attached.end_reason = event["occurred_at"], "replaced_by_dpor"
    claim = Claim(event["event_id"], "DPOR", event["mpn_id"], event["subscription_id"], position)
    claim.exempt = is_exempt(known, history, claim, day)
    history.attached[event["subscription_id"]] = claim
    history.dpor_claims.append(claim)

    # P9
    for form in history.forms:
        if form.mpn_id != claim.mpn_id and form.ended_at is None:
            form.ended_at, form.end_reason = event["occurred_at"], "stopped_by_dpor"
    decide("ATTACHED", None, claim)


def take_form(known: Known, history: History, form: Row, position: int) -> None:
    """P7, P8, P11: one OSA form."""

    def decide(decision: str, reason: str | None = None, claim: Claim | None = None) -> None:
        history.decisions.append(("OSA", form, decision, reason, claim))

    # P7
    if form["received_on"] > known.policy["osa_forms_accepted_until"]:
        return decide("REJECTED", "osa_method_closed")
    if history.attached:
        return decide("REJECTED", "dpor_attached")

    # P8
    if history.forms:
        latest = history.forms[-1]
        if latest.mpn_id == form["mpn_id"] and latest.ended_at is None:
            return decide("DUPLICATE", "already_attached")
    claim = Claim(form["form_id"], "OSA", form["mpn_id"], None, position)

    # P11: whatever the POE of either
    for earlier in history.forms:
        if earlier.mpn_id != claim.mpn_id and earlier.ended_at is None:
            for contestant in (earlier, claim):
                if contestant.contested_on is None:
                    contestant.contested_on = form["received_on"]
    history.forms.append(claim)
    decide("ATTACHED", None, claim)


def latest_form_not_failed(known: Known, history: History) -> Claim | None:
    """P12, without its last sentence: the latest attached form whose POE has not failed, stopped or not."""
    for form in reversed(history.forms):
        if poe_status(known, form) != "FAIL":
            return form
    return None


def covers(history: History, form: Claim, subscription_id: str) -> bool:
    """P10: no DPOR claim has begun on the subscription since the form."""
    for claim in history.dpor_claims:
        if claim.subscription_id == subscription_id and claim.position > form.position:
            return False
    return True


def is_exempt(known: Known, history: History, claim: Claim, day: date) -> bool:
    """P14: judged on the history immediately before the claim."""
    form = latest_form_not_failed(known, history)
    if form is None or form.ended_at is not None:  # P12: the group has no OSA partner
        return False
    if form.mpn_id != claim.mpn_id or not covers(history, form, claim.subscription_id or ""):
        return False
    if day > known.policy["osa_recognised_until"]:
        return False
    return poe_status(known, form) in ("PASS", "NOT_REQUIRED")
