"""Who is partner of record, and by which claim: one Pandera model a relation, every column described once, here.

Instants and days are UTC, amounts are in the policy's currency. The docstring is the relation's COMMENT, a field's
description its column's; a run publishes nothing where a relation has other columns or types than its model, or a
table a row that breaks one of its checks.
"""

from __future__ import annotations

import pandera.polars as pa
import polars as pl

from schemas.words import BASES, DECISION_REASONS, PROOFS, STATUSES, UNPAID_REASONS, Instant, Money, said


class Policy(pa.DataFrameModel):
    """The rules that the run applied: the values of policy.toml, and the run's own period. One row."""

    run_period: str = said("The period that the run is for.")
    run_state: str = said("DRAFT, or CLOSED where the run closes it.", isin=["DRAFT", "CLOSED"])
    run_inputs: str = said("A hash of all that the run worked from: its deliveries, its policy, the closing before it.")
    as_known_on: str = said(
        "The delivery as of which the run's period was worked out again, never posted; null in the books themselves.",
        optional=True,
    )
    run_first_day: pl.Date = said("Its first day.")
    run_end_day: pl.Date = said("Its end, exclusive: the first day of the next month.")
    run_month_no: pl.Int32 = said("Its month counted from year 0: year * 12 + month.")
    period_before: str = said("The month before it, whether one of the programme's or not.")
    program_first_day: pl.Date = said("The first day on which seats earn.")
    program_first_month_no: pl.Int32 = said("Its month counted from year 0.")
    dpor_go_live: pl.Date = said("The first day on which a DPOR can be attached (P2).")
    osa_forms_accepted_until: pl.Date = said("The last day on which a form is accepted (P7).")
    osa_recognised_until: pl.Date = said("The last day on which a form's partner earns (P16).")
    services: pl.List(pl.String) = said("The services that earn (P18).")  # type: ignore[valid-type]
    eligible_programs: pl.List(pl.String) = said("The programs that earn (P16).")  # type: ignore[valid-type]
    incentives: pl.List(pl.String) = said("The incentives that are paid (P18).")  # type: ignore[valid-type]
    fiscal_year_start_month: pl.Int32 = said("The month in which a fiscal year starts.")
    currency: str = said("The currency of every amount.")
    minimum_payment: Money = said("Below it nothing is paid (P23).")


class Periods(pa.DataFrameModel):
    """The periods that the run looks at.

    One row per calendar month in UTC, from the programme's first to the run's own.
    """

    period: str = said("The month, such as 2015-03.")
    month_no: pl.Int32 = said("The month counted from year 0: year * 12 + month.")
    first_day: pl.Date = said("Its first day.")
    last_day: pl.Date = said("Its last day.")
    end_day: pl.Date = said("Its end, exclusive: the first day of the next month.")
    fiscal_year: str = said("The fiscal year that it is in, such as FY15.")


class SubscriptionTerms(pa.DataFrameModel):
    """From when to when a subscription runs, and whether anybody can earn on it. One row per known subscription."""

    subscription_id: str = said("The subscription.")
    customer_id: str = said("Its customer.")
    service: str = said("Its service.")
    program_earns: bool = said("Whether its program is one that earns (P16).")
    start_date: pl.Date = said("Its first day.")
    last_day: pl.Date = said("Its last day; 9999-12-31 where the term is open.")
    first_month_no: pl.Int32 = said("The month of its first day, counted from year 0.")
    last_month_no: pl.Int32 = said("The month of its last day, counted from year 0.")


class PorSpans(pa.DataFrameModel):
    """Who is partner of record, whether it is paid, and if not, why not (P16), as known now.

    One row per subscription and run of months of its term with the same answer; from_month_no <= m and
    m < until_month_no.
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
    claim_id: str = said(
        "The claim: the form's or the event's id; both may have one, so join by basis too.", optional=True
    )
    poe_status: str = said("The claim's proof of execution at each month's end.", optional=True, isin=PROOFS)


class PorResolution(pa.DataFrameModel):
    """Who is partner of record, whether it is paid, and if not, why not (P16), as known now.

    One row per subscription and period of its term.
    """

    period: str = said("The period.")
    subscription_id: str = said("The subscription.")
    customer_id: str = said("Its customer.")
    service: str = said("Its service.")
    mpn_id: str = said("The partner of record; null where nobody is.", optional=True)
    basis: str = said("What made it so: DPOR or OSA (a form).", optional=True, isin=BASES)
    status: str = said("Whether it is paid.", isin=STATUSES)
    reason: str = said("Why it is not paid; null where it is.", optional=True, isin=UNPAID_REASONS)
    claim_id: str = said(
        "The claim: the form's or the event's id; both may have one, so join by basis too.", optional=True
    )
    poe_status: str = said("The claim's proof of execution at the period's end.", optional=True, isin=PROOFS)


class Claims(pa.DataFrameModel):
    """What became of every form and event, as it stands at the end of the run's period. One row per form and event.

    Those after that end are here too, if they were delivered by then.
    """

    claim_id: str = said("The form's or the event's id; both may have one, so join by source too.")
    source: str = said("DPOR for an event, OSA for a form.", isin=BASES)
    mpn_id: str = said("The partner that it names.")
    customer_id: str = said("The customer.")
    service: str = said("The service.")
    subscription_id: str = said("An event's subscription; null for a form, which covers the service.", optional=True)
    received_at: Instant = said("When the event occurred, or midnight of the day on which the form was received.")
    decision: str = said("What it did.", isin=["ATTACHED", "DETACHED", "DUPLICATE", "REJECTED"])
    decision_reason: str = said(
        "Why it was rejected or a duplicate (P2, P3, P4, P7, P8).", optional=True, isin=DECISION_REASONS
    )
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
    """The life of each DPOR claim, even beyond the run's period.

    One row per claim; started_at <= t and t < ended_at.
    """

    claim_id: str = said("The event that attached the partner.")
    mpn_id: str = said("The partner.")
    customer_id: str = said("The customer.")
    service: str = said("The service.")
    subscription_id: str = said("The subscription.")
    started_at: Instant = said("When it was attached.")
    start_day: pl.Date = said("The day of that instant.")
    previous_start_day: pl.Date = said("The day on which the subscription's previous DPOR claim began.", optional=True)
    ended_at: Instant = said("When it ended; null while it goes on.", optional=True)
    end_day: pl.Date = said("The day of that instant.", optional=True)
    end_reason: str = said("What ended it.", optional=True, isin=["replaced_by_dpor", "removed_by_customer"])


class DporProofs(pa.DataFrameModel):
    """The proof of execution of each DPOR claim, for its whole life (P13, P14). One row per claim."""

    claim_id: str = said("The claim.")
    exempted_by: str = said(
        "The form's claim whose partner went digital, so that no proof is asked for.", optional=True
    )
    poe_status: str = said("The proof.", isin=PROOFS)


class OsaClaims(pa.DataFrameModel):
    """The life of each claim by form, even beyond the run's period. One row per attached form."""

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
