"""The month in plain Python, a row at a time: `python -m benchmarks.peers.python_loop STORE PERIOD OUT`.

Each customer's history of a service is told once, from its first form or event to its last. Then every period looks
at what stood at its end. Money is counted in whole cents.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.peers.inputs import Period, Policy, command_line, files, periods, read_policy

VERSION = ["delivery", "file", "row_number"]
SCOPES = ("SUBSCRIPTION", "CUSTOMER", "SERVICE", "PARTNER")


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


@dataclass(slots=True)
class Group:
    """A customer's subscriptions to one service: who claimed what, oldest first."""

    forms: list[Claim] = field(default_factory=list)
    claims: dict[str, list[Claim]] = field(default_factory=lambda: defaultdict(list))  # by subscription
    attached: dict[str, Claim] = field(default_factory=dict)


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
                take_form(group, claim, policy)
            else:
                take_event(group, claim, at, action, subscriptions[subscription_id], policy)
    return groups


def take_event(group: Group, claim: Claim, at: datetime, action: str, subscription: Any, policy: Policy) -> None:
    """P2 to P5, P9, P14."""
    subscription_id, _, _, program, _, end = subscription
    if claim.day < policy.dpor_go_live or program not in policy.eligible_programs:
        return
    if action == "ADD" and end is not None and claim.day > end:
        return
    before = group.attached.get(subscription_id)
    same = before is not None and before.mpn_id == claim.mpn_id
    if action == "REMOVE":
        if same:
            group.attached.pop(subscription_id).ended_at = at
        return
    if same:
        return
    if before is not None:
        before.ended_at = at

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
            form.ended_at = at


def take_form(group: Group, claim: Claim, policy: Policy) -> None:
    """P7, P8, P11."""
    if claim.day > policy.osa_forms_accepted_until or group.attached:
        return
    if group.forms and group.forms[-1].mpn_id == claim.mpn_id and group.forms[-1].ended_at is None:
        return
    for earlier in group.forms:
        if earlier.mpn_id != claim.mpn_id and earlier.ended_at is None:
            earlier.contested_on = earlier.contested_on or claim.day
            claim.contested_on = claim.day
    group.forms.append(claim)


def latest_form(group: Group, before: date = date.max) -> Claim | None:
    """P12, but for its last sentence: the latest form whose proof has not failed, stopped or not."""
    for form in reversed(group.forms):
        if form.day < before and form.review != "FAIL":
            return form
    return None


def covers(form: Claim, claims: list[Claim]) -> bool:
    """P10: none of the subscription's own claims has begun since the form."""
    return not claims or claims[-1].day <= form.day


# Resolution, earnings and caps


def partner_of_record(group: Group, subscription_id: str, period: Period, policy: Policy) -> tuple[Claim, str] | None:
    """P16, but for the partner's eligibility: the claim that counts at the period's end, and its proof."""
    end = datetime.combine(period.end_day, time())
    claims = [claim for claim in group.claims.get(subscription_id, ()) if claim.day < period.end_day]
    if claims and (claims[-1].ended_at is None or claims[-1].ended_at >= end):
        return claims[-1], "NOT_REQUIRED" if claims[-1].exempt else claims[-1].review or "PENDING"
    form = latest_form(group, period.end_day)
    if form is None or not covers(form, claims) or period.last_day > policy.osa_recognised_until:
        return None
    if form.ended_at is not None and form.ended_at < end:
        return None
    contested = form.contested_on is not None and form.contested_on < period.end_day
    return form, form.review or ("PENDING" if contested else "NOT_REQUIRED")


def cap_amounts(caps: dict[Any, Any], mpn_id: str, service: str, year: str) -> list[int | None]:
    """P20: in cents, a scope each; a row that names the partner comes first, then one that names the service."""
    amounts = []
    for scope in SCOPES:
        keys = [(who, scope, what, year) for who in (mpn_id, "*") for what in (service, "*")]
        amounts.append(next((int(caps[key][4] * 100) for key in keys if key in caps), None))
    return amounts


def incentive_lines(store: Path, policy: Policy, months: list[Period]) -> Iterator[tuple[Any, ...]]:
    """P16 to P20: the lines in the order in which they use the caps up; amounts in cents."""
    last = months[-1].name
    columns = ["subscription_id", "customer_id", "service", "program", "start_date", "end_date"]
    subscriptions = dict(sorted(current(store, "subscriptions", last, 1, columns).items()))
    partners = current(store, "partners", last, 1, ["mpn_id", "eligible_from", "eligible_to"])
    rates = current(store, "rates", last, 3, ["incentive", "service", "valid_from", "valid_to", "amount_per_seat"])
    caps = current(store, "caps", last, 4, ["mpn_id", "scope", "service", "fiscal_year", "amount"])
    groups = histories(store, last, policy, subscriptions)
    seats = counted_seats(store, last, subscriptions, months[0].first_day)
    used: dict[tuple[str, ...], int] = defaultdict(int)
    known_caps: dict[tuple[str, str, str], list[int | None]] = {}

    for period in months:
        month, year, day = period.first_day.year * 12 + period.first_day.month, period.fiscal_year, period.last_day
        month_rates = defaultdict(dict)
        for incentive, service, valid_from, valid_to, amount in sorted(rates.values(), key=lambda row: row[:3]):
            if incentive in policy.incentives and valid_from <= day and (valid_to is None or day <= valid_to):
                month_rates[service][incentive] = amount
        for subscription_id, customer_id, service, program, start, end in subscriptions.values():
            group = groups.get((customer_id, service))
            if group is None or program not in policy.eligible_programs:
                continue
            if start > day or (end is not None and end < period.first_day):
                continue
            record = partner_of_record(group, subscription_id, period, policy)
            count = seats.get((subscription_id, month))
            if record is None or count is None or record[1] == "FAIL":
                continue
            mpn_id = record[0].mpn_id
            _, eligible_from, eligible_to = partners[mpn_id]
            if day < eligible_from or (eligible_to is not None and day > eligible_to):
                continue
            held = record[1] == "PENDING"
            if (mpn_id, service, year) not in known_caps:
                known_caps[mpn_id, service, year] = cap_amounts(caps, mpn_id, service, year)
            buckets = (subscription_id, customer_id, service, "")
            for incentive, rate in month_rates[service].items():
                earned = payable = (count * int(rate * 10_000) + 50) // 100  # P18: half up
                for scope, bucket, cap in zip(SCOPES, buckets, known_caps[mpn_id, service, year], strict=True):
                    if cap is not None and not held:
                        payable = min(payable, cap - used[year, mpn_id, scope, bucket])
                        used[year, mpn_id, scope, bucket] += payable
                yield (
                    period.name, subscription_id, incentive, mpn_id, service, "HELD" if held else "PAYABLE",
                    count, rate, earned, 0 if held else payable,
                )  # fmt: skip


# Statements


def main(store: Path, policy_file: Path | None, period: str, out: Path) -> None:
    policy = read_policy(policy_file)
    lines = list(incentive_lines(store, policy, periods(policy, period)))
    statements: dict[str, list[int]] = {}
    for line_period, _, _, mpn_id, _, status, _, _, earned, payable in lines:
        amounts = statements.setdefault(mpn_id, [0, 0, 0, 0])  # earned, cap_reduction, adjustments, held
        if status == "HELD":
            amounts[3] += earned
        elif line_period == period:
            amounts[0] += earned
            amounts[1] += earned - payable
        else:
            amounts[2] += payable
    rows = []
    for mpn_id, (earned, cap_reduction, adjustments, held) in sorted(statements.items()):
        due = earned - cap_reduction + adjustments
        paid = due if due > 0 and due >= policy.minimum_payment * 100 else 0  # P23
        rows.append((mpn_id, earned, cap_reduction, adjustments, held, paid, due - paid))

    out.mkdir(parents=True, exist_ok=True)
    text, money = pa.string(), pa.decimal128(18, 2)
    names = ["earned", "cap_reduction", "adjustments", "held", "payment", "closing_balance"]
    write(rows, {"mpn_id": text, **dict.fromkeys(names, money)}, out / "statements.parquet")
    names = ["period", "subscription_id", "incentive", "mpn_id", "service", "status"]
    amounts = {"amount_per_seat": pa.decimal128(18, 4), "earned": money, "payable": money}
    columns = {**dict.fromkeys(names, text), "assigned_seats": pa.int32(), **amounts}
    write(lines, columns, out / "incentive_lines.parquet")


def write(rows: list[tuple[Any, ...]], columns: dict[str, pa.DataType], path: Path) -> None:
    """Amounts are cents until here, but for the rates."""
    table = {}
    by_column = zip(*rows, strict=True) if rows else [()] * len(columns)
    for (name, dtype), values in zip(columns.items(), by_column, strict=True):
        cents = dtype == pa.decimal128(18, 2)
        table[name] = pa.array([Decimal(value).scaleb(-2) for value in values] if cents else values, dtype)
    pq.write_table(pa.table(table), path)


if __name__ == "__main__":
    command_line(main, __doc__)
