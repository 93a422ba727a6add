"""Who is partner of record at a period's end (P16), and what became of every form and event."""

from __future__ import annotations

from datetime import datetime, time

from twin.claims import (
    Claim,
    History,
    covers,
    latest_form_not_failed,
    poe_status,
    replay,
    timelines,
)
from twin.known import (
    Known,
    Row,
    earns,
    end_of,
    first_day,
    group_of,
    last_day,
    periods_through,
    within,
)


def standing(known: Known, claim: Claim, period: str) -> tuple[str, str | None]:
    """P16, lines 2 to 5: status and reason of the partner whose claim it is (P15: POE as at the period's end)."""
    poe = poe_status(known, claim)
    partner = known.partners[claim.mpn_id]
    if poe == "FAIL":
        return "DENIED", "poe_failed"
    if not within(last_day(period), partner["eligible_from"], partner["eligible_to"]):
        return "INELIGIBLE", "partner_not_eligible"
    if poe == "PENDING":
        return "HELD", "poe_pending"
    return "PAYABLE", None


def resolve_subscription(
    known: Known, subscription: Row, history: History, period: str
) -> tuple[str, str | None, Claim | None]:
    """P16: status, reason and the claim of the POR shown, from the group's history before the period's end."""
    subscription_id = subscription["subscription_id"]
    if not earns(known, subscription):
        return "INELIGIBLE", "program_not_eligible", None  # 1
    if subscription_id in history.attached:
        claim = history.attached[subscription_id]
        return *standing(known, claim, period), claim  # 2 to 5
    form = latest_form_not_failed(known, history)
    if form is not None and covers(history, form, subscription_id):
        if form.ended_at is not None:
            return "UNASSIGNED", "osa_superseded_by_dpor", None  # 6
        if last_day(period) > known.policy["osa_recognised_until"]:
            return "UNASSIGNED", "osa_recognition_ended", None  # 7
        return *standing(known, form, period), form  # 8
    if any(claim.subscription_id == subscription_id for claim in history.dpor_claims):
        return "UNASSIGNED", "dpor_removed", None  # 9
    return "UNASSIGNED", "no_por", None  # 10


def por_resolution(known: Known, last_period: str) -> list[Row]:
    """P16: one row per subscription and period that its term overlaps."""
    group_timelines = timelines(known)
    rows = []
    for period in periods_through(known.policy["first_period"], last_period):
        for subscription_id, subscription in sorted(known.subscriptions.items()):
            ends = subscription["end_date"]
            if subscription["start_date"] > last_day(period) or (ends is not None and ends < first_day(period)):
                continue
            history = replay(known, group_timelines.get(group_of(subscription), []), before=end_of(period))
            status, reason, claim = resolve_subscription(known, subscription, history, period)
            rows.append(
                {
                    "period": period,
                    "subscription_id": subscription_id,
                    "customer_id": subscription["customer_id"],
                    "service": subscription["service"],
                    "mpn_id": claim.mpn_id if claim else None,
                    "basis": claim.source if claim else None,
                    "status": status,
                    "reason": reason,
                    "claim_id": claim.claim_id if claim else None,
                }
            )
    return rows


def claim_rows(known: Known, last_period: str) -> list[Row]:
    """One row per form and event, with its decision; POE and end as at the end of `last_period`."""
    end = end_of(last_period)
    rows = []
    for (customer_id, service), timeline in timelines(known).items():
        for source, row, decision, reason, claim in replay(known, timeline).decisions:
            ended = claim is not None and claim.ended_at is not None and claim.ended_at < end
            received = row["occurred_at"] if source == "DPOR" else datetime.combine(row["received_on"], time())
            rows.append(
                {
                    "claim_id": row["event_id"] if source == "DPOR" else row["form_id"],
                    "source": source,
                    "mpn_id": row["mpn_id"],
                    "customer_id": customer_id,
                    "service": service,
                    "subscription_id": row["subscription_id"] if source == "DPOR" else None,
                    "received_at": received,
                    "decision": decision,
                    "decision_reason": reason,
                    "poe_status": poe_status(known, claim, end.date()) if claim else None,
                    "ended_at": claim.ended_at if claim and ended else None,
                    "end_reason": claim.end_reason if claim and ended else None,
                }
            )
    return sorted(rows, key=lambda row: (row["claim_id"], row["source"]))
