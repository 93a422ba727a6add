"""The boring twin: rules P1 to P23 once more, in plain and slow Python, to be compared row for row with the SQL.

It shares no code and no idea with the pipeline. Each group's history is replayed event by event, from its beginning,
for every period anew; nothing is indexed, windowed or remembered that the rule's own words don't need.

A world maps each feed to its accepted rows, typed, in the order delivered. Instants are naive UTC.
"""

from __future__ import annotations

from twin.claims import Claim, History, poe_status, replay, timelines
from twin.earnings import apply_caps, earn
from twin.known import Outcome, Policy, World, end_of, know, periods_through
from twin.payment import Ledger, statements
from twin.resolution import claim_rows, por_resolution, resolve_subscription

__all__ = [
    "Claim",
    "History",
    "Ledger",
    "Outcome",
    "end_of",
    "know",
    "periods_through",
    "poe_status",
    "replay",
    "resolve",
    "resolve_subscription",
    "statements",
    "timelines",
]


def resolve(world: World, policy: Policy, last_period: str) -> Outcome:
    """P1 to P20: every period from `first_period` to `last_period`, from all that `world` holds."""
    known = know(world, policy)
    outcome = Outcome(last_period, policy["minimum_payment"])
    outcome.claims = claim_rows(known, last_period)
    outcome.por_resolution = por_resolution(known, last_period)
    earn(known, outcome)
    apply_caps(known, outcome.incentive_lines)
    return outcome
