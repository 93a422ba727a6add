"""Views for analysts about money: how caps are used, what changed since the statement before, which seats go unpaid."""

from __future__ import annotations

import pytest
from relations.bench import shows


def test_a_cap_is_used_by_what_passed_its_scope_and_those_before() -> None:
    """B's cap is nothing, C's a dollar; D has used 99.995 percent."""
    shows(
        "analysis",
        "cap_usage",
        """
            mpn_id  fiscal_year  scope         bucket  cap       brought   cut    used      remaining  used_percent
            A       FY15         SUBSCRIPTION  s1      80.00     100.00    20.00  80.00     0.00       100
            A       FY15         SUBSCRIPTION  s2      80.00     50.00     0.00   50.00     30.00      62
            A       FY15         CUSTOMER      c1      120.00    130.00    10.00  120.00    0.00       100
            A       FY15         SERVICE       O365    1000.00   120.00    0.00   120.00    880.00     12
            A       FY15         PARTNER       ''      140.00    150.00    10.00  140.00    0.00       100
            A       FY16         PARTNER       ''      140.00    7.00      0.00   7.00      133.00     5
            B       FY15         SERVICE       EMS     0.00      5.00      5.00   0.00      0.00       100
            C       FY15         SERVICE       EMS     1.00      0.50      0.00   0.50      0.50       50
            D       FY15         PARTNER       ''      20000.00  19999.00  0.00   19999.00  1.00       99
        """,
        {
            "earned_totals": """
                mpn_id  fiscal_year  service  customer_id  subscription_id  earned
                A       FY15         O365     c1           s1               100.00
                A       FY15         O365     c1           s2               50.00
                A       FY15         CRM      c2           s3               30.00
                A       FY16         O365     c1           s1               7.00
                B       FY15         EMS      c9           s9               5.00
                C       FY15         EMS      c9           s8               0.50
                D       FY15         EMS      c9           s7               19999.00
            """,
            "cap_amounts": """
                mpn_id  service  fiscal_year  scope         amount
                A       O365     FY15         SUBSCRIPTION  80.00
                A       O365     FY15         CUSTOMER      120.00
                A       O365     FY15         SERVICE       1000.00
                A       O365     FY15         PARTNER       140.00
                A       CRM      FY15         PARTNER       140.00
                A       O365     FY16         PARTNER       140.00
                B       EMS      FY15         SERVICE       0.00
                C       EMS      FY15         SERVICE       1.00
                D       EMS      FY15         PARTNER       20000.00
            """,
            "cap_cuts": """
                period   subscription_id  scope         cut
                2015-06  s1               SUBSCRIPTION  15.00
                2015-05  s1               SUBSCRIPTION  5.00
                2015-06  s2               CUSTOMER      10.00
                2015-06  s3               PARTNER       10.00
                2015-06  s9               SERVICE       5.00
            """,
            "periods": "period fiscal_year\n 2015-05 FY15\n 2015-06 FY15\n 2015-07 FY16",
            "earning_seats": """
                period   subscription_id  mpn_id  customer_id  service
                2015-05  s1               A       c1           O365
                2015-06  s1               A       c1           O365
                2015-06  s2               A       c1           O365
                2015-06  s3               A       c2           CRM
                2015-06  s9               B       c9           EMS
            """,
            "current_partners": "mpn_id partner_name\n A Contoso",
        },
    )


def test_a_statement_changes_where_its_lines_are_not_those_of_the_one_before() -> None:
    """The statement before is the partner's last one, whichever month that was of; A's first one changed all.

    D's is of a month before the policy's first period, which was moved since it closed.
    """
    shows(
        "analysis",
        "statement_changes",
        """
            statement_period previous_period mpn_id partner_name kind    subscription_id amount_before amount change
            2015-03          -               A      Contoso      CURRENT    s1           0.00          10.00  10.00
            2015-03          -               A      Contoso      CURRENT    s2           0.00          5.00   5.00
            2015-05          2015-03         A      Contoso      CURRENT    s1           10.00         12.00  2.00
            2015-05          2015-03         A      Contoso      CURRENT    s2           5.00          0.00   -5.00
            2015-05          2015-03         A      Contoso      ADJUSTMENT s1           0.00          1.00   1.00
            2015-05          -               B      -            CURRENT    s4           0.00          9.00   9.00
            2015-03          -               C      -            CURRENT    s5           0.00          4.00   4.00
            2015-02          -               D      -            CURRENT    s6           0.00          3.00   3.00
        """,
        CHANGED,
    )
    shows(
        "analysis",
        "statement_changes",
        """
            statement_period  mpn_id  kind        subscription_id  assigned_seats_before  assigned_seats
            2015-03           A       CURRENT     s1               -                      10
            2015-03           A       CURRENT     s2               -                      5
            2015-05           A       CURRENT     s1               10                     12
            2015-05           A       CURRENT     s2               5                      -
            2015-05           A       ADJUSTMENT  s1               -                      -
            2015-05           B       CURRENT     s4               -                      9
            2015-03           C       CURRENT     s5               -                      -
            2015-02           D       CURRENT     s6               -                      -
        """,
        CHANGED,
    )


CHANGED = {
    "statements": "mpn_id statement_period\n A 2015-03\n A 2015-05\n B 2015-05\n C 2015-03\n D 2015-02",
    "statement_lines": """
        statement_period  mpn_id  kind        subscription_id  incentive  amount
        2015-03           A       CURRENT     s1               DEPLOY     10.00
        2015-03           A       CURRENT     s2               DEPLOY     5.00
        2015-03           A       CURRENT     s3               DEPLOY     7.00
        2015-03           A       CURRENT     s3               DEPLOY     -7.00
        2015-05           A       CURRENT     s1               DEPLOY     12.00
        2015-05           A       ADJUSTMENT  s1               DEPLOY     0.25
        2015-05           A       ADJUSTMENT  s1               DEPLOY     0.75
        2015-05           B       CURRENT     s4               DEPLOY     9.00
        2015-03           C       CURRENT     s5               DEPLOY     4.00
        2015-02           D       CURRENT     s6               DEPLOY     3.00
    """,
    "periods": "period month_no\n 2015-03 24183\n 2015-04 24184\n 2015-05 24185",
    "current_partners": "mpn_id partner_name\n A Contoso",
    "counted_seats": """
        subscription_id  month_no  assigned_seats
        s1               24183     10
        s2               24183     5
        s1               24184     70
        s1               24185     12
        s4               24185     9
    """,
}


def test_seats_go_unpaid_where_nobody_earns_or_there_is_no_rate() -> None:
    shows(
        "analysis",
        "unpaid_seats",
        """
            period   subscription_id  organization_name  offer  assigned_seats  mpn_id  partner_name  reason   missing
            2015-06  s1               Contoso            E1     1               -       -             no_por   nobody
            2015-06  s2               -                  -      20              A       Fabrikam      no_rate  rate
            2015-05  s3               Contoso            E3     30              B       -             other    -
        """,
        {
            "por_resolution": """
                period   subscription_id  customer_id  service  mpn_id  status      reason
                2015-06  s1               c1           O365     -       UNASSIGNED  no_por
                2015-06  s2               c2           CRM      A       PAYABLE     -
                2015-05  s2               c2           CRM      A       PAYABLE     -
                2015-05  s3               c1           O365     B       HELD        other
                2015-06  s3               c1           O365     B       PAYABLE     -
                2015-06  s4               c1           O365     -       UNASSIGNED  no_por
            """,
            "periods": "period month_no\n 2015-05 24185\n 2015-06 24186",
            "counted_seats": """
                subscription_id  month_no  assigned_seats
                s1               24186     1
                s2               24186     20
                s2               24185     25
                s3               24185     30
                s3               24186     30
                s4               24186     0
            """,
            "period_rates": "period service\n 2015-06 O365\n 2015-05 CRM\n 2015-05 O365",
            "remedies": "reason missing\n no_por nobody\n no_rate rate",
            "current_customers": "customer_id organization_name\n c1 Contoso",
            "current_subscriptions": "subscription_id offer\n s1 E1\n s3 E3",
            "current_partners": "mpn_id partner_name\n A Fabrikam",
        },
    )


def test_a_proof_is_waited_for_since_a_claim_first_held_a_subscription_that_it_still_holds_one_of() -> None:
    """The claim c1 of a DPOR is another one than the form c1. c2 waits since before the programme; nobody asked.

    c3 has ended, and what it earned waits; c8 has ended too, and nothing does.
    """
    shows(
        "analysis",
        "proof_ageing",
        """
            claim_id basis mpn_id subscriptions held_since months_waiting requested_on days_since_request held
            c1       DPOR  A      2             2015-04    3              2015-05-20   41                 19.00
            c1       OSA   C      1             2015-06    1              2015-06-15   15                 7.00
            c2       OSA   B      1             2014-10    9              -            -                  0.00
            c3       DPOR  A      0             2015-05    2              -            -                  0.40
        """,
        WAITING,
    )
    shows(
        "analysis",
        "proof_ageing",
        """
            basis  mpn_id  partner_name  organization_name
            DPOR   A       Contoso       Contoso
            OSA    C       -             -
            OSA    B       -             Tailspin
            DPOR   A       Contoso       Contoso
        """,
        WAITING,
    )


WAITING = {
    "policy": """
        run_month_no  run_end_day  program_first_month_no
        24186         2015-07-01   24178
    """,
    "periods": """
        period   month_no
        2014-10  24178
        2015-03  24183
        2015-04  24184
        2015-05  24185
        2015-06  24186
    """,
    "por_spans": """
        claim_id  basis  mpn_id  customer_id  service  subscription_id  from_month_no  until_month_no  status
        c1        DPOR   A       contoso      O365     s1               24184          24187           HELD
        c1        DPOR   A       contoso      O365     s2               24185          24186           HELD
        c1        DPOR   A       contoso      O365     s3               24186          24190           HELD
        c1        OSA    C       fabrikam     EMS      s8               24186          24187           HELD
        c1        DPOR   A       contoso      O365     s9               24187          24190           HELD
        c2        OSA    B       tailspin     CRM      s4               24170          24187           HELD
        c3        DPOR   A       contoso      O365     s5               24185          24186           HELD
        c8        DPOR   A       contoso      O365     s8               24183          24184           HELD
        c4        DPOR   A       contoso      O365     s6               24187          24190           HELD
        c5        DPOR   A       contoso      O365     s7               24184          24187           PAYABLE
        c9        DPOR   A       contoso      O365     s1               24180          24184           DENIED
    """,
    "earned_lines": """
        period   subscription_id  status   earned
        2015-06  s1               HELD     10.00
        2015-05  s1               HELD     5.00
        2015-05  s2               HELD     3.00
        2015-06  s2               HELD     0.25
        2015-06  s3               HELD     1.00
        2015-06  s3               PAYABLE  100.00
        2015-03  s1               HELD     50.00
        2015-06  s8               HELD     7.00
        2015-05  s5               HELD     0.40
        2015-03  s8               HELD     0.00
    """,
    "current_poe_reviews": """
        claim_id  mpn_id  requested_on  outcome
        c1        A       2015-04-10    -
        c1        A       2015-05-20    -
        c1        A       2015-06-01    PASS
        c1        C       2015-06-15    -
        c3        B       2015-06-15    -
    """,
    "current_partners": "mpn_id partner_name\n A Contoso",
    "current_customers": "customer_id organization_name\n contoso Contoso\n tailspin Tailspin",
}


SPANS = """
    subscription_id customer_id service from_month_no until_month_no mpn_id basis status claim_id reason poe_status
    s1              c           O365    24184         24186          A      DPOR  HELD   c1       -      -
    s1              c           O365    24186         24199          B      OSA   HELD   c1       -      -
    s2              d           O365    24186         24187          -      -     NONE   -        no_por -
"""


def test_a_run_of_months_with_one_answer_is_a_row_with_its_claim() -> None:
    shows(
        "analysis",
        "por_history",
        """
            subscription_id organization_name offer from_period to_period mpn_id partner_name claim_id received_at
            s1 Contoso E1 2015-04 2015-05 A Litware c1 2015-04-02T00:00:00
            s1 Contoso E1 2015-06 2015-06 B -       c1 2015-01-02T00:00:00
            s2 -       -  2015-06 2015-06 - -       -  -
        """,
        {
            "periods": "period month_no\n 2015-03 24183\n 2015-04 24184\n 2015-05 24185\n 2015-06 24186",
            "por_spans": SPANS,
            "claims": """
                claim_id  source  received_at
                c1        DPOR    2015-04-02T00:00:00
                c1        OSA     2015-01-02T00:00:00
                c7        DPOR    2015-04-03T00:00:00
            """,
            "current_customers": "customer_id organization_name\n c Contoso",
            "current_subscriptions": "subscription_id offer\n s1 E1",
            "current_partners": "mpn_id partner_name\n A Litware",
        },
    )


@pytest.mark.parametrize("column", ["mpn_id", "basis", "status", "claim_id", "reason", "poe_status"])
def test_an_answer_that_comes_again_after_another_is_a_run_of_its_own(column: str) -> None:
    columns = ["mpn_id", "basis", "status", "claim_id", "reason", "poe_status"]
    same = " ".join(["x"] * len(columns))
    other = " ".join("y" if name == column else "x" for name in columns)
    shows(
        "analysis",
        "por_history",
        f"from_period to_period {column}\n 2015-03 2015-03 x\n 2015-04 2015-04 y\n 2015-05 2015-06 x",
        {
            "periods": "period month_no\n 2015-03 24183\n 2015-04 24184\n 2015-05 24185\n 2015-06 24186",
            "por_spans": f"""
                subscription_id customer_id service from_month_no until_month_no {" ".join(columns)}
                s1              c           O365    24183         24184          {same}
                s1              c           O365    24184         24185          {other}
                s1              c           O365    24185         24187          {same}
            """,
            "claims": "claim_id source received_at",
            "current_customers": "customer_id organization_name",
            "current_subscriptions": "subscription_id offer",
            "current_partners": "mpn_id partner_name",
        },
    )
