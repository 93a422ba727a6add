"""The rows that a delivery may bring: one Pandera model a feed, every column, type, check and description once.

A check's name is the reason that quarantine gives for the row. What a feed refers to, and how its key behaves, stands
in its `Config.metadata`; how a column's text must look, in the field's.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import pandera.polars as pa
import polars as pl
from pandera.polars import PolarsData

from schemas.columns import (
    CAP,
    MOST_CAP,
    MOST_PER_SEAT,
    MPN_ID_OR_ANY,
    PER_SEAT,
    TEXT,
    column,
    day,
    identifier,
    instant,
    partner_id,
    seats,
    text,
    word,
)
from schemas.words import AmountPerSeat, Instant, Money


@dataclass(frozen=True)
class Reference:
    """A row waits until `column`'s value is the key of an accepted row of `feed`; `reason` says so in quarantine."""

    column: str
    feed: str
    reason: str


SUBSCRIPTION = Reference("subscription_id", "subscriptions", "unknown_subscription")
CUSTOMER = Reference("customer_id", "customers", "unknown_customer")
PARTNER = Reference("mpn_id", "partners", "unknown_partner")
CLAIM = Reference("claim_id", "claims", "unknown_claim")


def not_after(earlier: str, later: str) -> pl.Expr:
    """True where neither day is missing and `earlier` is not after `later`, null where one is missing."""
    return pl.col(earlier) <= pl.col(later)


class AssignedSeats(pa.DataFrameModel):
    """Assigned-seat exports: the seats that a customer had on a day. One row per subscription, day and export."""

    subscription_id: str = identifier("The subscription whose seats were counted.")
    snapshot_date: pl.Date = day("The day, UTC, on which they were counted.")
    exported_at: Instant = instant("The instant, UTC, of the export; of one day's exports the latest counts.")
    purchased_seats: pl.Int32 = seats("Seats bought.")
    assigned_seats: pl.Int32 = seats("Seats assigned to a user: what all incentives are paid on.")

    @pa.check("assigned_seats", name="assigned_exceeds_purchased")
    def at_most_purchased(cls, data: PolarsData) -> pl.LazyFrame:
        return data.lazyframe.select(not_after("assigned_seats", "purchased_seats"))

    class Config:
        metadata: ClassVar[dict[str, Any]] = {
            "key": ("subscription_id", "snapshot_date", "exported_at"),
            "replaces": False,
            "refers_to": (SUBSCRIPTION,),
        }


class OsaForms(pa.DataFrameModel):
    """OSA form logs: the paper way to become partner of record, for a whole service of a customer. One row per form."""

    form_id: str = identifier("The form.")
    received_on: pl.Date = day("The day, UTC, on which it was received; it counts after every event of that day (P6).")
    customer_id: str = identifier("The customer who signed.")
    service: str = column(TEXT, "The service that the form covers.")
    mpn_id: str = partner_id("The partner that it names.")

    class Config:
        metadata: ClassVar[dict[str, Any]] = {
            "key": ("form_id",),
            "replaces": False,
            "refers_to": (CUSTOMER, PARTNER),
            "listed": {"service": ("services", "service_out_of_scope")},
        }


class DporAttachments(pa.DataFrameModel):
    """DPOR attachment feeds: what customers did in their portals, for one subscription each. One row per event."""

    event_id: str = identifier("The event; of two at one instant the lower id came first (P1).")
    occurred_at: Instant = instant("The instant, UTC.")
    subscription_id: str = identifier("The subscription.")
    action: str = word("ADD attaches the partner, REMOVE ends its attachment.", "ADD", "REMOVE")
    mpn_id: str = partner_id("The partner attached or removed.")
    portal: str = word("The portal that it was done in.", "OFFICE", "INTUNE")

    class Config:
        metadata: ClassVar[dict[str, Any]] = {
            "key": ("event_id",),
            "replaces": False,
            "refers_to": (SUBSCRIPTION, PARTNER),
        }


class PoeReviews(pa.DataFrameModel):
    """Reviews of proofs of execution. One row per review."""

    poe_id: str = identifier("The review.")
    claim_id: str = identifier("The claim reviewed: a form's or an event's id.")
    mpn_id: str = partner_id("The claim's partner.")
    requested_on: pl.Date = day("The day on which the proof was asked for; a claim's latest review counts (P13).")
    decided_on: pl.Date = day("The day of the decision; null while there is none.", optional=True)
    outcome: str = column(TEXT, "PASS or FAIL; null while undecided.", optional=True, isin=["PASS", "FAIL"])

    @pa.check("decided_on", name="inverted_dates")
    def decided_after_requested(cls, data: PolarsData) -> pl.LazyFrame:
        return data.lazyframe.select(not_after("requested_on", "decided_on"))

    class Config:
        metadata: ClassVar[dict[str, Any]] = {
            "key": ("poe_id",),
            "replaces": True,
            "refers_to": (PARTNER, CLAIM),
            "both_or_neither": ("decided_on", "outcome"),
        }


class Partners(pa.DataFrameModel):
    """Partners of the network, each MPN ID paid by a statement of its own. One row per MPN ID."""

    mpn_id: str = partner_id("The partner's seven digits, leading zeros kept.")
    partner_name: str = text("Its name.")
    hq_mpn_id: str = partner_id("The MPN ID of its headquarters, for roll-ups only.", optional=True)
    region: str = word("The region whose support address it writes to.", "EMEA", "LATAM", "APGC", "JAPAN", "NA")
    country: str = text("Its country.")
    ppc_name: str = text("Its primary contact.")
    ppc_email: str = text("The primary contact's address.")
    eligible_from: pl.Date = day("The first day on which it can earn.")
    eligible_to: pl.Date = day("The last day on which it can earn; null if open-ended.", optional=True)

    @pa.check("eligible_to", name="inverted_dates")
    def ends_after_start(cls, data: PolarsData) -> pl.LazyFrame:
        return data.lazyframe.select(not_after("eligible_from", "eligible_to"))

    class Config:
        metadata: ClassVar[dict[str, Any]] = {"key": ("mpn_id",), "replaces": True, "refers_to": ()}


class Customers(pa.DataFrameModel):
    """Customers. One row per customer."""

    customer_id: str = identifier("The customer.")
    organization_name: str = text("Its name.")
    country: str = text("Its country.")
    address: str = text("Its address.")
    phone: str = text("Its telephone number.")

    class Config:
        metadata: ClassVar[dict[str, Any]] = {"key": ("customer_id",), "replaces": True, "refers_to": ()}


class Subscriptions(pa.DataFrameModel):
    """Subscriptions. One row per subscription."""

    subscription_id: str = identifier("The subscription.")
    customer_id: str = identifier("The customer who bought it.")
    agreement_id: str = identifier("The agreement that it was bought under.")
    program: str = text("The agreement's program, free text.")
    service: str = column(TEXT, "The service, of those that the policy lists.")
    offer: str = text("The offer within the service.")
    start_date: pl.Date = day("The first day of its term.")
    end_date: pl.Date = day("The last day of its term; null if open-ended.", optional=True)

    @pa.check("end_date", name="inverted_dates")
    def ends_after_start(cls, data: PolarsData) -> pl.LazyFrame:
        return data.lazyframe.select(not_after("start_date", "end_date"))

    class Config:
        metadata: ClassVar[dict[str, Any]] = {
            "key": ("subscription_id",),
            "replaces": True,
            "refers_to": (CUSTOMER,),
            "listed": {"service": ("services", "service_out_of_scope")},
        }


class Rates(pa.DataFrameModel):
    """Rates: what one assigned seat earns a month. One row per incentive, service and first day."""

    incentive: str = column(TEXT, "The incentive.")
    service: str = column(TEXT, "The service.")
    amount_per_seat: AmountPerSeat = column(PER_SEAT, "The amount per seat and month.", ge=0, le=MOST_PER_SEAT)
    valid_from: pl.Date = day("The first day; of two rates valid on a day the later counts (P18).")
    valid_to: pl.Date = day("The last day; null if open-ended.", optional=True)

    @pa.check("valid_to", name="inverted_dates")
    def ends_after_start(cls, data: PolarsData) -> pl.LazyFrame:
        return data.lazyframe.select(not_after("valid_from", "valid_to"))

    class Config:
        metadata: ClassVar[dict[str, Any]] = {
            "key": ("incentive", "service", "valid_from"),
            "replaces": True,
            "refers_to": (),
            "listed": {"incentive": ("incentives", "bad_value"), "service": ("services", "service_out_of_scope")},
        }


class Caps(pa.DataFrameModel):
    """Max caps: the most an MPN ID is paid in a fiscal year in one scope (P20). One row per key of four columns."""

    mpn_id: str = column(MPN_ID_OR_ANY, "The partner, or * for each.")
    scope: str = word("What one amount covers.", "SUBSCRIPTION", "CUSTOMER", "SERVICE", "PARTNER")
    service: str = column(TEXT, "The service, or * for each; always * for CUSTOMER and PARTNER.")
    fiscal_year: str = column(TEXT, "The fiscal year, named for the year that it ends in.", str_matches=r"^FY[0-9]{2}$")
    amount: Money = column(CAP, "The most that is paid.", ge=0, le=MOST_CAP)

    @pa.check("service", name="bad_value")
    def fits_the_scope(cls, data: PolarsData) -> pl.LazyFrame:
        return data.lazyframe.select(~pl.col("scope").is_in(["CUSTOMER", "PARTNER"]) | (pl.col("service") == "*"))

    class Config:
        metadata: ClassVar[dict[str, Any]] = {
            "key": ("mpn_id", "scope", "service", "fiscal_year"),
            "replaces": True,
            "refers_to": (PARTNER,),
            "listed": {"service": ("services", "service_out_of_scope")},
        }
