"""A customer's history of a service for the plain loop: what each form and event did (P2 to P14)."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from benchmarks.peers.inputs import Policy


@dataclass(slots=True)
class Claim:
    """An attached form, or an ADD that attached."""

    claim_id: str
    mpn_id: str
    day: date
    review: str | None  # the outcome of its latest review; PENDING while that is open, None without one
    exempt: bool = False
    contested_on: date | None = None
    ended_at: datetime | None = None
    end_reason: str | None = None

    def end(self, at: datetime, reason: str) -> None:
        self.ended_at, self.end_reason = at, reason

    def proof_by_form(self, end_day: date) -> str:
        """P13, P15: an attached form's proof just before a day."""
        contested = self.contested_on is not None and self.contested_on < end_day
        return self.review or ("PENDING" if contested else "NOT_REQUIRED")

    def proof_by_event(self) -> str:
        """P13, P14: an attached ADD's proof."""
        return "NOT_REQUIRED" if self.exempt else self.review or "PENDING"


@dataclass(slots=True)
class Group:
    """A customer's subscriptions to one service: who claimed what, oldest first."""

    forms: list[Claim] = field(default_factory=list)
    claims: dict[str, list[Claim]] = field(default_factory=lambda: defaultdict(list))  # by subscription
    attached: dict[str, Claim] = field(default_factory=dict)
    told: list[tuple[Any, ...]] = field(default_factory=list)  # each form and event, and what it did


def take_event(
    group: Group, claim: Claim, at: datetime, action: str, subscription: Any, policy: Policy
) -> tuple[str, str | None]:
    """P2 to P5, P9, P14: what the event did, and why it did nothing."""
    subscription_id, _, _, program, _, end = subscription
    if claim.day < policy.dpor_go_live:
        return "REJECTED", "dpor_not_available"
    if program not in policy.eligible_programs:
        return "REJECTED", "program_not_eligible"
    if action == "ADD" and end is not None and claim.day > end:
        return "REJECTED", "subscription_ended"
    before = group.attached.get(subscription_id)
    same = before is not None and before.mpn_id == claim.mpn_id
    if action == "REMOVE":
        if not same:
            return "REJECTED", "nothing_to_remove"
        group.attached.pop(subscription_id).end(at, "removed_by_customer")
        return "DETACHED", None
    if same:
        return "DUPLICATE", "already_attached"
    if before is not None:
        before.end(at, "replaced_by_dpor")

    form = latest_form(group)
    claim.exempt = (
        form is not None
        and form.ended_at is None
        and form.mpn_id == claim.mpn_id
        and covers(form, group.claims[subscription_id])
        and claim.day <= policy.osa_recognised_until
        and (form.review or ("PENDING" if form.contested_on else "PASS")) == "PASS"
    )
    group.attached[subscription_id] = claim
    group.claims[subscription_id].append(claim)
    for form in group.forms:
        if form.mpn_id != claim.mpn_id and form.ended_at is None:
            form.end(at, "stopped_by_dpor")
    return "ATTACHED", None


def take_form(group: Group, claim: Claim, policy: Policy) -> tuple[str, str | None]:
    """P7, P8, P11: what the form did, and why it did nothing."""
    if claim.day > policy.osa_forms_accepted_until:
        return "REJECTED", "osa_method_closed"
    if group.attached:
        return "REJECTED", "dpor_attached"
    if group.forms and group.forms[-1].mpn_id == claim.mpn_id and group.forms[-1].ended_at is None:
        return "DUPLICATE", "already_attached"
    for earlier in group.forms:
        if earlier.mpn_id != claim.mpn_id and earlier.ended_at is None:
            earlier.contested_on = earlier.contested_on or claim.day
            claim.contested_on = claim.day
    group.forms.append(claim)
    return "ATTACHED", None


def latest_form(group: Group, before: date = date.max) -> Claim | None:
    """P12, but for its last sentence: the latest form whose proof has not failed, stopped or not."""
    for form in reversed(group.forms):
        if form.day < before and form.review != "FAIL":
            return form
    return None


def covers(form: Claim, claims: list[Claim]) -> bool:
    """P10: none of the subscription's own claims has begun since the form."""
    return not claims or claims[-1].day <= form.day
