"""What seats earn, what caps leave of it, what is paid and told: one Pandera model a relation as in `resolution.py`."""

from __future__ import annotations

import pandera.polars as pa
import polars as pl

from schemas.words import (
    BASES,
    CAP_SCOPES,
    CAUSES,
    NOTIFICATION_KINDS,
    PROOFS,
    STATUSES,
    UNPAID_REASONS,
    AmountPerSeat,
    Money,
    said,
)


class CountedSeats(pa.DataFrameModel):
    """The assigned seats that count in a period (P17), as known now.

    One row per subscription and month with a snapshot within its term.
    """

    subscription_id: str = said("The subscription.")
    month_no: pl.Int32 = said("The month counted from year 0, as in periods.")
    assigned_seats: pl.Int32 = said("The assigned seats of the latest snapshot and export.", ge=0)


class EarningSeats(pa.DataFrameModel):
    """The seats that earn, or wait to, and for whom, as known now.

    One row per PAYABLE or HELD subscription and period with seats counted.
    """

    period: str = said("The period.")
    subscription_id: str = said("The subscription.")
    customer_id: str = said("Its customer.")
    service: str = said("Its service.")
    mpn_id: str = said("The partner of record.")
    status: str = said("PAYABLE, or HELD until a proof of execution arrives.", isin=["PAYABLE", "HELD"])
    assigned_seats: pl.Int32 = said("The assigned seats of the period's latest snapshot (P17).", ge=0)


class PeriodRates(pa.DataFrameModel):
    """What one assigned seat earns in a period (P18), as known now.

    One row per period, service and incentive with a rate.
    """

    period: str = said("The period.")
    service: str = said("The service.")
    incentive: str = said("The incentive.")
    amount_per_seat: AmountPerSeat = said("The rate on the period's last day.", ge=0)


class PostedStates(pa.DataFrameModel):
    """What lines were made of when a period was posted. One row per subscription and period whose state was new or
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
    """What each incentive earns before any cap (P18), as known now.

    One row per PAYABLE or HELD subscription, period and incentive.
    """

    period: str = said("The period.")
    fiscal_year: str = said("The fiscal year that it is in.")
    subscription_id: str = said("The subscription.")
    incentive: str = said("The incentive.")
    mpn_id: str = said("The partner of record.")
    customer_id: str = said("The subscription's customer.")
    service: str = said("The subscription's service.")
    status: str = said("PAYABLE, or HELD until a proof of execution arrives.", isin=["PAYABLE", "HELD"])
    assigned_seats: pl.Int32 = said("The assigned seats of the period's latest snapshot (P17).", ge=0)
    amount_per_seat: AmountPerSeat = said("The rate on the period's last day (P18).", ge=0)
    earned: Money = said("Seats times rate, rounded half up to cents.", ge=0)


class IncentiveLines(pa.DataFrameModel):
    """What each incentive earns and pays, as known now.

    One row per PAYABLE or HELD subscription, period and incentive.
    """

    period: str = said("The period.")
    subscription_id: str = said("The subscription.")
    incentive: str = said("The incentive.")
    mpn_id: str = said("The partner of record.")
    service: str = said("The subscription's service.")
    status: str = said("PAYABLE, or HELD until a proof of execution arrives.", isin=["PAYABLE", "HELD"])
    assigned_seats: pl.Int32 = said("The assigned seats of the period's latest snapshot (P17).", ge=0)
    amount_per_seat: AmountPerSeat = said("The rate on the period's last day (P18).", ge=0)
    earned: Money = said("Seats times rate, rounded half up to cents.", ge=0)
    payable: Money = said("What the caps let pass (P20); 0.00 where HELD (P19).", ge=0)


class EarnedTotals(pa.DataFrameModel):
    """What PAYABLE lines earn in a fiscal year before any cap: what every cap's bucket is a sum of (P20).

    One row per MPN ID, fiscal year and subscription.
    """

    mpn_id: str = said("The partner of record.")
    fiscal_year: str = said("The fiscal year.")
    service: str = said("The subscription's service.")
    customer_id: str = said("The subscription's customer.")
    subscription_id: str = said("The subscription.")
    earned: Money = said("What its PAYABLE lines earned.", ge=0)


class CapAmounts(pa.DataFrameModel):
    """Which cap applies (P20).

    One row per MPN ID, service, fiscal year and scope with a cap, where a line is PAYABLE.
    """

    mpn_id: str = said("The partner.")
    service: str = said("The service.")
    fiscal_year: str = said("The fiscal year.")
    scope: str = said("The scope.", isin=list(CAP_SCOPES))
    amount: Money = said("The cap of each of the scope's buckets.", ge=0)


class CapCuts(pa.DataFrameModel):
    """What the caps took off (P20), as known now. One row per line and scope that cut it."""

    period: str = said("The line's period.")
    subscription_id: str = said("The line's subscription.")
    incentive: str = said("The line's incentive.")
    scope: str = said("The scope whose cap cut it.", isin=list(CAP_SCOPES))
    cut: Money = said("What it took off.", gt=0)


class RoomLeft(pa.DataFrameModel):
    """What caps would leave a line, were all others as at the last closing (P20, P22). One row per line."""

    period: str = said("The line's period.")
    subscription_id: str = said("The line's subscription.")
    incentive: str = said("The line's incentive.")
    mpn_id: str = said("The partner of record today.")
    room: Money = said("The most that it could pay; null where no cap limits it.", optional=True, ge=0)
    caps: pl.List(pl.String) = said("The scopes and amounts of the caps that limit it, in one order.")  # type: ignore[valid-type]


class MissingSeats(pa.DataFrameModel):
    """Subscriptions that would earn, or wait to, but have no seats counted (P17), as known now.

    One row per subscription and period.
    """

    period: str = said("The period.")
    subscription_id: str = said("The subscription.")
    mpn_id: str = said("The partner of record.")
    status: str = said("PAYABLE or HELD.", isin=["PAYABLE", "HELD"])


class Statements(pa.DataFrameModel):
    """What each partner is paid (P21 to P23). One row per MPN ID and statement period.

    opening_balance + earned - cap_reduction + adjustments = payment + closing_balance, to the cent, on every row.
    """

    statement_period: str = said("The period that the statement is for.")
    mpn_id: str = said("The partner.")
    earned: Money = said("What the period's PAYABLE lines earned.", ge=0)
    cap_reduction: Money = said("What the caps took off them.", ge=0)
    adjustments: Money = said("The differences on earlier periods' lines (P22).")
    held: Money = said("What waits for a proof of execution, over all periods so far.", ge=0)
    opening_balance: Money = said("Carried over from the statement before.")
    payment: Money = said("What is paid: all that is due, if positive and at least the minimum (P23).", ge=0)
    closing_balance: Money = said("What is carried to the next statement.")
    state: str = said("DRAFT until the period is closed.", isin=["DRAFT", "CLOSED"])


class HqRollup(pa.DataFrameModel):
    """What the MPN IDs of one headquarters come to together, for reconciliation only (P21).

    Amounts are those of the statements; who belongs together is as known now, even for closed periods. One row per
    headquarters, or an MPN ID without one, and statement period.
    """

    statement_period: str = said("The period that the statements are for.")
    hq_mpn_id: str = said("The headquarters; the MPN ID itself where it has none.")
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

    CURRENT: one row per PAYABLE line; ADJUSTMENT: one row per earlier line and cause of its difference.
    """

    statement_period: str = said("The period that the statement is for.")
    kind: str = said("CURRENT or ADJUSTMENT.", isin=["CURRENT", "ADJUSTMENT"])
    period: str = said("The period that the line belongs to.")
    subscription_id: str = said("The line's subscription.")
    incentive: str = said("The line's incentive.")
    mpn_id: str = said("The partner.")
    amount: Money = said("What it adds to the statement.")
    cause: str = said("Why an adjustment is made; null for CURRENT.", optional=True, isin=list(CAUSES))


class Notifications(pa.DataFrameModel):
    """The messages to partners (P26), made when a period closes and never changed afterwards.

    One row per message: each cause has only one, ever, to the partner's primary contact.
    """

    notification_id: str = said("The message: the same cause has the same id wherever it is worked out.")
    kind: str = said("What happened.", isin=list(NOTIFICATION_KINDS))
    mpn_id: str = said("The partner that it goes to.")
    email: str = said("Its primary contact's address when the period closed, as it was delivered.")
    claim_id: str = said("The claim, or the refused form, that the message is about.")
    subject: str = said("The subject. One line; it names a customer by id only.")
    body: str = said("The text. Only DPOR_ATTACHED gives the customer's name, address and phone, to its partner.")
    period: str = said("The period whose closing made it.")
    source: str = said("DPOR where the claim is an event's, OSA where it is a form's.", isin=BASES)
    outcome: str = said("What a POE_RESULT said; else null.", optional=True, isin=["PASS", "FAIL"])
