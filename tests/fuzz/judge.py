"""The judge: the contract of the nine feeds once more, in plain Python, one row at a time.

It shares no code with the pipeline. A row is judged by itself and by what is known before its delivery; what it does to
a row of the same key is left to the tests of duplicates.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

SERVICES = ("O365", "CRMOL", "INTUNE", "EMS", "AADP")
PORTALS = {"O365": "OFFICE", "CRMOL": "OFFICE", "INTUNE": "INTUNE", "EMS": "INTUNE", "AADP": "INTUNE"}
ORDER = (
    *("missing_value", "bad_type", "out_of_range", "bad_value", "service_out_of_scope", "wrong_portal"),
    *("assigned_exceeds_purchased", "inverted_dates", "unknown_subscription", "unknown_customer", "unknown_partner"),
    *("unknown_claim", "claim_partner_mismatch"),
)
"""The first of a row's reasons in this order is its reason."""


@dataclass(frozen=True)
class Known:
    """What deliveries before have brought: subscriptions with their services, claims with their partners."""

    partners: frozenset[str]
    customers: frozenset[str]
    subscriptions: dict[str, str]
    claims: dict[str, str]


class Bad(Exception):
    """A value that can't be used; its text is the reason."""


def identifier(text: str) -> str:
    return fitting(text, r"[A-Za-z0-9._-]{1,64}")


def partner(text: str) -> str:
    return fitting(text, r"[0-9]{7}")


def partner_or_any(text: str) -> str:
    return text if text == "*" else partner(text)


def fitting(text: str, form: str) -> str:
    if not re.fullmatch(form, text, re.ASCII):
        raise Bad("bad_type")
    return text


def seats(text: str) -> int:
    number = int(fitting(text, r"-?[0-9]{1,4000}"))
    if number == 0 and text.startswith("-"):
        raise Bad("bad_type")
    return ranged(number, 0, 10_000_000)


def amount(decimals: int, most: int) -> Callable[[str], Decimal]:
    def read(text: str) -> Decimal:
        number = Decimal(fitting(text, r"-?[0-9]+(\.[0-9]+)?"))
        if number == 0 and text.startswith("-"):
            raise Bad("bad_type")
        if len(text.partition(".")[2]) > decimals:
            raise Bad("out_of_range")
        return ranged(number, Decimal(0), Decimal(most))

    return read


def day(text: str) -> date:
    fitting(text, r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
    try:
        found = date.fromisoformat(of_a_year(text))
    except ValueError:
        raise Bad("bad_type") from None
    return ranged(found if found.year != NO_YEAR else date.min, date(2000, 1, 1), date(2100, 12, 31))


NO_YEAR = 8
"""Python has no year 0, which was a leap year as this one; the contract has it: a date before 2000."""


def of_a_year(text: str) -> str:
    return f"{NO_YEAR:04}{text[4:]}" if text.startswith("0000") else text


def instant(text: str) -> datetime:
    clock = r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?"
    fitting(text, clock + r"(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])")
    whole, fraction, zone = re.fullmatch(r"(.{19})(\.[0-9]+)?(.+)", text).groups()  # type: ignore[union-attr]
    try:
        at = datetime.fromisoformat(f"{of_a_year(whole)}{(fraction or '.0'):0<7}{zone}")
    except ValueError:
        raise Bad("bad_type") from None
    try:
        at = at.astimezone(UTC).replace(tzinfo=None)
    except OverflowError:
        raise Bad("out_of_range") from None
    return ranged(at, datetime(2000, 1, 1), datetime(2100, 12, 31, 23, 59, 59, 999_999))


def ranged(value: Any, least: Any, most: Any) -> Any:
    if not least <= value <= most:
        raise Bad("out_of_range")
    return value


def listed(*values: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        if text not in values:
            raise Bad("bad_value")
        return text

    return read


def service(text: str) -> str:
    if text not in SERVICES:
        raise Bad("service_out_of_scope")
    return text


def service_or_any(text: str) -> str:
    return text if text == "*" else service(text)


def fiscal_year(text: str) -> str:
    if not re.fullmatch(r"FY[0-9]{2}", text, re.ASCII):
        raise Bad("bad_value")
    return text


CONTRACT: dict[str, dict[str, Callable[[str], Any]]] = {
    "assigned_seats": {
        "subscription_id": identifier, "snapshot_date": day, "exported_at": instant, "purchased_seats": seats,
        "assigned_seats": seats,
    },
    "osa_forms": {
        "form_id": identifier, "received_on": day, "customer_id": identifier, "service": service, "mpn_id": partner,
    },
    "dpor_attachments": {
        "event_id": identifier, "occurred_at": instant, "subscription_id": identifier,
        "action": listed("ADD", "REMOVE"), "mpn_id": partner, "portal": listed("OFFICE", "INTUNE"),
    },
    "poe_reviews": {
        "poe_id": identifier, "claim_id": identifier, "mpn_id": partner, "requested_on": day, "decided_on": day,
        "outcome": listed("PASS", "FAIL"),
    },
    "partners": {
        "mpn_id": partner, "partner_name": str, "hq_mpn_id": partner,
        "region": listed("EMEA", "LATAM", "APGC", "JAPAN", "NA"), "country": str, "ppc_name": str, "ppc_email": str,
        "eligible_from": day, "eligible_to": day,
    },
    "customers": {
        "customer_id": identifier, "organization_name": str, "country": str, "address": str, "phone": str,
    },
    "subscriptions": {
        "subscription_id": identifier, "customer_id": identifier, "agreement_id": identifier, "program": str,
        "service": service, "offer": str, "start_date": day, "end_date": day,
    },
    "rates": {
        "incentive": listed("DEPLOY", "MANAGE", "ACCELERATOR"), "service": service,
        "amount_per_seat": amount(4, 1_000_000), "valid_from": day, "valid_to": day,
    },
    "caps": {
        "mpn_id": partner_or_any, "scope": listed("SUBSCRIPTION", "CUSTOMER", "SERVICE", "PARTNER"),
        "service": service_or_any, "fiscal_year": fiscal_year, "amount": amount(2, 1_000_000_000_000),
    },
}  # fmt: skip
MAY_BE_EMPTY = {"hq_mpn_id", "eligible_to", "end_date", "valid_to", "decided_on", "outcome"}
KEYS = {
    "assigned_seats": ("subscription_id", "snapshot_date", "exported_at"),
    "rates": ("incentive", "service", "valid_from"),
    "caps": ("mpn_id", "scope", "service", "fiscal_year"),
}
BEFORE = (("eligible_from", "eligible_to"), ("start_date", "end_date"), ("valid_from", "valid_to"))
BEFORE += (("requested_on", "decided_on"),)


def judged(feed: str, row: dict[str, str], known: Known) -> tuple[str | None, dict[str, Any]]:
    """The reason for which a row is set aside, None where it is accepted; and its values, typed."""
    values: dict[str, Any] = {}
    reasons: set[str] = set()
    for column, read in CONTRACT[feed].items():
        values[column] = None
        try:
            if row[column] != "":
                values[column] = read(row[column])
            elif column not in MAY_BE_EMPTY:
                reasons.add("missing_value")
        except Bad as bad:
            reasons.add(str(bad))
    reasons |= set(among(feed, row, values)) | set(unknown(feed, values, known))
    return min(reasons, key=ORDER.index, default=None), values


def among(feed: str, row: dict[str, str], values: dict[str, Any]) -> list[str]:
    """What is wrong between the columns of a row."""
    wrong = [
        "inverted_dates"
        for one, other in BEFORE
        if values.get(one) and values.get(other) and values[one] > values[other]
    ]
    if feed == "poe_reviews" and (row["decided_on"] == "") != (row["outcome"] == ""):
        wrong.append("missing_value")
    if feed == "assigned_seats" and None not in (bought := values["purchased_seats"], used := values["assigned_seats"]):
        wrong += ["assigned_exceeds_purchased"] * (used > bought)
    if feed == "caps" and row["scope"] in ("CUSTOMER", "PARTNER") and row["service"] not in ("*", ""):
        wrong.append("bad_value")
    return wrong


def unknown(feed: str, values: dict[str, Any], known: Known) -> list[str]:
    """What a row refers to and no delivery has brought, or brought otherwise."""
    wrong = []
    if feed in ("assigned_seats", "dpor_attachments") and values["subscription_id"] not in known.subscriptions:
        wrong.append("unknown_subscription")
    if feed in ("osa_forms", "subscriptions") and values["customer_id"] not in known.customers:
        wrong.append("unknown_customer")
    if feed in ("osa_forms", "dpor_attachments", "poe_reviews", "caps") and values["mpn_id"] not in known.partners | {
        "*"
    }:
        wrong.append("unknown_partner")
    if feed == "poe_reviews":
        if values["claim_id"] not in known.claims:
            wrong.append("unknown_claim")
        elif known.claims[values["claim_id"]] != values["mpn_id"]:
            wrong.append("claim_partner_mismatch")
    if feed == "dpor_attachments" and values["portal"] and values["subscription_id"] in known.subscriptions:
        bought = known.subscriptions[values["subscription_id"]]
        wrong += ["wrong_portal"] * (PORTALS[bought] != values["portal"])
    return wrong


def key_of(feed: str, values: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(values[column] for column in KEYS.get(feed, (next(iter(CONTRACT[feed])),)))
