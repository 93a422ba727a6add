"""Which subscriptions a partner reads that nobody is paid for, and under whom each stands (P16, P17, P18)."""

from __future__ import annotations

from relations.bench import shows_in_order

JUNE = {
    "policy": "run_period run_month_no run_end_day\n 2015-06 24186 2015-07-01",
    "por_spans": "subscription_id customer_id service from_month_no until_month_no status reason mpn_id",
    "osa_claims": "claim_id mpn_id customer_id service received_on review_outcome",
    "dpor_claims": "claim_id mpn_id subscription_id started_at",
    "missing_seats": "period subscription_id mpn_id status",
    "earning_seats": "period subscription_id mpn_id service status",
    "period_rates": "period service\n 2015-06 O365\n 2015-05 CRM",
    "earned_lines": "period subscription_id status earned",
    "counted_seats": "subscription_id month_no assigned_seats",
    "current_subscriptions": """
        subscription_id  customer_id  service  offer
        s1               contoso      O365     E1
        s2               contoso      O365     E3
        s3               fabrikam     CRM      E5
    """,
    "current_customers": "customer_id organization_name\n contoso Contoso",
    "remedies": """
        reason                   missing
        no_por                   nobody
        dpor_removed             removed
        osa_superseded_by_dpor   superseded
        osa_recognition_ended    ended
        poe_pending              proof
        no_seats                 seats
        no_rate                  rate
    """,
    "statements": """
        mpn_id     statement_period
        A          2015-06
        B          2015-06
        C          2015-06
        Litware    2015-06
        Relecloud  2015-05
    """,
}
FORMS = """
    claim_id  mpn_id     customer_id  service  received_on  review_outcome
    f1        A          contoso      O365     2015-02-01   PASS
    f2        B          contoso      O365     2015-03-01   -
    f4        C          contoso      O365     2015-04-01   FAIL
    f3        Litware    contoso      O365     2015-03-02   FAIL
    f5        A          contoso      O365     2015-07-01   PASS
    f6        A          contoso      O365     2015-07-01   FAIL
"""


def spans(*rows: str) -> str:
    return "\n".join([JUNE["por_spans"], *rows])


def test_what_waits_for_a_proof_shows_what_is_held_and_what_is_paid_does_not_appear() -> None:
    shows_in_order(
        "statements",
        "unpaid_subscriptions",
        """
            mpn_id  Subscription~ID  Customer~Name  Service  Offer  Status  Reason       What~Is~Missing  Assigned~Seats  Held
            A       s1               Contoso        O365     E1     HELD    poe_pending  proof            30              12.50
            B       s3               -              CRM      E5     HELD    poe_pending  proof            -               -
        """,  # noqa: E501
        {
            **JUNE,
            "por_spans": spans(
                "s1 contoso  O365 24186 24187 HELD    poe_pending A",
                "s3 fabrikam CRM  24185 24188 HELD    poe_pending B",
                "s2 contoso  O365 24180 24187 PAYABLE -           A",
                "s1 contoso  O365 24180 24186 HELD    poe_pending C",
                "s1 contoso  O365 24187 24190 HELD    poe_pending C",
            ),
            "earned_lines": """
                period   subscription_id  status   earned
                2015-06  s1               HELD     12.00
                2015-06  s1               HELD     0.50
                2015-05  s1               HELD     99.00
                2015-06  s1               PAYABLE  77.00
            """,
            "counted_seats": "subscription_id month_no assigned_seats\n s1 24186 30\n s1 24185 500",
        },
    )


def test_what_nobody_earns_stands_under_the_last_partner_that_it_concerns() -> None:
    """A form that failed concerns its partner only where nobody else ever claimed; what came after June, nobody."""
    shows_in_order(
        "statements",
        "unpaid_subscriptions",
        """
            mpn_id  Subscription~ID  Status      Reason                  What~Is~Missing  Held
            A       s2               UNASSIGNED  dpor_removed            removed          -
            B       s1               UNASSIGNED  osa_superseded_by_dpor  superseded       -
            B       s2               UNASSIGNED  osa_recognition_ended   ended            -
            C       s1               UNASSIGNED  no_por                  nobody           -
            C       s3               INELIGIBLE  program_not_eligible    -                -
        """,
        {
            **JUNE,
            "por_spans": spans(
                "s1 contoso  O365 24186 24187 UNASSIGNED osa_superseded_by_dpor -",
                "s2 contoso  O365 24186 24187 UNASSIGNED osa_recognition_ended  -",
                "s2 contoso  O365 24186 24187 UNASSIGNED dpor_removed           -",
                "s1 contoso  O365 24186 24187 UNASSIGNED no_por                 -",
                "s3 fabrikam CRM  24186 24187 INELIGIBLE program_not_eligible   C",
                "s3 fabrikam CRM  24186 24187 UNASSIGNED no_por                 -",
            ),
            "osa_claims": FORMS,
            "dpor_claims": """
                claim_id  mpn_id  subscription_id  started_at
                d1        B       s2               2015-04-01T00:00:00
                d3        A       s2               2015-05-01T00:00:00
                d2        C       s2               2015-05-01T00:00:00
                d4        B       s2               2015-07-01T00:00:00
            """,
        },
    )


def test_of_two_forms_of_one_day_the_later_id_is_the_last() -> None:
    forms = """
        claim_id  mpn_id  customer_id  service  received_on  review_outcome
        f2        A       contoso      O365     2015-03-01   FAIL
        f1        B       contoso      O365     2015-03-01   FAIL
        f4        C       contoso      O365     2015-03-01   -
        f3        B       contoso      O365     2015-03-01   -
    """
    shows_in_order(
        "statements",
        "unpaid_subscriptions",
        """
            mpn_id  Reason
            A       no_por
            C       osa_recognition_ended
        """,
        {
            **JUNE,
            "por_spans": spans(
                "s1 contoso  O365 24186 24187 UNASSIGNED no_por                 -",
                "s2 contoso  O365 24186 24187 UNASSIGNED osa_recognition_ended  -",
            ),
            "osa_claims": forms,
        },
    )


def test_months_without_seats_or_without_a_rate_are_of_the_run_only_and_of_partners_with_a_statement() -> None:
    shows_in_order(
        "statements",
        "unpaid_subscriptions",
        """
            mpn_id  Subscription~ID  Status   Reason    What~Is~Missing  Held
            A       s1               NO~LINE  no_seats  seats            -
            A       s3               NO~LINE  no_rate   rate             -
            A       s3               HELD     no_seats  seats            -
            B       s2               HELD     no_rate   rate             -
        """,
        {
            **JUNE,
            "current_subscriptions": """
                subscription_id  customer_id  service  offer
                s1               contoso      O365     E1
                s2               contoso      CRM      E3
                s3               fabrikam     CRM      E5
            """,
            "missing_seats": """
                period   subscription_id  mpn_id     status
                2015-06  s3               A          HELD
                2015-06  s1               A          PAYABLE
                2015-05  s2               A          PAYABLE
                2015-06  s2               Relecloud  PAYABLE
            """,
            "earning_seats": """
                period   subscription_id  mpn_id  service  status
                2015-06  s3               A       CRM      PAYABLE
                2015-06  s2               B       CRM      HELD
                2015-06  s1               A       O365     PAYABLE
                2015-05  s1               A       CRM      PAYABLE
            """,
        },
    )
