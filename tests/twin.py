"""The boring twin: rules P1 to P23 once more, in plain and slow Python, to be compared row for row with the SQL.

It shares no code and no idea with the pipeline. Each group's history is replayed event by event, from its beginning,
for every period anew; nothing is indexed, windowed or remembered that the rule's own words don't need.

A world maps each feed to its accepted rows, typed, in the order delivered. Instants are naive UTC.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

Row = dict[str, Any]
World = dict[str, list[Row]]
Policy = dict[str, Any]
Group = tuple[str, str]  # customer_id, service
LineKey = tuple[str, str, str, str]  # period, subscription_id, incentive, mpn_id

CENT = Decimal("0.01")
ZERO = Decimal("0.00")
SCOPES = ("SUBSCRIPTION", "CUSTOMER", "SERVICE", "PARTNER")  # P20: applied in this order


@dataclass
class Outcome:
    """What is known at the end of `last_period`: the rows of four relations, each sorted by its key."""

    last_period: str
    minimum_payment: Decimal
    claims: list[Row] = field(default_factory=list)
    por_resolution: list[Row] = field(default_factory=list)
    incentive_lines: list[Row] = field(default_factory=list)
    missing_seats: list[Row] = field(default_factory=list)


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


@dataclass
class Known:
    """The world as known now: the last version of every row that a later delivery replaces."""

    policy: Policy
    subscriptions: dict[str, Row]
    partners: dict[str, Row]
    rates: list[Row]
    caps: dict[tuple[str, str, str, str], Decimal]
    seats: list[Row]
    forms: list[Row]
    events: list[Row]
    reviews: dict[str, list[Row]]


# Calendar


def first_day(period: str) -> date:
    return date.fromisoformat(period + "-01")


def next_period(period: str) -> str:
    year, month = int(period[:4]), int(period[5:])
    return f"{year + 1}-01" if month == 12 else f"{year}-{month + 1:02d}"


def last_day(period: str) -> date:
    return first_day(next_period(period)) - timedelta(days=1)


def end_of(period: str) -> datetime:
    """The period's end: the first instant of the next month, exclusive."""
    return datetime.combine(first_day(next_period(period)), time())


def periods_through(first: str, last: str) -> list[str]:
    periods = []
    while first <= last:
        periods.append(first)
        first = next_period(first)
    return periods


def fiscal_year(period: str, start_month: int) -> str:
    """P20: named for the year it ends in."""
    year, month = int(period[:4]), int(period[5:])
    ends_in = year + 1 if start_month > 1 and month >= start_month else year
    return f"FY{ends_in % 100:02d}"


def within(day: date, first: date, last: date | None) -> bool:
    """Every end date is the last day, inclusive; None is open."""
    return first <= day and (last is None or day <= last)


# What is known


def know(world: World, policy: Policy) -> Known:
    reviews = defaultdict(list)
    for review in {row["poe_id"]: row for row in world.get("poe_reviews", [])}.values():
        reviews[review["claim_id"]].append(review)
    rates = {(row["incentive"], row["service"], row["valid_from"]): row for row in world.get("rates", [])}
    caps = {}
    for row in world.get("caps", []):
        caps[row["mpn_id"], row["scope"], row["service"], row["fiscal_year"]] = row["amount"]
    return Known(
        policy=policy,
        subscriptions={row["subscription_id"]: row for row in world.get("subscriptions", [])},
        partners={row["mpn_id"]: row for row in world.get("partners", [])},
        rates=list(rates.values()),
        caps=caps,
        seats=world.get("assigned_seats", []),
        forms=world.get("osa_forms", []),
        events=world.get("dpor_attachments", []),
        reviews=dict(reviews),
    )


def group_of(subscription: Row) -> Group:
    return subscription["customer_id"], subscription["service"]


def earns(known: Known, subscription: Row) -> bool:
    return subscription["program"] in known.policy["eligible_programs"]


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


# Proof of execution


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


# The history of a group


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


# Resolution


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


# Earnings and caps


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


def resolve(world: World, policy: Policy, last_period: str) -> Outcome:
    """P1 to P20: every period from `first_period` to `last_period`, from all that `world` holds."""
    known = know(world, policy)
    outcome = Outcome(last_period, policy["minimum_payment"])
    outcome.claims = claim_rows(known, last_period)
    outcome.por_resolution = por_resolution(known, last_period)
    earn(known, outcome)
    apply_caps(known, outcome.incentive_lines)
    return outcome


# Statements


@dataclass
class Ledger:
    """What closed statements have posted, for good."""

    posted: dict[LineKey, Decimal] = field(default_factory=dict)
    balances: dict[str, Decimal] = field(default_factory=dict)
    had_an_amount: set[str] = field(default_factory=set)  # P23: MPN IDs with a non-zero amount in a closed statement
    statements: list[Row] = field(default_factory=list)
    lines: list[Row] = field(default_factory=list)

    def post(self, statements: list[Row], lines: list[Row]) -> None:
        """P24: closes a period. Takes what `statements` gave for it."""
        for statement in statements:
            self.statements.append({**statement, "state": "CLOSED"})
            self.balances[statement["mpn_id"]] = statement["closing_balance"]
            if any(amount != 0 for amount in statement.values() if isinstance(amount, Decimal)):
                self.had_an_amount.add(statement["mpn_id"])
        for line in lines:
            self.lines.append(line)
            self.posted[line_key(line)] = self.posted.get(line_key(line), ZERO) + line["amount"]
            if line["amount"] != 0:
                self.had_an_amount.add(line["mpn_id"])


def line_key(line: Row) -> LineKey:
    return line["period"], line["subscription_id"], line["incentive"], line["mpn_id"]


def statements(outcome: Outcome, period: str, ledger: Ledger) -> tuple[list[Row], list[Row]]:
    """P21, P22, P23: the period's draft statements, and their lines without the cause, against what was posted."""
    so_far = [line for line in outcome.incentive_lines if line["period"] <= period]
    amounts = []  # kind, key, amount
    due_now = {}
    for line in so_far:
        if line["period"] < period:
            due_now[line_key(line)] = line["payable"]
        elif line["status"] == "PAYABLE":
            amounts.append(("CURRENT", line_key(line), line["payable"]))
    for key in set(due_now) | set(ledger.posted):
        difference = due_now.get(key, ZERO) - ledger.posted.get(key, ZERO)
        if difference != 0:
            amounts.append(("ADJUSTMENT", key, difference))
    lines = [
        dict(zip(("period", "subscription_id", "incentive", "mpn_id"), key, strict=True))
        | {"statement_period": period, "kind": kind, "amount": amount}
        for kind, key, amount in sorted(amounts)
    ]

    balances = {mpn_id for mpn_id, balance in ledger.balances.items() if balance != 0}
    rows = []
    for mpn_id in sorted({line["mpn_id"] for line in so_far} | ledger.had_an_amount | balances):
        own = [line for line in so_far if line["mpn_id"] == mpn_id]
        current = [line for line in own if line["period"] == period and line["status"] == "PAYABLE"]
        earned = sum((line["earned"] for line in current), ZERO)
        payable = sum((line["payable"] for line in current), ZERO)
        own_adjustments = [line for line in lines if line["kind"] == "ADJUSTMENT" and line["mpn_id"] == mpn_id]
        adjustments = sum((line["amount"] for line in own_adjustments), ZERO)
        opening = ledger.balances.get(mpn_id, ZERO)
        due = opening + payable + adjustments
        paid = due > 0 and due >= outcome.minimum_payment
        rows.append(
            {
                "statement_period": period,
                "mpn_id": mpn_id,
                "earned": earned,
                "cap_reduction": earned - payable,
                "adjustments": adjustments,
                "held": sum((line["earned"] for line in own if line["status"] == "HELD"), ZERO),
                "opening_balance": opening,
                "payment": due if paid else ZERO,
                "closing_balance": ZERO if paid else due,
                "state": "DRAFT",
            }
        )
    return rows, lines
