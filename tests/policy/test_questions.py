"""What analysts ask most is answered by views that add up to what was decided and paid."""

from __future__ import annotations

from harness import run

ONE_DOLLAR = "amount_per_seat\n 1.00"


def test_a_history_names_the_months_the_partner_and_the_claim_and_a_proof_holds_for_all_of_them() -> None:
    known = run(
        "2015-05",
        osa_forms="form_id received_on mpn_id\n f1 2014-08-20 A",
        dpor_attachments="""
            event_id  occurred_at  subscription_id  mpn_id
            e1        2015-03-10   s1               B
        """,
        poe_reviews="poe_id claim_id mpn_id requested_on decided_on outcome\n p1 e1 B 2015-03-12 2015-04-02 PASS",
        subscriptions="subscription_id\n s1\n s2",
    )
    known.shows(
        "por_history",
        """
            subscription_id  from_period  to_period  mpn_id  basis  status      reason                  claim_id
            s1               2014-10      2015-02    A       OSA    PAYABLE     -                       f1
            s1               2015-03      2015-05    B       DPOR   PAYABLE     -                       e1
            s2               2014-10      2015-02    A       OSA    PAYABLE     -                       f1
            s2               2015-03      2015-05    -       -      UNASSIGNED  osa_superseded_by_dpor  -
        """,
    )


def test_an_answer_that_comes_again_is_told_again() -> None:
    known = run(
        "2015-07",
        dpor_attachments="""
            event_id  occurred_at  subscription_id  mpn_id  action
            e1        2015-03-10   s1               A       ADD
            e2        2015-04-10   s1               A       REMOVE
            e3        2015-05-10   s1               B       ADD
            e4        2015-06-10   s1               B       REMOVE
        """,
        subscriptions="subscription_id\n s1",
    )
    known.shows(
        "por_history",
        """
            subscription_id  from_period  to_period  mpn_id  status      reason       claim_id
            s1               2014-10      2015-02    -       UNASSIGNED  no_por       -
            s1               2015-03      2015-03    A       HELD        poe_pending  e1
            s1               2015-04      2015-04    -       UNASSIGNED  dpor_removed -
            s1               2015-05      2015-05    B       HELD        poe_pending  e3
            s1               2015-06      2015-07    -       UNASSIGNED  dpor_removed -
        """,
    )


def test_unpaid_seats_are_those_that_count_and_pay_nobody_with_what_is_missing() -> None:
    known = run(
        "2014-10",
        subscriptions="""
            subscription_id  customer_id  service  program
            paid             contoso      O365     EA
            nobody           fabrikam     O365     EA
            other            fabrikam     INTUNE   MOSA
            norate           contoso      EMS      EA
            empty            fabrikam     O365     EA
        """,
        osa_forms="form_id received_on service mpn_id\n f1 2014-08-20 O365 A\n f2 2014-08-20 EMS A",
        rates=ONE_DOLLAR,
        assigned_seats="""
            subscription_id  snapshot_date  assigned_seats
            paid             2014-10-10     1
            nobody           2014-10-10     2
            other            2014-10-10     3
            norate           2014-10-10     4
            empty            2014-10-10     0
        """,
    )
    known.shows(
        "unpaid_seats",
        """
            subscription_id  assigned_seats  mpn_id  status      reason
            nobody           2               -       UNASSIGNED  no_por
            other            3               -       INELIGIBLE  program_not_eligible
            norate           4               A       PAYABLE     no_rate
        """,
    )


def test_proof_ageing_counts_from_the_first_month_held_with_all_that_waits() -> None:
    known = run(
        "2015-05",
        osa_forms="form_id received_on mpn_id\n f1 2014-08-20 A",
        subscriptions="subscription_id\n s1\n s2",
        dpor_attachments="""
            event_id  occurred_at  subscription_id  mpn_id
            e1        2015-03-10   s1               B
            e2        2015-05-10   s2               C
        """,
        poe_reviews="poe_id claim_id mpn_id requested_on outcome\n p1 e1 B 2015-05-01 -",
        rates=ONE_DOLLAR,
        assigned_seats="""
            subscription_id  snapshot_date  assigned_seats
            s1               2015-03-10     10
            s1               2015-04-10     20
            s1               2015-05-10     30
        """,
    )
    known.shows(
        "proof_ageing",
        """
            claim_id  mpn_id  subscriptions  held_since  months_waiting  requested_on  days_since_request  held
            e1        B       1              2015-03     3               2015-05-01    30                  60.00
            e2        C       1              2015-05     1               -             -                   0.00
        """,
    )
