"""What the run works out: one Pandera model a relation, every column described once, here.

Instants and days are UTC, amounts are in the policy's currency. The docstring is the relation's COMMENT, a field's
description its column's; a run whose relation differs from its model, or breaks one of its checks, publishes nothing.
"""

from __future__ import annotations

from typing import Annotated, Any

import pandera.polars as pa
import polars as pl

from schemas.feeds import FEEDS, REASONS

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
    return pa.Field(description=description, nullable=optional, **checks)


class Policy(pa.DataFrameModel):
    """The rules that the run applied: the values of policy.toml, but for its lists of services and incentives, and the
    run's own period. One row."""

    run_period: str = said("The period that the run is for.")
    run_state: str = said("DRAFT, or CLOSED where the run closes it.", isin=["DRAFT", "CLOSED"])
    run_first_day: pl.Date = said("Its first day.")
    run_end_day: pl.Date = said("Its end, exclusive: the first day of the next month.")
    run_month_no: pl.Int32 = said("Its month counted from year 0: year * 12 + month.")
    program_first_day: pl.Date = said("The first day on which seats earn.")
    program_first_month_no: pl.Int32 = said("Its month counted from year 0.")
    dpor_go_live: pl.Date = said("The first day on which a DPOR can be attached (P2).")
    osa_forms_accepted_until: pl.Date = said("The last day on which a form is accepted (P7).")
    osa_recognised_until: pl.Date = said("The last day on which a form's partner earns (P16).")
    eligible_programs: pl.List(pl.String) = said("The programs that earn (P16).")  # type: ignore[valid-type]
    fiscal_year_start_month: pl.Int32 = said("The month in which a fiscal year starts.")
    currency: str = said("The currency of every amount.")
    minimum_payment: Money = said("Below it nothing is paid (P23).")


class Periods(pa.DataFrameModel):
    """The periods that the run looks at.

    One row a calendar month in UTC, from the programme's first to the run's own.
    """

    period: str = said("The month, as 2015-03.")
    month_no: pl.Int32 = said("The month counted from year 0: year * 12 + month.")
    first_day: pl.Date = said("Its first day.")
    last_day: pl.Date = said("Its last day.")
    end_day: pl.Date = said("Its end, exclusive: the first day of the next month.")
    fiscal_year: str = said("The fiscal year that it is in, as FY15.")


class SubscriptionTerms(pa.DataFrameModel):
    """From when to when a subscription runs, and whether anybody can earn on it. One row a known subscription."""

    subscription_id: str = said("The subscription.")
    customer_id: str = said("Its customer.")
    service: str = said("Its service.")
    program_earns: bool = said("Whether its program is one that earns (P16).")
    start_date: pl.Date = said("Its first day.")
    last_day: pl.Date = said("Its last day; 9999-12-31 where the term is open.")
    first_month_no: pl.Int32 = said("The month of its first day, counted from year 0.")
    last_month_no: pl.Int32 = said("The month of its last day, counted from year 0.")


class PorSpans(pa.DataFrameModel):
    """Who is partner of record, is it paid, and if not why not (P16), as known now.

    One row a subscription and run of months of its term with one answer; from_month_no <= m and m < until_month_no.
    """

    subscription_id: str = said("The subscription.")
    from_month_no: pl.Int32 = said("The first month, counted from year 0 as in periods.")
    until_month_no: pl.Int32 = said("The month after the last.")
    customer_id: str = said("Its customer.")
    service: str = said("Its service.")
    mpn_id: str = said("The partner of record; null where nobody is.", optional=True)
    basis: str = said("What made it so: DPOR or OSA (a form).", optional=True, isin=BASES)
    status: str = said("Whether it is paid.", isin=STATUSES)
    reason: str = said("Why it is not paid; null where it is.", optional=True, isin=UNPAID_REASONS)
    claim_id: str = said("The claim: the form's or the event's id.", optional=True)
    poe_status: str = said("The claim's proof of execution at each month's end.", optional=True, isin=PROOFS)


class PorResolution(pa.DataFrameModel):
    """Who is partner of record, is it paid, and if not why not (P16), as known now.

    One row a subscription and period of its term.
    """

    period: str = said("The period.")
    subscription_id: str = said("The subscription.")
    customer_id: str = said("Its customer.")
    service: str = said("Its service.")
    mpn_id: str = said("The partner of record; null where nobody is.", optional=True)
    basis: str = said("What made it so: DPOR or OSA (a form).", optional=True, isin=BASES)
    status: str = said("Whether it is paid.", isin=STATUSES)
    reason: str = said("Why it is not paid; null where it is.", optional=True, isin=UNPAID_REASONS)
    claim_id: str = said("The claim: the form's or the event's id.", optional=True)
    poe_status: str = said("The claim's proof of execution at the period's end.", optional=True, isin=PROOFS)


class Claims(pa.DataFrameModel):
    """What became of every form and event, as it stands at the end of the run's period. One row a form and event."""

    claim_id: str = said("The form's or the event's id.")
    source: str = said("DPOR for an event, OSA for a form.", isin=BASES)
    mpn_id: str = said("The partner that it names.")
    customer_id: str = said("The customer.")
    service: str = said("The service.")
    subscription_id: str = said("An event's subscription; null for a form, which covers the service.", optional=True)
    received_at: Instant = said("When the event occurred, or midnight of the day on which the form was received.")
    decision: str = said("What it did.", isin=["ATTACHED", "DETACHED", "DUPLICATE", "REJECTED"])
    decision_reason: str = said("Why it was rejected or a duplicate (P2, P3, P4, P7, P8).", optional=True)
    poe_status: str = said(
        "The proof of execution of an attached claim (P13 to P15).",
        optional=True,
        isin=PROOFS,
    )
    ended_at: Instant = said("When the claim ended; null if not before the end of the run's period.", optional=True)
    end_reason: str = said(
        "What ended it.", optional=True, isin=["replaced_by_dpor", "removed_by_customer", "stopped_by_dpor"]
    )


class DporClaims(pa.DataFrameModel):
    """The life of each DPOR claim, beyond the run's period too. One row a claim; started_at <= t and t < ended_at."""

    claim_id: str = said("The event that attached the partner.")
    mpn_id: str = said("The partner.")
    customer_id: str = said("The customer.")
    service: str = said("The service.")
    subscription_id: str = said("The subscription.")
    started_at: Instant = said("When it was attached.")
    start_day: pl.Date = said("The day of that instant.")
    previous_start_day: pl.Date = said("The day on which the subscription's DPOR claim before it began.", optional=True)
    ended_at: Instant = said("When it ended; null while it goes on.", optional=True)
    end_day: pl.Date = said("The day of that instant.", optional=True)
    end_reason: str = said("What ended it.", optional=True, isin=["replaced_by_dpor", "removed_by_customer"])


class DporProofs(pa.DataFrameModel):
    """The proof of execution of each DPOR claim, for its whole life (P13, P14). One row a claim."""

    claim_id: str = said("The claim.")
    exempted_by: str = said(
        "The form's claim whose partner went digital, so that no proof is asked for.", optional=True
    )
    poe_status: str = said("The proof.", isin=PROOFS)


class OsaClaims(pa.DataFrameModel):
    """The life of each claim by form, beyond the run's period too. One row an attached form."""

    claim_id: str = said("The form.")
    mpn_id: str = said("The partner.")
    customer_id: str = said("The customer.")
    service: str = said("The service that it covers.")
    received_on: pl.Date = said("The day at whose end it begins (P6).")
    stopped_at: Instant = said("When another partner's DPOR stopped it for the whole service (P9).", optional=True)
    stopped_day: pl.Date = said("The day of that instant.", optional=True)
    stopped_by: str = said("That DPOR claim.", optional=True)
    contested_from: pl.Date = said("The day at whose end its first contest begins (P11).", optional=True)
    review_outcome: str = said(
        "The outcome of its latest review (P13).", optional=True, isin=["PASS", "FAIL", "PENDING"]
    )


class CountedSeats(pa.DataFrameModel):
    """The assigned seats that count in a period (P17).

    One row a subscription and month with a snapshot within its term.
    """

    subscription_id: str = said("The subscription.")
    month_no: pl.Int32 = said("The month counted from year 0, as in periods.")
    assigned_seats: pl.Int32 = said("The assigned seats of the latest snapshot and export.", ge=0)


class EarningSeats(pa.DataFrameModel):
    """The seats that earn, or wait to, and for whom.

    One row a PAYABLE or HELD subscription and period with seats counted.
    """

    period: str = said("The period.")
    subscription_id: str = said("The subscription.")
    customer_id: str = said("Its customer.")
    service: str = said("Its service.")
    mpn_id: str = said("The partner of record.")
    status: str = said("PAYABLE, or HELD until a proof of execution is there.", isin=["PAYABLE", "HELD"])
    assigned_seats: pl.Int32 = said("The assigned seats of the period's latest snapshot (P17).", ge=0)


class PeriodRates(pa.DataFrameModel):
    """What one assigned seat earns in a period (P18). One row a period, service and incentive with a rate."""

    period: str = said("The period.")
    service: str = said("The service.")
    incentive: str = said("The incentive.")
    amount_per_seat: AmountPerSeat = said("The rate on the period's last day.", ge=0)


class PostedStates(pa.DataFrameModel):
    """What lines were made of when a period was posted. One row a subscription and period whose state was new or
    changed then.

    A row whose status is null says that the subscription no longer had a state in that period.
    """

    statement_period: str = said("The period that was posted.")
    period: str = said("The period of the state.")
    subscription_id: str = said("The subscription.")
    customer_id: str = said("Its customer.", optional=True)
    service: str = said("Its service.", optional=True)
    mpn_id: str = said("The partner of record.", optional=True)
    basis: str = said("What made it so.", optional=True, isin=BASES)
    claim_id: str = said("The claim.", optional=True)
    status: str = said("Whether it was paid.", optional=True, isin=STATUSES)
    reason: str = said("Why it was not paid.", optional=True, isin=UNPAID_REASONS)
    poe_status: str = said("The claim's proof of execution.", optional=True, isin=PROOFS)
    assigned_seats: pl.Int32 = said("The seats counted; null where none were.", optional=True, ge=0)


class EarnedLines(pa.DataFrameModel):
    """What each incentive earns before any cap (P18).

    One row a PAYABLE or HELD subscription, period and incentive.
    """

    period: str = said("The period.")
    fiscal_year: str = said("The fiscal year that it is in.")
    subscription_id: str = said("The subscription.")
    incentive: str = said("The incentive.")
    mpn_id: str = said("The partner of record.")
    customer_id: str = said("The subscription's customer.")
    service: str = said("The subscription's service.")
    status: str = said("PAYABLE, or HELD until a proof of execution is there.", isin=["PAYABLE", "HELD"])
    assigned_seats: pl.Int32 = said("The assigned seats of the period's latest snapshot (P17).", ge=0)
    amount_per_seat: AmountPerSeat = said("The rate on the period's last day (P18).", ge=0)
    earned: Money = said("Seats times rate, rounded half up to cents.", ge=0)


class IncentiveLines(pa.DataFrameModel):
    """What each incentive earns and pays, as known now.

    One row a PAYABLE or HELD subscription, period and incentive.
    """

    period: str = said("The period.")
    subscription_id: str = said("The subscription.")
    incentive: str = said("The incentive.")
    mpn_id: str = said("The partner of record.")
    service: str = said("The subscription's service.")
    status: str = said("PAYABLE, or HELD until a proof of execution is there.", isin=["PAYABLE", "HELD"])
    assigned_seats: pl.Int32 = said("The assigned seats of the period's latest snapshot (P17).", ge=0)
    amount_per_seat: AmountPerSeat = said("The rate on the period's last day (P18).", ge=0)
    earned: Money = said("Seats times rate, rounded half up to cents.", ge=0)
    payable: Money = said("What the caps let pass (P20); 0.00 where HELD (P19).", ge=0)


class EarnedTotals(pa.DataFrameModel):
    """What PAYABLE lines earn in a fiscal year before any cap: what every cap's bucket is a sum of (P20).

    One row an MPN ID, fiscal year and subscription.
    """

    mpn_id: str = said("The partner of record.")
    fiscal_year: str = said("The fiscal year.")
    service: str = said("The subscription's service.")
    customer_id: str = said("The subscription's customer.")
    subscription_id: str = said("The subscription.")
    earned: Money = said("What its PAYABLE lines earned.", ge=0)


class CapAmounts(pa.DataFrameModel):
    """Which cap holds (P20). One row an MPN ID, service, fiscal year and scope with a cap, where a line is PAYABLE."""

    mpn_id: str = said("The partner.")
    service: str = said("The service.")
    fiscal_year: str = said("The fiscal year.")
    scope: str = said("The scope.", isin=list(CAP_SCOPES))
    amount: Money = said("The cap of each of the scope's buckets.", ge=0)


class CapCuts(pa.DataFrameModel):
    """What the caps took off (P20). One row a line and scope that cut it."""

    period: str = said("The line's period.")
    subscription_id: str = said("The line's subscription.")
    incentive: str = said("The line's incentive.")
    scope: str = said("The scope whose cap cut it.", isin=list(CAP_SCOPES))
    cut: Money = said("What it took off.", gt=0)


class MissingSeats(pa.DataFrameModel):
    """Subscriptions that would earn, or wait to, but have no seats counted (P17). One row a subscription and period."""

    period: str = said("The period.")
    subscription_id: str = said("The subscription.")
    mpn_id: str = said("The partner of record.")
    status: str = said("PAYABLE or HELD.", isin=["PAYABLE", "HELD"])


class Statements(pa.DataFrameModel):
    """What each partner is paid (P21 to P23). One row an MPN ID and statement period.

    opening_balance + earned - cap_reduction + adjustments = payment + closing_balance, to the cent, on every row.
    """

    statement_period: str = said("The period that the statement is for.")
    mpn_id: str = said("The partner.")
    earned: Money = said("What the period's PAYABLE lines earned.", ge=0)
    cap_reduction: Money = said("What the caps took off them.", ge=0)
    adjustments: Money = said("The differences on earlier periods' lines (P22).")
    held: Money = said("What waits for a proof of execution, of every period so far.", ge=0)
    opening_balance: Money = said("Carried over from the statement before.")
    payment: Money = said("What is paid: all that is due, if positive and at least the minimum (P23).", ge=0)
    closing_balance: Money = said("What is carried to the next statement.")
    state: str = said("DRAFT until the period is closed.", isin=["DRAFT", "CLOSED"])


class HqRollup(pa.DataFrameModel):
    """What the MPN IDs of one headquarters come to together, for reconciliation only (P21).

    One row a headquarters, or an MPN ID without one, and statement period.
    """

    statement_period: str = said("The period that the statements are for.")
    hq_mpn_id: str = said("The headquarters.")
    statements: pl.Int32 = said("How many statements are added up.", ge=1)
    earned: Money = said("What the period's PAYABLE lines earned.", ge=0)
    cap_reduction: Money = said("What the caps took off them.", ge=0)
    adjustments: Money = said("The differences on earlier periods' lines.")
    held: Money = said("What waits for a proof of execution.", ge=0)
    opening_balance: Money = said("Carried over from the statements before.")
    payment: Money = said("What is paid.", ge=0)
    closing_balance: Money = said("What is carried to the next statements.")


class StatementLines(pa.DataFrameModel):
    """What a statement is made of.

    CURRENT: one row a PAYABLE line; ADJUSTMENT: one row an earlier line and cause of its difference.
    """

    statement_period: str = said("The period that the statement is for.")
    kind: str = said("CURRENT or ADJUSTMENT.", isin=["CURRENT", "ADJUSTMENT"])
    period: str = said("The period that the line is of.")
    subscription_id: str = said("The line's subscription.")
    incentive: str = said("The line's incentive.")
    mpn_id: str = said("The partner.")
    amount: Money = said("What it adds to the statement.")
    cause: str = said("Why an adjustment is made; null for CURRENT.", optional=True, isin=list(CAUSES))


class Notifications(pa.DataFrameModel):
    """What partners are told (P26), made when a period closes and never changed afterwards.

    One row a message: each cause is told once, to the partner's primary contact.
    """

    notification_id: str = said("The message: the same cause has the same id wherever it is worked out.")
    kind: str = said("What happened.", isin=list(NOTIFICATION_KINDS))
    mpn_id: str = said("The partner told.")
    email: str = said("Its primary contact's address when the period closed, as it was delivered.")
    claim_id: str = said("The claim, or the refused form, that the message is about.")
    subject: str = said("The subject. One line; it names no customer but by id.")
    body: str = said("The text. Only DPOR_ATTACHED gives the customer's name, address and phone, to who is attached.")
    period: str = said("The period whose closing made it.")
    source: str = said("DPOR where the claim is an event's, OSA where it is a form's.", isin=BASES)
    outcome: str = said("What a POE_RESULT said; else null.", optional=True, isin=["PASS", "FAIL"])


class Quarantine(pa.DataFrameModel):
    """Rows that could not be used, as they came.

    One row a row set aside; it stays when a later delivery releases it.
    """

    delivery: str = said("The delivery.")
    feed: str = said("The feed.", isin=list(FEEDS))
    file: str = said("The file.")
    row_number: pl.Int64 = said("The record in the file; the header is 1.", ge=1)
    column_name: str = said("The column at fault; null for a malformed row.", optional=True)
    reason: str = said("Why it could not be used.", isin=list(REASONS))
    detail: str = said("What exactly was wrong with a malformed row.", optional=True)
    raw: str = said("The record as it was read; bytes that are not UTF-8 as \\xNN, a Parquet row as JSON.")
    released_by: str = said("The delivery that brought what the row waited for and accepted it.", optional=True)


class IntakeLog(pa.DataFrameModel):
    """What was read. One row a file; rows_read = accepted + duplicates + quarantined."""

    delivery: str = said("The delivery.")
    feed: str = said("The feed.", isin=list(FEEDS))
    file: str = said("The file.")
    sha256: str = said("The SHA-256 of its bytes.")
    rows_read: pl.Int64 = said("Records read, the header not counted.", ge=0)
    accepted: pl.Int64 = said("Rows accepted by this delivery.", ge=0)
    duplicates: pl.Int64 = said("Rows ignored because the same had been accepted before.", ge=0)
    quarantined: pl.Int64 = said("Rows set aside.", ge=0)


class Provenance(pa.DataFrameModel):
    """Where an accepted row came from. Added to the columns of its feed."""

    delivery: str = said("The delivery that brought the row.")
    file: str = said("The file.")
    row_number: pl.Int64 = said("The record in the file; the header is 1.", ge=1)
    accepted_in: str = said("The delivery that accepted it: a later one if it had to wait.")


class CurrentProvenance(pa.DataFrameModel):
    """Where the version that counts came from."""

    delivery: str = said("The delivery that brought this version.")
    file: str = said("The file.")
    row_number: pl.Int64 = said("The record in the file; the header is 1.", ge=1)
