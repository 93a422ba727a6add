"""What seats earn and what caps leave of it (P17 to P20)."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from twin.known import (
    Known,
    Outcome,
    Row,
    first_day,
    fiscal_year,
    last_day,
    within,
)

CENT = Decimal("0.01")
ZERO = Decimal("0.00")
SCOPES = ("SUBSCRIPTION", "CUSTOMER", "SERVICE", "PARTNER")  # P20: applied in this order


def assigned_seats(subscription: Row, period: str, snapshots: list[Row]) -> int | None:
    """P17: the latest snapshot within the period and the term; for one date, the latest export."""
    fitting = [
        seats
        for seats in snapshots
        if within(seats["snapshot_date"], first_day(period), last_day(period))
        and within(seats["snapshot_date"], subscription["start_date"], subscription["end_date"])
    ]
    if not fitting:
        return None
    latest = max(fitting, key=lambda seats: (seats["snapshot_date"], seats["exported_at"]))
    return int(latest["assigned_seats"])


def amount_per_seat(known: Known, incentive: str, service: str, day: date) -> Decimal | None:
    """P18: of the rates valid that day, the one with the latest `valid_from`."""
    valid = [
        rate
        for rate in known.rates
        if rate["incentive"] == incentive
        and rate["service"] == service
        and within(day, rate["valid_from"], rate["valid_to"])
    ]
    return max(valid, key=lambda rate: rate["valid_from"])["amount_per_seat"] if valid else None


def earn(known: Known, outcome: Outcome) -> None:
    """P17, P18: a line per PAYABLE or HELD row and incentive with a rate; or the row among those without seats."""
    snapshots = defaultdict(list)
    for snapshot in known.seats:
        snapshots[snapshot["subscription_id"]].append(snapshot)
    for row in outcome.por_resolution:
        if row["status"] not in ("PAYABLE", "HELD"):
            continue
        period, subscription_id = row["period"], row["subscription_id"]
        seats = assigned_seats(known.subscriptions[subscription_id], period, snapshots[subscription_id])
        if seats is None:
            columns = ("period", "subscription_id", "mpn_id", "status")
            outcome.missing_seats.append({column: row[column] for column in columns})
            continue
        for incentive in sorted(known.policy["incentives"]):
            rate = amount_per_seat(known, incentive, row["service"], last_day(period))
            if rate is None:
                continue
            outcome.incentive_lines.append(
                {
                    "period": period,
                    "subscription_id": subscription_id,
                    "incentive": incentive,
                    "mpn_id": row["mpn_id"],
                    "service": row["service"],
                    "status": row["status"],
                    "assigned_seats": seats,
                    "amount_per_seat": rate,
                    "earned": (seats * rate).quantize(CENT, ROUND_HALF_UP),
                    "payable": ZERO,  # until the caps have been applied
                }
            )


def cap_amount(known: Known, scope: str, mpn_id: str, service: str, year: str) -> Decimal | None:
    """P20: a row that names the MPN ID beats `*`; then one that names the service beats `*`."""
    for named_partner in (mpn_id, "*"):
        for named_service in (service, "*"):
            if (named_partner, scope, named_service, year) in known.caps:
                return known.caps[named_partner, scope, named_service, year]
    return None


def apply_caps(known: Known, lines: list[Row]) -> None:
    """P19, P20: fills `payable`, line by line in their order, through the scopes one after the other."""
    used: dict[tuple[str, ...], Decimal] = defaultdict(lambda: ZERO)
    for line in sorted(lines, key=lambda line: (line["period"], line["subscription_id"], line["incentive"])):
        if line["status"] == "HELD":
            continue
        mpn_id, service = line["mpn_id"], line["service"]
        year = fiscal_year(line["period"], known.policy["fiscal_year_start_month"])
        bucket_of = {
            "SUBSCRIPTION": line["subscription_id"],
            "CUSTOMER": known.subscriptions[line["subscription_id"]]["customer_id"],
            "SERVICE": service,
            "PARTNER": "",
        }
        amount = line["earned"]
        for scope in SCOPES:
            cap = cap_amount(known, scope, mpn_id, service, year)
            if cap is not None:
                bucket = (year, mpn_id, scope, bucket_of[scope])
                amount = min(amount, cap - used[bucket])
                used[bucket] += amount
        line["payable"] = amount.quantize(CENT)
