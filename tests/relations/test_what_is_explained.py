"""What `dpor explain` asks the database: of one subscription and a period."""

from __future__ import annotations

from relations.bench import shows, shows_in_order

from schemas.words import CAP_SCOPES


def test_the_money_of_a_subscription_is_told() -> None:
    shows_in_order(
        "explain",
        "lines",
        """
            incentive  assigned_seats  amount_per_seat  earned  payable
            DEPLOY     50              1.0000           50.00   50.00
            MANAGE     50              0.2500           12.50   10.00
        """,
        {
            "incentive_lines": """
                period   subscription_id  incentive  assigned_seats  amount_per_seat  earned  payable
                2015-06  s3               MANAGE     50              0.2500           12.50   10.00
                2015-06  s3               DEPLOY     50              1.0000           50.00   50.00
                2015-05  s3               DEPLOY     60              1.0000           60.00   60.00
                2015-06  s4               DEPLOY     80              1.0000           80.00   80.00
            """
        },
        subscription="s3",
        period="2015-06",
    )


def test_each_cap_that_cut_a_line_is_told_in_the_order_in_which_they_did() -> None:
    shows_in_order(
        "explain",
        "cuts",
        """
            incentive  scope         cut
            DEPLOY     PARTNER       9.00
            MANAGE     CUSTOMER      0.50
            MANAGE     SERVICE       1.00
            MANAGE     PARTNER       1.50
        """,
        {
            "cap_cuts": """
                period   subscription_id  incentive  scope         cut
                2015-06  s3               MANAGE     SERVICE       1.00
                2015-06  s3               MANAGE     PARTNER       1.50
                2015-06  s3               MANAGE     CUSTOMER      0.50
                2015-05  s3               MANAGE     PARTNER       9.00
                2015-06  s1               MANAGE     PARTNER       9.00
                2015-06  s3               DEPLOY     PARTNER       9.00
            """,
        },
        subscription="s3",
        period="2015-06",
        scopes=list(CAP_SCOPES),
    )


def test_a_rate_is_missing_where_the_service_has_none_in_the_period() -> None:
    rates = """
        period   service  incentive
        2015-06  O365     DEPLOY
        2015-05  O365     MANAGE
        2015-06  EMS      ACCELERATOR
        2015-05  EMS      ACCELERATOR
    """
    shows_in_order(
        "explain",
        "incentives_without_rate",
        "incentive\n ACCELERATOR\n MANAGE",
        {"period_rates": rates},
        service="O365",
        period="2015-06",
    )


PERIODS = """
    period   first_day   last_day    end_day
    2015-04  2015-04-01  2015-04-30  2015-05-01
    2015-05  2015-05-01  2015-05-31  2015-06-01
"""

PARTNERS = """
    mpn_id  partner_name  eligible_from  eligible_to
    A       Alpha         2014-01-01     -
    B       Beta     2014-01-01     2016-01-01
"""

SUBSCRIPTIONS = """
    subscription_id  customer_id  service  program  start_date  end_date
    s1               contoso      O365     EA       2014-01-01  -
    s2               contoso      O365     EA       2014-01-01  -
    s3               contoso      EMS      EA       2014-01-01  -
    s4               fabrikam     O365     EA       2014-01-01  -
"""


def test_what_was_decided_is_of_the_subscription_and_the_period() -> None:
    given = {
        "por_resolution": """
            period   subscription_id  customer_id  service  mpn_id  basis  status      reason  claim_id
            2015-04  s1               contoso      O365     A       OSA    PAYABLE     -       f1
            2015-05  s1               contoso      O365     -       -      UNASSIGNED  no_por  -
            2015-04  s2               contoso      O365     B       DPOR   PAYABLE     -       d1
        """,
        "periods": PERIODS,
        "current_subscriptions": SUBSCRIPTIONS,
        "current_partners": PARTNERS,
        "missing_seats": "period subscription_id\n 2015-04 s1\n 2015-05 s2",
    }
    shows(
        "explain",
        "resolution",
        """
            period   mpn_id  partner_name  claim_id  last_day    end_day     seats_are_missing
            2015-04  A       Alpha         f1        2015-04-30  2015-05-01  True
        """,
        given,
        subscription="s1",
        period="2015-04",
    )
    shows(
        "explain",
        "resolution",
        "period mpn_id partner_name status reason seats_are_missing\n 2015-05 - - UNASSIGNED no_por False",
        given,
        subscription="s1",
        period="2015-05",
    )


def test_reviews_are_those_of_the_groups_claims_the_latest_of_a_claim_last() -> None:
    shows_in_order(
        "explain",
        "reviews",
        """
            source  claim_id  mpn_id  poe_id  requested_on  outcome
            DPOR    d1        B       p4      2015-05-01    PASS
            DPOR    d1        B       p5      2015-05-01    FAIL
            OSA     f1        A       p9      2015-04-01    -
            OSA     f1        A       p1      2015-04-02    PASS
            DPOR    x1        B       p11     2015-04-02    PASS
            OSA     x1        A       p10     2015-04-01    FAIL
            DPOR    x2        A       p12     2015-04-01    PASS
            OSA     x2        A       p12     2015-04-01    PASS
        """,
        {
            "current_poe_reviews": """
                claim_id  mpn_id  poe_id  requested_on  decided_on  outcome
                f1        A       p1      2015-04-02    -           PASS
                f1        A       p9      2015-04-01    -           -
                d1        B       p5      2015-05-01    -           FAIL
                d1        B       p4      2015-05-01    -           PASS
                f1        B       p6      2015-04-01    -           FAIL
                f2        A       p7      2015-04-01    -           PASS
                f3        A       p8      2015-04-01    -           PASS
                x1        A       p10     2015-04-01    -           FAIL
                x1        B       p11     2015-04-02    -           PASS
                x2        A       p12     2015-04-01    -           PASS
            """,
            "claims": """
                source  claim_id  mpn_id  customer_id  service
                OSA     f1        A       contoso      O365
                DPOR    d1        B       contoso      O365
                DPOR    d1        B       contoso      O365
                OSA     f2        A       contoso      EMS
                OSA     f3        A       fabrikam     O365
                OSA     x1        A       contoso      O365
                DPOR    x1        B       contoso      O365
                OSA     x2        A       contoso      O365
                DPOR    x2        A       contoso      O365
            """,
            "current_subscriptions": SUBSCRIPTIONS,
        },
        subscription="s1",
    )


HISTORY = {
    "current_subscriptions": SUBSCRIPTIONS,
    "periods": PERIODS,
    "current_partners": PARTNERS,
    "claims": "claim_id source mpn_id customer_id service subscription_id received_at decision decision_reason"
    " poe_status ended_at end_reason"
    """
        f2 OSA B contoso O365 - 2015-04-20T00:00 ATTACHED - PENDING 2015-05-10T08:00 stopped_by_dpor
        f1 OSA A contoso O365 - 2015-04-20T00:00 ATTACHED - PENDING - -
        f5 OSA B contoso O365 - 2015-04-19T00:00 ATTACHED - PASS 2015-05-01T00:00 stopped_by_dpor
        d2 DPOR B contoso O365 s2 2015-04-20T09:00 ATTACHED - NOT_REQUIRED - -
        d1 DPOR A contoso O365 s1 2015-04-20T10:00 ATTACHED - PASS 2015-04-25T00:00 removed_by_customer
        d3 DPOR A contoso O365 s1 2015-05-01T00:00 ATTACHED - PENDING - -
        f3 OSA A contoso EMS - 2015-04-20T00:00 ATTACHED - PENDING - -
        f4 OSA A fabrikam O365 - 2015-04-20T00:00 ATTACHED - PENDING - -
        f0 OSA A contoso O365 - 2015-04-30T00:00 REJECTED dpor_attached - - -
    """,
    "dpor_attachments": "event_id action\n d1 ADD\n d2 ADD\n d3 ADD\n f1 REMOVE",
    "osa_claims": """
        claim_id  contested_from  review_outcome  stopped_by  stopped_day
        f1        2015-05-01      -               d9          2015-05-01
        f2        2015-04-30      -               d9          2015-04-30
        f5        2015-05-05      PASS            d9          2015-05-01
        d1        2015-04-01      FAIL            d9          2015-04-01
    """,
    "dpor_proofs": "claim_id exempted_by\n d2 f1\n f2 f9",
}


def test_the_history_is_that_of_the_group_up_to_the_periods_end_in_the_order_in_which_it_counts() -> None:
    """What began on the day after the period's last is not told: a claim, an end, a stop, a contest."""
    shows_in_order(
        "explain",
        "history",
        """
            claim_id  partner_name  action  poe_status    ended_at             end_reason           exempted_by
            f5        Beta     -       PASS          -                    -                    -
            d2        Beta     ADD     NOT_REQUIRED  -                    -                    f1
            d1        Alpha         ADD     PASS          2015-04-25T00:00:00  removed_by_customer  -
            f1        Alpha         -       NOT_REQUIRED  -                    -                    -
            f2        Beta     -       PENDING       -                    -                    -
            f0        Alpha         -       -             -                    -                    -
        """,
        HISTORY,
        subscription="s1",
        period="2015-04",
    )


def test_the_history_tells_who_stopped_and_who_contested_a_form() -> None:
    shows_in_order(
        "explain",
        "history",
        """
            claim_id  stopped_by  contested_from  review_outcome
            f5        -           -               PASS
            d2        -           -               -
            d1        -           -               -
            f1        -           -               -
            f2        d9          2015-04-30      -
            f0        -           -               -
        """,
        HISTORY,
        subscription="s1",
        period="2015-04",
    )
    shows_in_order(
        "explain",
        "history",
        """
            claim_id  poe_status    ended_at             end_reason           stopped_by  contested_from
            f5        PASS          2015-05-01T00:00:00  stopped_by_dpor      d9          2015-05-05
            d2        NOT_REQUIRED  -                    -                    -           -
            d1        PASS          2015-04-25T00:00:00  removed_by_customer  -           -
            f1        PENDING       -                    -                    d9          2015-05-01
            f2        PENDING       2015-05-10T08:00:00  stopped_by_dpor      d9          2015-04-30
            f0        -             -                    -                    -           -
            d3        PENDING       -                    -                    -           -
        """,
        HISTORY,
        subscription="s1",
        period="2015-05",
    )


def test_a_subscriptions_term_is_told_beside_the_periods_that_are_known() -> None:
    given = {
        "policy": "as_known_on\n 2015-05",
        "periods": "period\n 2015-02\n 2015-04\n 2015-03",
        "current_subscriptions": "subscription_id start_date end_date\n s1 2015-01-01 2015-01-31\n s2 2015-03-01 -\n"
        " uA 2015-01-01 -\n Ua 2015-01-01 -",
    }
    heads = "first_period last_period as_known_on start_date end_date meant\n 2015-02 2015-04 2015-05"
    shows("explain", "terms", f"{heads} 2015-01-01 2015-01-31 s1", given, subscription="s1")
    shows("explain", "terms", f"{heads} 2015-03-01 - s2", given, subscription="s2")
    shows("explain", "terms", f"{heads} - - s2", given, subscription="S2")
    shows("explain", "terms", f"{heads} - - Ua", given, subscription="ua")
    shows("explain", "terms", f"{heads} - - -", given, subscription="s3")
