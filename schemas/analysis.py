"""The questions that analysts ask most, each answered by a relation: one Pandera model each, every column described.

They stand on the relations of `resolution.py` and `payment.py` and decide nothing.
"""

from __future__ import annotations

import pandera.polars as pa
import polars as pl

from schemas.words import BASES, CAP_SCOPES, PROOFS, STATUSES, UNPAID_REASONS, Instant, Money, said


class CapUsage(pa.DataFrameModel):
    """How much of each cap is used, and what is left, as known now (P20): by the lines' own fiscal year.

    One row per MPN ID, fiscal year, scope and bucket in which a PAYABLE line meets a cap.
    brought = used + cut; used + remaining = cap.
    """

    fiscal_year: str = said("The fiscal year.")
    mpn_id: str = said("The partner.")
    partner_name: str = said("Its name.")
    scope: str = said("What the cap limits.", isin=list(CAP_SCOPES))
    bucket: str = said("The subscription, the customer or the service that the scope names; empty for PARTNER.")
    cap: Money = said("The most that may pass.", ge=0)
    brought: Money = said("What PAYABLE lines brought: earned, less what earlier scopes took off.", ge=0)
    cut: Money = said("What this cap took off.", ge=0)
    used: Money = said("What passed this cap, even where a later scope cuts it again.", ge=0)
    remaining: Money = said("What may still pass.", ge=0)
    used_percent: pl.Int32 = said(
        "The percentage of the cap that is used, rounded down; 100 where it is used up.", ge=0
    )


class PorHistory(pa.DataFrameModel):
    """Who was partner of record, from when to when, by which claim, and whether it was paid (P16), as known now.

    One row per subscription and run of months with the same answer, up to the run's period.
    """

    subscription_id: str = said("The subscription.")
    customer_id: str = said("Its customer.")
    organization_name: str = said("The customer's name.", optional=True)
    service: str = said("Its service.")
    offer: str = said("Its offer.", optional=True)
    from_period: str = said("The first period.")
    to_period: str = said("The last period, inclusive; the run's where it still holds.")
    mpn_id: str = said("The partner of record; null where nobody is.", optional=True)
    partner_name: str = said("Its name.", optional=True)
    basis: str = said("What made it so: DPOR or OSA (a form).", optional=True, isin=BASES)
    status: str = said("Whether it is paid.", isin=STATUSES)
    reason: str = said("Why it is not paid; null where it is.", optional=True, isin=UNPAID_REASONS)
    claim_id: str = said(
        "The claim: the form's or the event's id; both may have one, so join by basis too.", optional=True
    )
    received_at: Instant = said("When the event occurred, or the day on which the form was received.", optional=True)
    poe_status: str = said("The claim's proof of execution.", optional=True, isin=PROOFS)


class StatementChanges(pa.DataFrameModel):
    """What changed from a partner's statement to its next one.

    A statement's changes add up to the change in earned - cap_reduction + adjustments.

    One row per statement, kind, subscription and incentive whose amount isn't that of the statement before.
    """

    statement_period: str = said("The statement.")
    previous_period: str = said("The partner's previous statement; null where this is its first.", optional=True)
    mpn_id: str = said("The partner.")
    partner_name: str = said("Its name.", optional=True)
    kind: str = said("CURRENT or ADJUSTMENT.", isin=["CURRENT", "ADJUSTMENT"])
    subscription_id: str = said("The subscription.")
    incentive: str = said("The incentive.")
    amount_before: Money = said("What it added to the statement before; 0.00 if it wasn't there.")
    amount: Money = said("What it adds to this statement; 0.00 if it is gone.")
    change: Money = said("The difference.")
    assigned_seats_before: pl.Int32 = said(
        "The seats that count in the statement before, as known now; null for an adjustment.", optional=True
    )
    assigned_seats: pl.Int32 = said(
        "The seats that count in this statement's period, as known now; null for an adjustment.", optional=True
    )


class UnpaidSeats(pa.DataFrameModel):
    """The assigned seats that earn nobody anything, and what is missing (P16 to P18), as known now.

    What a cap took is in cap_cuts, not here. One row per subscription and period whose seats count and earn nothing.
    """

    period: str = said("The period.")
    subscription_id: str = said("The subscription.")
    customer_id: str = said("Its customer.")
    organization_name: str = said("The customer's name.", optional=True)
    service: str = said("Its service.")
    offer: str = said("Its offer.", optional=True)
    assigned_seats: pl.Int32 = said("The seats.", ge=1)
    mpn_id: str = said("The partner of record; null where nobody is.", optional=True)
    partner_name: str = said("Its name.", optional=True)
    status: str = said("Whether it is paid; PAYABLE only where its service has no rate.", isin=STATUSES)
    reason: str = said("Why it is not.", isin=[*UNPAID_REASONS, "no_rate"])
    missing: str = said("What is missing, in words.")


class ProofAgeing(pa.DataFrameModel):
    """The claims that wait for a proof of execution, since when, and how much waits with them (P13 to P15, P19).

    One row per claim that holds a subscription in the run's period, or held one before whose earnings still wait.
    """

    claim_id: str = said("The form's or the event's id; both may have one, so join by basis too.")
    basis: str = said("DPOR for an event, OSA for a form.", isin=BASES)
    mpn_id: str = said("The partner.")
    partner_name: str = said("Its name.", optional=True)
    customer_id: str = said("The customer.")
    organization_name: str = said("The customer's name.", optional=True)
    service: str = said("The service.")
    subscriptions: pl.Int32 = said(
        "How many subscriptions it holds in the run's period; 0 where it holds none any more.", ge=0
    )
    held_since: str = said("The first period that it held.")
    months_waiting: pl.Int32 = said("Months from then to the run's period, both counted.", ge=1)
    requested_on: pl.Date = said(
        "When its proof was last asked for; null where no open review is known.", optional=True
    )
    days_since_request: pl.Int32 = said("Days from then to the last day of the run's period.", optional=True)
    held: Money = said("What waits, over all periods so far.", ge=0)


class Remedies(pa.DataFrameModel):
    """What is missing where a subscription isn't paid, as its partner reads it. One row per reason."""

    reason: str = said("The reason, as in por_resolution; or no_seats, no_rate.")
    missing: str = said("What is missing.")


class Dictionary(pa.DataFrameModel):
    """Every relation and column of the database, with their comments. One row per column."""

    relation: str = said("The table or view.")
    kind: str = said("Which of the two.", isin=["TABLE", "VIEW"])
    relation_comment: str = said("What it holds, and its grain.")
    position: pl.Int32 = said("The column's place, from 1.", ge=1)
    column_name: str = said("The column.")
    data_type: str = said("Its type.")
    comment: str = said("What it means.")
