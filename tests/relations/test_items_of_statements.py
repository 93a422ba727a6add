"""Which lines a statement bills for the first time, and what each item of a statement's file says (P19, P22, P23)."""

from __future__ import annotations

import pytest
from relations.bench import shows

LINES = """
    period   subscription_id  incentive  mpn_id  status   assigned_seats  amount_per_seat  earned  payable
    2015-06  s1               DEPLOY     A       PAYABLE  10              1.00             10.00   9.00
    2015-06  s2               DEPLOY     A       PAYABLE  5               1.00             5.00    0.00
    2015-06  s3               DEPLOY     A       HELD     5               1.00             5.00    0.00
    2015-05  s1               DEPLOY     A       PAYABLE  8               1.00             8.00    0.50
    2015-05  s2               DEPLOY     A       PAYABLE  8               1.00             8.00    0.00
    2015-04  s1               DEPLOY     A       PAYABLE  7               1.00             7.00    7.00
    2015-03  s1               DEPLOY     A       PAYABLE  6               1.00             6.00    6.00
"""


@pytest.mark.parametrize(
    ("closed", "expected"),
    [
        (
            "period\n 2015-04\n 2015-03",
            """
                kind        period   subscription_id  earned  payable  cause
                CURRENT     2015-06  s1               10.00   9.00     -
                CURRENT     2015-06  s2               5.00    0.00     -
                ADJUSTMENT  2015-05  s1               8.00    0.50     first_billed
            """,
        ),
        (
            "period",
            """
                kind        period   subscription_id  earned  payable  cause
                CURRENT     2015-06  s1               10.00   9.00     -
                CURRENT     2015-06  s2               5.00    0.00     -
                ADJUSTMENT  2015-05  s1               8.00    0.50     first_billed
                ADJUSTMENT  2015-04  s1               7.00    7.00     first_billed
                ADJUSTMENT  2015-03  s1               6.00    6.00     first_billed
            """,
        ),
    ],
)
def test_the_months_payable_lines_are_billed_and_those_of_months_that_no_closing_reached(
    closed: str, expected: str
) -> None:
    given = {"incentive_lines": LINES, "policy": "run_period\n 2015-06", "closed_periods": closed}
    shows("statements", "new_lines", expected, given)


DRAFT = {
    "closed_periods": "period\n 2015-04\n 2015-03",
    "policy": "run_period\n 2015-06",
    "incentive_lines": LINES,
    "new_lines": """
        kind        period   subscription_id incentive mpn_id assigned_seats amount_per_seat earned payable cause
        CURRENT     2015-06  s1              DEPLOY    A      10             1.00            10.00  9.00    -
        ADJUSTMENT  2015-05  s1              DEPLOY    A      8              1.00            8.00   0.50    first_billed
    """,
    "statement_lines": """
        statement_period kind       period  subscription_id incentive mpn_id amount cause
        2015-06          CURRENT    2015-06 s1              DEPLOY    A      9.00   -
        2015-06          ADJUSTMENT 2015-05 s1              DEPLOY    A      0.50   first_billed
        2015-06          ADJUSTMENT 2015-04 s1              DEPLOY    A      -2.00  seats_changed
        2015-06          ADJUSTMENT 2015-03 s2              DEPLOY    A      -4.00  dpor_changed
        2015-05          ADJUSTMENT 2015-04 s1              DEPLOY    A      70.00  caps_changed
    """,
    "earned_lines": """
        period   subscription_id  incentive  mpn_id  status   assigned_seats  amount_per_seat  earned
        2015-06  s3               DEPLOY     A       HELD     5               1.00             5.00
        2015-06  s1               DEPLOY     A       PAYABLE  10              1.00             10.00
    """,
    "periods": "period month_no\n 2015-04 24184\n 2015-05 24185\n 2015-06 24186",
    "por_spans": """
        subscription_id  mpn_id  from_month_no  until_month_no  claim_id  service  basis
        s1               A       24185          24187           x1        O365     DPOR
        s1               A       24183          24185           x1        CRM      OSA
        s1               B       24183          24190           x2        EMS      DPOR
        s3               B       24186          24187           x2        EMS      DPOR
    """,
    "claims": """
        claim_id  source  received_at
        x1        DPOR    2015-05-20T23:59:59
        x1        OSA     2015-01-02T00:00:00
        x2        DPOR    2015-03-03T00:00:00
    """,
    "current_subscriptions": """
        subscription_id  customer_id  agreement_id  offer
        s1               contoso      ea-1          E1
        s2               nobody       ea-2          E2
    """,
    "current_customers": "customer_id organization_name\n contoso Contoso\n fabrikam Fabrikam",
    "balances": "mpn_id kind period paid\n A OPENING~BALANCE 2015-06 3.00",
    "item_parts": """
        part  place  mpn_id  kind             period
        0     1      A       OPENING~BALANCE  2015-06
        0     2      A       CURRENT          2015-06
        0     3      A       ADJUSTMENT       2015-03
        0     4      A       ADJUSTMENT       2015-04
        1     5      A       ADJUSTMENT       2015-05
        1     6      A       HELD             2015-06
    """,
}


def test_every_item_says_what_was_earned_cut_and_paid_and_why() -> None:
    """March is of before the programme now, so no month of it; nobody earned what was taken back for it."""
    shows(
        "statements",
        "line_items",
        """
            turn         Payment~Type     Subscription~ID  Assigned~Seats  Earned  Cap~Reduction  Paid   Reason
            10000000000  OPENING~BALANCE  -                -               -       -              3.00   -
            20000000001  CURRENT          s1               10              10.00   1.00           9.00   -
            30000000002  ADJUSTMENT       s2               -               -       -              -4.00  dpor_changed
            40000000001  ADJUSTMENT       s1               7               7.00    0.00           -2.00  seats_changed
            50000000001  ADJUSTMENT       s1               8               8.00    7.50           0.50   first_billed
            60000000000  HELD             s3               5               5.00    0.00           0.00   poe_pending
        """,
        DRAFT,
    )


def test_every_item_says_whose_it_is_and_by_which_claim_of_its_own_partner_and_month() -> None:
    shows(
        "statements",
        "line_items",
        """
            part  turn         Customer~Name  EA~Agreement~ID  POR~Attach~Date  Service  Offer Amount~per~Seat POR~Basis
            0     10000000000  -              -                -                -        -     -               -
            0     20000000001  Contoso        ea-1             2015-05-20       O365     E1    1.0000          DPOR
            0     30000000002  -              ea-2             -                -        E2    -               -
            0     40000000001  Contoso        ea-1             2015-01-02       CRM      E1    1.0000          OSA
            1     50000000001  Contoso        ea-1             2015-05-20       O365     E1    1.0000          DPOR
            1     60000000000  -              -                -                -        -     1.0000          -
        """,
        DRAFT,
    )


def test_where_nothing_is_closed_nothing_is_posted_again() -> None:
    given = {
        **DRAFT,
        "closed_periods": "period",
        "statement_lines": "statement_period kind period subscription_id incentive mpn_id amount cause",
    }
    shows(
        "statements",
        "line_items",
        """
            turn         Paid
            10000000000  3.00
            20000000001  9.00
            50000000001  0.50
            60000000000  0.00
        """,
        given,
    )
