"""P18, P19: seats times rate, rounded half up to cents; what is HELD waits."""

from __future__ import annotations

import pytest
from harness import run

FORM = "form_id received_on mpn_id\n form-a 2014-08-20 A"
TEN_SEATS = "snapshot_date assigned_seats\n 2014-11-10 10"


def test_each_incentive_with_a_rate_for_the_service_has_its_line() -> None:
    known = run(
        "2014-11",
        osa_forms=FORM,
        assigned_seats=TEN_SEATS,
        rates="""
            incentive    service  amount_per_seat
            DEPLOY       O365     0.25
            MANAGE       O365     0.15
            ACCELERATOR  O365     0.05
            DEPLOY       INTUNE   9.00
        """,
    )
    known.shows(
        "incentive_lines",
        """
            subscription_id  incentive    mpn_id  service  status   assigned_seats  amount_per_seat  earned  payable
            e3               DEPLOY       A       O365     PAYABLE  10              0.2500           2.50    2.50
            e3               MANAGE       A       O365     PAYABLE  10              0.1500           1.50    1.50
            e3               ACCELERATOR  A       O365     PAYABLE  10              0.0500           0.50    0.50
        """,
    )


@pytest.mark.parametrize(
    ("rates", "amount"),
    [
        ("1.00 2014-11-30 2014-11-30", "1.0000"),  # both days inclusive
        ("1.00 2014-12-01 -", None),
        ("1.00 2014-01-01 2014-11-29", None),
        ("1.00 2014-01-01 2014-11-30", "1.0000"),
        ("1.00 2014-01-01 - \n 2.00 2014-11-30 -", "2.0000"),  # of two valid that day, the later valid_from
        ("2.00 2014-11-15 - \n 1.00 2014-01-01 -", "2.0000"),
        ("1.00 2014-01-01 - \n 2.00 2014-11-02 2014-11-29", "1.0000"),  # the later is over by the last day
        ("1.00 2014-01-01 - \n 2.00 2014-12-01 -", "1.0000"),
    ],
)
def test_the_rate_is_the_one_valid_on_the_periods_last_day(rates: str, amount: str | None) -> None:
    known = run(
        "2014-11",
        osa_forms=FORM,
        assigned_seats=TEN_SEATS,
        rates=f"amount_per_seat valid_from valid_to\n {rates}",
    )
    known.shows("incentive_lines", "amount_per_seat" + (f"\n {amount}" if amount else ""))
    known.shows("missing_seats", "subscription_id")


def test_no_rate_no_line_and_a_rate_of_nothing_earns_nothing() -> None:
    known = run(
        "2014-11",
        osa_forms=FORM,
        assigned_seats=TEN_SEATS,
        rates="incentive amount_per_seat valid_to\n DEPLOY 0 -\n MANAGE 1.00 2014-10-31",
    )
    known.shows("incentive_lines", "incentive earned payable\n DEPLOY 0.00 0.00")


@pytest.mark.parametrize(
    ("seats", "rate", "earned"),
    [
        (1, "0.1250", "0.13"),
        (1, "0.1249", "0.12"),
        (1, "0.1350", "0.14"),
        (3, "0.3350", "1.01"),  # 1.005: half even, and a binary float, say 1.00
        (1, "0.0050", "0.01"),
        (1, "0.0049", "0.00"),
        (3, "0.3333", "1.00"),
        (5, "2.6750", "13.38"),
        (10_000_000, "1000000.0000", "10000000000000.00"),
        (9_999_999, "999999.9999", "9999998999000.00"),
    ],
)
def test_earned_is_seats_times_rate_rounded_half_up_to_cents(seats: int, rate: str, earned: str) -> None:
    known = run(
        "2014-11",
        osa_forms=FORM,
        assigned_seats=f"snapshot_date assigned_seats\n 2014-11-10 {seats}",
        rates=f"amount_per_seat\n {rate}",
    )
    known.shows("incentive_lines", f"amount_per_seat earned payable\n {rate} {earned} {earned}")


def test_a_held_line_shows_what_waits_and_pays_nothing_and_uses_no_cap() -> None:
    known = run(
        "2015-03",
        subscriptions="subscription_id customer_id\n a-held contoso\n b-passed fabrikam",
        dpor_attachments="""
            event_id  occurred_at  subscription_id  mpn_id
            e1        2015-03-10   a-held           A
            e2        2015-03-10   b-passed         A
        """,
        poe_reviews="claim_id outcome\n e2 PASS",
        assigned_seats="""
            subscription_id  snapshot_date  assigned_seats
            a-held           2015-03-10     80
            b-passed         2015-03-10     100
        """,
        rates="amount_per_seat\n 1.00",
        caps="scope amount\n PARTNER 100.00",
    )
    known.shows(
        "incentive_lines",
        """
            subscription_id  status   earned  payable
            a-held           HELD     80.00   0.00
            b-passed         PAYABLE  100.00  100.00
        """,
    )


def test_nobody_earns_where_it_is_denied_ineligible_or_unassigned() -> None:
    known = run(
        "2015-03",
        subscriptions="""
            subscription_id  customer_id  program
            denied           contoso      EA
            ineligible       fabrikam     MOSA
            unassigned       adatum       EA
        """,
        dpor_attachments="event_id occurred_at subscription_id mpn_id\n e1 2015-03-10 denied A",
        poe_reviews="claim_id outcome\n e1 FAIL",
        assigned_seats="""
            subscription_id  snapshot_date  assigned_seats
            denied           2015-03-10     10
            ineligible       2015-03-10     10
            unassigned       2015-03-10     10
        """,
        rates="amount_per_seat\n 1.00",
    )
    known.shows("incentive_lines", "subscription_id")
    known.shows("missing_seats", "subscription_id")
    known.shows("statements", "mpn_id")
