"""The month in plain Python, a row at a time: `python -m benchmarks.peers.python_loop STORE PERIOD OUT`.

Each customer's history of a service is told once, from its first form or event to its last. Then every period looks
at what stood at its end. Money is counted in whole cents until it is published.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.peers.inputs import Period, Policy, command_line, files, periods, read_policy
from benchmarks.peers.outputs import MONEY, RESULTS, publish
from benchmarks.peers.python_history import Claim, Group, covers, latest_form, take_event, take_form

VERSION = ["delivery", "file", "row_number"]
SCOPES = ("SUBSCRIPTION", "CUSTOMER", "SERVICE", "PARTNER")
Rows = list[tuple[Any, ...]]


# Reading


def rows(store: Path, feed: str, last: str, columns: list[str]) -> Iterator[tuple[Any, ...]]:
    for path in files(store, feed, last):
        yield from zip(*(column.to_pylist() for column in pq.read_table(path, columns=columns).columns), strict=True)


def current(store: Path, feed: str, last: str, key: int, columns: list[str]) -> dict[Any, tuple[Any, ...]]:
    """The last version of each row; the first `key` columns are its key."""
    versions = sorted(rows(store, feed, last, [*VERSION, *columns]), key=lambda row: row[:3])
    if key == 1:
        return {row[3]: row[3:] for row in versions}
    return {row[3 : 3 + key]: row[3:] for row in versions}


def latest_reviews(store: Path, last: str) -> dict[tuple[str, str], str]:
    """P13: the outcome of each claim's latest review."""
    found: dict[tuple[str, str], tuple[date, str, str]] = {}
    columns = ["poe_id", "claim_id", "mpn_id", "requested_on", "outcome"]
    for poe_id, claim_id, mpn_id, requested_on, outcome in current(store, "poe_reviews", last, 1, columns).values():
        review = (requested_on, poe_id, outcome or "PENDING")
        found[claim_id, mpn_id] = max(review, found.get((claim_id, mpn_id), review))
    return {claim: outcome for claim, (_, _, outcome) in found.items()}


def counted_seats(store: Path, last: str, terms: dict[str, Any], first_day: date) -> dict[tuple[str, int], int]:
    """P17: by subscription and month, the seats of the latest snapshot and export within the term."""
    found: dict[tuple[str, int], tuple[date, datetime, int]] = {}
    columns = ["subscription_id", "snapshot_date", "exported_at", "assigned_seats"]
    for subscription_id, day, exported_at, seats in rows(store, "assigned_seats", last, columns):
        _, _, _, _, start, end = terms[subscription_id]
        if day >= first_day and start <= day and (end is None or day <= end):
            key = (subscription_id, day.year * 12 + day.month)
            count = (day, exported_at, seats)
            if key not in found or count > found[key]:
                found[key] = count
    return {key: seats for key, (_, _, seats) in found.items()}


# Claims


def histories(store: Path, last: str, policy: Policy, subscriptions: dict[str, Any]) -> dict[tuple[str, str], Group]:
    """P1, P6: each group's forms and events in their order; a form after every event of its day."""
    reviews = latest_reviews(store, last)
    timelines = defaultdict(list)
    columns = ["event_id", "occurred_at", "subscription_id", "action", "mpn_id"]
    for event_id, at, subscription_id, action, mpn_id in rows(store, "dpor_attachments", last, columns):
        _, customer_id, service, *_ = subscriptions[subscription_id]
        timelines[customer_id, service].append((at.date(), 0, at, event_id, mpn_id, subscription_id, action))
    columns = ["form_id", "received_on", "customer_id", "service", "mpn_id"]
    for form_id, day, customer_id, service, mpn_id in rows(store, "osa_forms", last, columns):
        timelines[customer_id, service].append((day, 1, datetime.combine(day, time()), form_id, mpn_id, None, None))
    groups = {}
    for key, timeline in timelines.items():
        group = groups[key] = Group()
        for day, is_form, at, claim_id, mpn_id, subscription_id, action in sorted(timeline, key=lambda row: row[:4]):
            claim = Claim(claim_id, mpn_id, day, reviews.get((claim_id, mpn_id)))
            if is_form:
                did = take_form(group, claim, policy)
            else:
                did = take_event(group, claim, at, action, subscriptions[subscription_id], policy)
            group.told.append((claim, is_form, at, subscription_id, *did))
    return groups


def claims(groups: dict[tuple[str, str], Group], end_day: date) -> Iterator[tuple[Any, ...]]:
    """What became of every form and event, as it stands at the end of the run's period."""
    end = datetime.combine(end_day, time())
    for (customer_id, service), group in groups.items():
        for claim, is_form, at, subscription_id, decision, reason in group.told:
            proof = None
            if decision == "ATTACHED":
                proof = claim.proof_by_form(end_day) if is_form else claim.proof_by_event()
            over = claim.ended_at is not None and claim.ended_at < end
            yield (
                claim.claim_id, "OSA" if is_form else "DPOR", claim.mpn_id, customer_id, service, subscription_id, at,
                decision, reason, proof, claim.ended_at if over else None, claim.end_reason if over else None,
            )  # fmt: skip


# Resolution, earnings and caps


def partner_of_record(
    group: Group, subscription_id: str, period: Period, policy: Policy, partners: dict[str, Any]
) -> tuple[str | None, str | None, str, str | None, str | None]:
    """P16, but for its first line: the partner, basis, status, reason and claim at the period's end."""
    end, day = datetime.combine(period.end_day, time()), period.last_day
    begun = [claim for claim in group.claims.get(subscription_id, ()) if claim.day < period.end_day]
    if begun and (begun[-1].ended_at is None or begun[-1].ended_at >= end):
        claim, basis, proof = begun[-1], "DPOR", begun[-1].proof_by_event()
    else:
        form = latest_form(group, period.end_day)
        if form is None or not covers(form, begun):
            return None, None, "UNASSIGNED", "dpor_removed" if begun else "no_por", None
        if form.ended_at is not None and form.ended_at < end:
            return None, None, "UNASSIGNED", "osa_superseded_by_dpor", None
        if day > policy.osa_recognised_until:
            return None, None, "UNASSIGNED", "osa_recognition_ended", None
        claim, basis, proof = form, "OSA", form.proof_by_form(period.end_day)
    _, eligible_from, eligible_to = partners[claim.mpn_id]
    status, reason = "PAYABLE", None
    if proof == "FAIL":
        status, reason = "DENIED", "poe_failed"
    elif day < eligible_from or (eligible_to is not None and day > eligible_to):
        status, reason = "INELIGIBLE", "partner_not_eligible"
    elif proof == "PENDING":
        status, reason = "HELD", "poe_pending"
    return claim.mpn_id, basis, status, reason, claim.claim_id


def resolution(
    groups: dict[tuple[str, str], Group],
    subscriptions: dict[str, Any],
    partners: dict[str, Any],
    months: list[Period],
    policy: Policy,
) -> Iterator[tuple[Any, ...]]:
    """P16: a row per period and subscription whose term overlaps it, in that order."""
    nobody = Group()
    for period in months:
        for subscription_id, customer_id, service, program, start, end in subscriptions.values():
            if start > period.last_day or (end is not None and end < period.first_day):
                continue
            answer: tuple[Any, ...] = (None, None, "INELIGIBLE", "program_not_eligible", None)
            if program in policy.eligible_programs:
                group = groups.get((customer_id, service), nobody)
                answer = partner_of_record(group, subscription_id, period, policy, partners)
            yield (period.name, subscription_id, customer_id, service, *answer)


def cap_amounts(caps: dict[Any, Any], mpn_id: str, service: str, year: str) -> list[int | None]:
    """P20: in cents, a scope each; a row that names the partner comes first, then one that names the service."""
    amounts = []
    for scope in SCOPES:
        keys = [(who, scope, what, year) for who in (mpn_id, "*") for what in (service, "*")]
        amounts.append(next((int(caps[key][4] * 100) for key in keys if key in caps), None))
    return amounts


def earned_and_missing(
    resolved: Rows, seats: dict[tuple[str, int], int], rates: Rows, caps: dict[Any, Any], months: list[Period]
) -> tuple[Rows, Rows]:
    """P17 to P20: the lines in the order in which they use the caps up, in cents; and where seats are missing."""
    lines, missing = [], []
    used: dict[tuple[str, ...], int] = defaultdict(int)
    known_caps: dict[tuple[str, str, str], list[int | None]] = {}
    of_period = {}
    for period in months:
        day = period.last_day
        valid: dict[str, dict[str, Decimal]] = defaultdict(dict)
        for incentive, service, valid_from, valid_to, amount in rates:
            if valid_from <= day and (valid_to is None or day <= valid_to):
                valid[service][incentive] = amount
        of_period[period.name] = (day.year * 12 + day.month, period.fiscal_year, valid)

    for period_name, subscription_id, customer_id, service, mpn_id, _, status, _, _ in resolved:
        if status not in ("PAYABLE", "HELD"):
            continue
        month, year, month_rates = of_period[period_name]
        count = seats.get((subscription_id, month))
        if count is None:
            missing.append((period_name, subscription_id, mpn_id, status))
            continue
        if (mpn_id, service, year) not in known_caps:
            known_caps[mpn_id, service, year] = cap_amounts(caps, mpn_id, service, year)
        buckets = (subscription_id, customer_id, service, "")
        for incentive, rate in month_rates[service].items():
            earned = (count * int(rate * 10_000) + 50) // 100  # P18: half up
            payable = earned if status == "PAYABLE" else 0
            for scope, bucket, cap in zip(SCOPES, buckets, known_caps[mpn_id, service, year], strict=True):
                if cap is not None:
                    payable = min(payable, cap - used[year, mpn_id, scope, bucket])
                    used[year, mpn_id, scope, bucket] += payable
            lines.append(
                (period_name, subscription_id, incentive, mpn_id, service, status, count, rate, earned, payable)
            )
    return lines, missing


# Statements


def billed(lines: Rows, period: str) -> Iterator[tuple[Any, ...]]:
    """P22, with nothing closed before: all lines of the period, and of earlier ones what pays anything."""
    for line_period, subscription_id, incentive, mpn_id, _, status, _, _, _, payable in lines:
        if status == "PAYABLE" and line_period == period:
            yield period, "CURRENT", line_period, subscription_id, incentive, mpn_id, payable, None
        elif status == "PAYABLE" and payable:
            yield period, "ADJUSTMENT", line_period, subscription_id, incentive, mpn_id, payable, "first_billed"


def statements(lines: Rows, period: str, minimum_payment: Decimal) -> Iterator[tuple[Any, ...]]:
    """P21 to P23."""
    found: dict[str, list[int]] = {}
    for line_period, _, _, mpn_id, _, status, _, _, earned, payable in lines:
        amounts = found.setdefault(mpn_id, [0, 0, 0, 0])  # earned, cap_reduction, adjustments, held
        if status == "HELD":
            amounts[3] += earned
        elif line_period == period:
            amounts[0] += earned
            amounts[1] += earned - payable
        else:
            amounts[2] += payable
    for mpn_id, (earned, cap_reduction, adjustments, held) in sorted(found.items()):
        due = earned - cap_reduction + adjustments
        paid = due if due > 0 and due >= minimum_payment * 100 else 0
        yield period, mpn_id, earned, cap_reduction, adjustments, held, 0, paid, due - paid, "DRAFT"


def check(results: dict[str, Rows], customers: dict[str, str], caps: dict[Any, Any], months: list[Period]) -> None:
    """Raises ValueError where control sums differ."""
    services = {line[1]: line[4] for line in results["incentive_lines"]}
    years = {period.name: period.fiscal_year for period in months}
    billed_sums: dict[tuple[str, str], int] = defaultdict(int)
    paid: dict[tuple[str, ...], int] = defaultdict(int)
    for _, kind, period, subscription_id, _, mpn_id, amount, _ in results["statement_lines"]:
        billed_sums[mpn_id, kind] += amount
        service = services[subscription_id]
        paid[mpn_id, years[period], service, "SUBSCRIPTION", subscription_id] += amount
        paid[mpn_id, years[period], "*", "CUSTOMER", customers[subscription_id]] += amount
        paid[mpn_id, years[period], service, "SERVICE", service] += amount
        paid[mpn_id, years[period], "*", "PARTNER", ""] += amount
    for _, mpn_id, earned, cap_reduction, adjustments, _, opening, payment, closing, _ in results["statements"]:
        if opening + earned - cap_reduction + adjustments != payment + closing:
            raise ValueError(f"{mpn_id}: the statement's sides differ")
        sums = (billed_sums.pop((mpn_id, "CURRENT"), 0), billed_sums.pop((mpn_id, "ADJUSTMENT"), 0))
        if sums != (earned - cap_reduction, adjustments):
            raise ValueError(f"{mpn_id}: the statement isn't the sum of its lines")
    if billed_sums:
        raise ValueError(f"lines without a statement: {billed_sums}")
    known_caps: dict[tuple[str, str, str], list[int | None]] = {}
    for (mpn_id, year, service, scope, bucket), amount in paid.items():
        if (mpn_id, service, year) not in known_caps:
            known_caps[mpn_id, service, year] = cap_amounts(caps, mpn_id, service, year)
        cap = known_caps[mpn_id, service, year][SCOPES.index(scope)]
        if cap is not None and amount > cap:
            raise ValueError(f"{mpn_id}: more than the cap of {scope} {bucket} in {year}")
    if len({row[:2] for row in results["por_resolution"]}) != len(results["por_resolution"]):
        raise ValueError("a subscription has two partners of record in one period")


def main(store: Path, policy_file: Path | None, period: str, out: Path) -> None:
    policy = read_policy(policy_file)
    months = periods(policy, period)
    columns = ["subscription_id", "customer_id", "service", "program", "start_date", "end_date"]
    subscriptions = dict(sorted(current(store, "subscriptions", period, 1, columns).items()))
    partners = current(store, "partners", period, 1, ["mpn_id", "eligible_from", "eligible_to"])
    columns = ["incentive", "service", "valid_from", "valid_to", "amount_per_seat"]
    rates = sorted(current(store, "rates", period, 3, columns).values(), key=lambda row: row[:3])
    caps = current(store, "caps", period, 4, ["mpn_id", "scope", "service", "fiscal_year", "amount"])
    groups = histories(store, period, policy, subscriptions)
    seats = counted_seats(store, period, subscriptions, months[0].first_day)

    results: dict[str, Rows] = {"claims": list(claims(groups, months[-1].end_day))}
    results["por_resolution"] = list(resolution(groups, subscriptions, partners, months, policy))
    lines, missing = earned_and_missing(results["por_resolution"], seats, rates, caps, months)
    results |= {"incentive_lines": lines, "missing_seats": missing}
    results["statement_lines"] = list(billed(lines, period))
    results["statements"] = list(statements(lines, period, policy.minimum_payment))
    customers = {subscription_id: row[1] for subscription_id, row in subscriptions.items()}
    check(results, customers, caps, months)
    publish(out, store, period, {name: as_table(rows, RESULTS[name]) for name, rows in results.items()})


def as_table(rows: Rows, columns: dict[str, pa.DataType]) -> pa.Table:
    """Amounts are cents until here, but for the rates."""
    table = {}
    by_column = zip(*rows, strict=True) if rows else [()] * len(columns)
    for (name, dtype), values in zip(columns.items(), by_column, strict=True):
        table[name] = pa.array([Decimal(value).scaleb(-2) for value in values] if dtype == MONEY else values, dtype)
    return pa.table(table)


if __name__ == "__main__":
    command_line(main, __doc__)
