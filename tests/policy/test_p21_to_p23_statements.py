"""P21, P22, P23: one statement per MPN ID, of drafts where nothing has been posted yet."""

from __future__ import annotations

from decimal import Decimal

import pytest
from harness import run

FORM = "form_id received_on mpn_id\n form-a 2014-08-20 A"
ONE_DOLLAR = "amount_per_seat\n 1.00"


def test_each_mpn_id_has_a_statement_of_its_own_and_a_head_office_none() -> None:
    known = run(
        "2014-10",
        subscriptions="subscription_id customer_id\n s1 contoso\n s2 fabrikam",
        partners="mpn_id hq_mpn_id\n A D\n B D\n D -",
        osa_forms="form_id received_on customer_id mpn_id\n f1 2014-08-20 contoso A\n f2 2014-08-20 fabrikam B",
        rates=ONE_DOLLAR,
        assigned_seats="subscription_id snapshot_date assigned_seats\n s1 2014-10-10 150\n s2 2014-10-10 250",
    )
    known.shows(
        "statements",
        """
            statement_period  mpn_id  earned  payment  closing_balance  state
            2014-10           A       150.00  0.00     150.00           DRAFT
            2014-10           B       250.00  250.00   0.00             DRAFT
        """,
    )


@pytest.mark.parametrize(
    ("seats", "payment", "closing_balance"),
    [(19999, "0.00", "199.99"), (20000, "200.00", "0.00"), (20001, "200.01", "0.00"), (1, "0.00", "0.01")],
)
def test_what_is_due_is_paid_if_it_is_at_least_the_minimum_and_else_carried_forward(
    seats: int, payment: str, closing_balance: str
) -> None:
    known = run(
        "2014-10",
        osa_forms=FORM,
        rates="amount_per_seat\n 0.01",
        assigned_seats=f"snapshot_date assigned_seats\n 2014-10-10 {seats}",
    )
    known.shows("statements", f"mpn_id payment closing_balance\n A {payment} {closing_balance}")


@pytest.mark.parametrize(("minimum", "payment"), [("10.01", "0.00"), ("10.00", "10.00"), ("0.00", "10.00")])
def test_the_minimum_is_the_policys(minimum: str, payment: str) -> None:
    known = run(
        "2014-10",
        policy={"minimum_payment": Decimal(minimum)},
        osa_forms=FORM,
        rates=ONE_DOLLAR,
        assigned_seats="snapshot_date assigned_seats\n 2014-10-10 10",
    )
    known.shows("statements", f"payment\n {payment}")


def test_nothing_due_is_no_payment_also_with_a_minimum_of_nothing() -> None:
    known = run(
        "2014-10",
        policy={"minimum_payment": Decimal("0.00")},
        osa_forms=FORM,
        rates="amount_per_seat\n 0",
        assigned_seats="snapshot_date assigned_seats\n 2014-10-10 10",
    )
    known.shows("statements", "mpn_id payment closing_balance\n A 0.00 0.00")


def test_earlier_lines_that_were_never_posted_are_adjustments_in_full() -> None:
    known = run(
        "2014-12",
        osa_forms=FORM,
        rates=ONE_DOLLAR,
        assigned_seats="""
            snapshot_date  assigned_seats
            2014-10-10     100
            2014-11-10     20
            2014-12-10     3
        """,
        caps="scope amount\n PARTNER 122.00",
    )
    known.shows(
        "statement_lines",
        """
            statement_period  kind        period   subscription_id  incentive  mpn_id  amount  cause
            2014-12           ADJUSTMENT  2014-10  e3               DEPLOY     A       100.00  first_billed
            2014-12           ADJUSTMENT  2014-11  e3               DEPLOY     A       20.00   first_billed
            2014-12           CURRENT     2014-12  e3               DEPLOY     A       2.00    -
        """,
    )
    known.shows(
        "statements",
        """
            mpn_id  opening_balance  earned  cap_reduction  adjustments  held  payment  closing_balance
            A       0.00             3.00    1.00           120.00       0.00  0.00     122.00
        """,
    )


def test_a_current_line_stands_with_nothing_where_the_cap_took_all_and_an_earlier_one_is_no_difference() -> None:
    known = run(
        "2014-11",
        osa_forms=FORM,
        rates=ONE_DOLLAR,
        assigned_seats="snapshot_date assigned_seats\n 2014-10-10 10\n 2014-11-10 10",
        caps="scope amount\n PARTNER 0.00",
    )
    known.shows("statement_lines", "kind period amount\n CURRENT 2014-11 0.00")


def test_held_is_what_waits_of_every_period_so_far() -> None:
    known = run(
        "2015-04",
        dpor_attachments="event_id occurred_at mpn_id\n e1 2015-03-10 A",
        rates=ONE_DOLLAR,
        assigned_seats="snapshot_date assigned_seats\n 2015-03-10 300\n 2015-04-10 500",
    )
    known.shows(
        "statements",
        "mpn_id earned adjustments held payment closing_balance\n A 0.00 0.00 800.00 0.00 0.00",
    )
    known.shows("statement_lines", "kind")


def test_a_partner_with_a_line_in_an_earlier_period_only_has_a_statement_still() -> None:
    known = run(
        "2014-12",
        subscriptions="subscription_id customer_id end_date\n s1 contoso 2014-10-31\n s2 fabrikam -",
        osa_forms="form_id received_on customer_id mpn_id\n f1 2014-08-20 contoso A\n f2 2014-08-20 fabrikam B",
        rates=ONE_DOLLAR,
        assigned_seats="subscription_id snapshot_date assigned_seats\n s1 2014-10-10 250\n s2 2014-12-10 250",
    )
    known.shows(
        "statements",
        """
            mpn_id  earned  adjustments  payment
            A       0.00    250.00       250.00
            B       250.00  0.00         250.00
        """,
    )


def test_a_partner_without_a_line_has_no_statement() -> None:
    known = run("2014-10", osa_forms=FORM, rates=ONE_DOLLAR)
    known.shows("por_resolution", "status mpn_id\n PAYABLE A")
    known.shows("statements", "mpn_id")


def test_the_last_version_of_every_replaced_row_holds_for_past_periods_too() -> None:
    known = run(
        "2014-12",
        subscriptions="""
            subscription_id  program  start_date  delivery
            e3               MOSA     2014-01-01  2014-10
            e3               EA       2014-11-01  2014-12
            e3               MOSA     2014-11-01  2014-11
        """,
        partners="""
            mpn_id  eligible_to  delivery
            A       -            2014-11
            A       2014-11-30   2014-12
            A       2014-10-31   2014-10
        """,
        osa_forms=FORM,
        rates="""
            amount_per_seat  delivery
            2.00             2014-12
            1.00             2014-10
            1.50             2014-11
        """,
        caps="""
            scope    amount  delivery
            PARTNER  5.00    2014-10
            PARTNER  19.00   2014-12
            PARTNER  6.00    2014-11
        """,
        assigned_seats="snapshot_date assigned_seats\n 2014-10-10 10\n 2014-11-10 10\n 2014-12-10 10",
    )
    known.shows("por_resolution", "period status\n 2014-11 PAYABLE\n 2014-12 INELIGIBLE")
    assert len(known.rows("por_resolution")) == 2
    known.shows("incentive_lines", "period earned payable\n 2014-11 20.00 19.00")
    assert len(known.rows("incentive_lines")) == 1


def test_of_two_versions_in_one_delivery_the_later_row_counts() -> None:
    known = run(
        "2014-10",
        osa_forms=FORM,
        rates="amount_per_seat\n 3.00\n 2.00",
        partners="mpn_id eligible_to\n A 2014-09-30\n A -",
        subscriptions="subscription_id program\n e3 MOSA\n e3 EA",
        caps="scope amount\n PARTNER 25.00\n PARTNER 15.00",
        assigned_seats="snapshot_date assigned_seats\n 2014-10-10 10",
    )
    known.shows("incentive_lines", "earned payable\n 20.00 15.00")
