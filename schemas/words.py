"""The words and the types that the models of relations share."""

from __future__ import annotations

from typing import Annotated, Any

import pandera.polars as pa
import polars as pl

Money = Annotated[pl.Decimal, 18, 2]
AmountPerSeat = Annotated[pl.Decimal, 18, 4]
Instant = Annotated[pl.Datetime, "us", None]

BASES = ["DPOR", "OSA"]
STATUSES = ["PAYABLE", "HELD", "DENIED", "INELIGIBLE", "UNASSIGNED"]
UNPAID_REASONS = [
    "program_not_eligible",
    "poe_failed",
    "partner_not_eligible",
    "poe_pending",
    "osa_superseded_by_dpor",
    "osa_recognition_ended",
    "dpor_removed",
    "no_por",
]
DECISION_REASONS = [
    "dpor_not_available",
    "program_not_eligible",
    "subscription_ended",
    "nothing_to_remove",
    "osa_method_closed",
    "dpor_attached",
    "already_attached",
]
PROOFS = ["PASS", "FAIL", "PENDING", "NOT_REQUIRED"]
CAUSES = (
    "first_billed",
    "por_changed",
    "poe_passed",
    "poe_failed",
    "poe_pending",
    "seats_changed",
    "rate_changed",
    "eligibility_changed",
    "subscription_changed",
    "cap_changed",
    "cap_reallocated",
    "policy_changed",
    "software_changed",
)
"""Why an earlier line's amount differs from what was posted, in the order in which each takes its share."""

PAYMENT_ID = "DPOR-{}-{}"
"""The form of a payment's id: period and MPN ID of its statement. DuckDB's `format` fills it in as Python's does."""

NOTIFICATION_KINDS = (
    "DPOR_ATTACHED",
    "DPOR_REMOVED",
    "DPOR_REPLACED",
    "OSA_STOPPED",
    "OSA_FORM_REFUSED",
    "POE_REQUESTED",
    "POE_RESULT",
)
"""What a partner is told of (P26)."""

CAP_SCOPES = ("SUBSCRIPTION", "CUSTOMER", "SERVICE", "PARTNER")
"""In the order in which the caps are applied (P20)."""


def said(description: str, *, optional: bool = False, **checks: Any) -> Any:
    """A Pandera field of a relation: what its column says, and whether it may be null."""
    return pa.Field(description=description, nullable=optional, **checks)
