"""P17: which snapshot's assigned seats a period is paid on, and what is missing."""

from __future__ import annotations

import pytest
from harness import run

FORM = "form_id received_on mpn_id\n form-a 2014-08-20 A"
RATE = "amount_per_seat\n 1.0000"


def test_seats_are_the_assigned_ones_and_not_the_purchased() -> None:
    known = run(
        "2014-11",
        osa_forms=FORM,
        rates=RATE,
        assigned_seats="snapshot_date purchased_seats assigned_seats\n 2014-11-10 500 400",
    )
    known.shows("incentive_lines", "assigned_seats earned\n 400 400.00")


@pytest.mark.parametrize(
    ("snapshots", "seats"),
    [
        ("2014-11-10 2014-11-10 10 \n 2014-11-20 2014-11-20 20", 20),
        ("2014-11-20 2014-11-20 20 \n 2014-11-10 2014-11-30 10", 20),  # the date comes before the export
        ("2014-11-10 2014-11-10T08:00:00 10 \n 2014-11-10 2014-11-10T08:00:00.000001 11", 11),
        ("2014-11-10 2014-12-24 12 \n 2014-11-10 2014-11-11 10", 12),  # a correction, exported long after
        ("2014-11-01 2014-11-01 1", 1),
        ("2014-11-30 2014-11-30 30 \n 2014-12-01 2014-12-01 99", 30),
        ("2014-10-31 2014-11-20 99 \n 2014-11-01 2014-11-01 1", 1),
        ("2014-11-10 2014-11-10 10 \n 2014-11-20 2014-11-20 0", 0),
    ],
)
def test_the_latest_snapshot_within_the_period_counts_and_of_one_date_the_latest_export(
    snapshots: str, seats: int
) -> None:
    known = run(
        "2014-11",
        osa_forms=FORM,
        rates=RATE,
        assigned_seats=f"snapshot_date exported_at assigned_seats\n {snapshots}",
    )
    known.shows("incentive_lines", f"assigned_seats earned\n {seats} {seats}.00")
    known.shows("missing_seats", "subscription_id")


def test_a_snapshot_outside_the_subscriptions_term_does_not_count() -> None:
    known = run(
        "2014-11",
        subscriptions="""
            subscription_id  start_date  end_date
            within           2014-11-10  2014-11-20
            before           2014-11-10  -
            after            2014-01-01  2014-11-20
        """,
        osa_forms=FORM,
        rates=RATE,
        assigned_seats="""
            subscription_id  snapshot_date  assigned_seats
            within           2014-11-09     9
            within           2014-11-10     10
            within           2014-11-20     20
            within           2014-11-21     21
            before           2014-11-09     9
            after            2014-11-21     21
        """,
    )
    known.shows("incentive_lines", "subscription_id assigned_seats\n within 20")
    known.shows("missing_seats", "subscription_id mpn_id status\n before A PAYABLE\n after A PAYABLE")


def test_the_first_day_of_the_term_counts() -> None:
    known = run(
        "2014-11",
        subscriptions="subscription_id start_date\n e3 2014-11-10",
        osa_forms=FORM,
        rates=RATE,
        assigned_seats="snapshot_date assigned_seats\n 2014-11-10 10",
    )
    known.shows("incentive_lines", "assigned_seats\n 10")


def test_a_payable_or_held_subscription_without_seats_has_no_line_and_is_listed() -> None:
    known = run(
        "2015-03",
        subscriptions="subscription_id customer_id\n payable contoso\n held fabrikam\n denied litware\n nobody adatum",
        osa_forms="form_id received_on customer_id mpn_id\n form-a 2014-08-20 contoso A",
        dpor_attachments="""
            event_id  occurred_at  subscription_id  mpn_id
            e1        2015-03-10   held             B
            e2        2015-03-10   denied           B
        """,
        poe_reviews="claim_id outcome\n e2 FAIL",
        rates=RATE,
        assigned_seats="subscription_id snapshot_date assigned_seats\n payable 2015-02-28 10\n held 2015-02-28 10",
    )
    known.shows("missing_seats", "subscription_id mpn_id status\n payable A PAYABLE\n held B HELD")
    known.shows("incentive_lines", "period subscription_id assigned_seats\n 2015-02 payable 10", period="2015-02")
    known.shows("incentive_lines", "period", period="2015-03")
