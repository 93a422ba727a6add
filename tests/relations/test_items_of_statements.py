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
            "2015-04",
            """
                kind        period   subscription_id  earned  payable  cause
                CURRENT     2015-06  s1               10.00   9.00     -
                CURRENT     2015-06  s2               5.00    0.00     -
                ADJUSTMENT  2015-05  s1               8.00    0.50     first_billed
            """,
        ),
        (
            "''",
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
    given = {"incentive_lines": LINES, "policy": "run_period\n 2015-06", "last_closed": f"last_period\n {closed}"}
    shows("statements", "new_lines", expected, given)


DRAFT = {
    "last_closed": "last_period\n 2015-04",
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
    "item_spans": """
        span_no  subscription_id  mpn_id  from_month_no  until_month_no
        0        s1               A       24183          24185
        1        s1               A       24185          24187
        2        s1               B       24183          24190
        3        s3               B       24186          24187
    """,
    "item_subscriptions": "subscription_no subscription_id\n 0 s1\n 1 s2\n 2 s3",
    "balances": "mpn_id kind period paid\n A OPENING~BALANCE 2015-06 3.00",
    "item_places": """
        part  place  mpn_id  kind             period
        0     0      A       OPENING~BALANCE  2015-06
        0     1      A       CURRENT          2015-06
        0     2      A       ADJUSTMENT       2015-03
        0     3      A       ADJUSTMENT       2015-04
        1     4      A       ADJUSTMENT       2015-05
        1     5      A       HELD             2015-06
    """,
}


def test_every_item_says_what_was_earned_cut_and_paid_and_why() -> None:
    """Nobody earned what was taken back for March."""
    shows(
        "statements",
        "line_items",
        """
            place  Incentive  Assigned~Seats  Amount~per~Seat  Earned  Cap~Reduction  Paid   Reason
            0      -          -               -                -       -              3.00   -
            1      DEPLOY     10              1.0000           10.00   1.00           9.00   -
            2      DEPLOY     -               -                -       -              -4.00  dpor_changed
            3      DEPLOY     7               1.0000           7.00    0.00           -2.00  seats_changed
            4      DEPLOY     8               1.0000           8.00    7.50           0.50   first_billed
            5      DEPLOY     5               1.0000           5.00    0.00           0.00   poe_pending
        """,
        DRAFT,
    )


def test_what_was_paid_and_waits_now_was_not_cut_by_a_cap() -> None:
    """P19."""
    waits = LINES.replace("PAYABLE  7               1.00             7.00    7.00", "HELD 7 1.00 7.00 0.00")
    given = {**DRAFT, "incentive_lines": waits}
    shows("statements", "line_items", "place Cap~Reduction\n 0 -\n 1 1.00\n 2 -\n 3 0.00\n 4 7.50\n 5 0.00", given)


def test_every_item_names_its_subscription_and_the_span_of_its_own_partner_and_month() -> None:
    """March is of before the programme now, so no month of it; s3 was held for A, which is no longer its partner."""
    shows(
        "statements",
        "line_items",
        """
            part  place  subscription_no  span_no
            0     0      -                -
            0     1      0                1
            0     2      1                -
            0     3      0                0
            1     4      0                1
            1     5      2                -
        """,
        DRAFT,
    )


def test_where_nothing_is_closed_nothing_is_posted_again() -> None:
    given = {
        **DRAFT,
        "last_closed": "last_period\n ''",
        "statement_lines": "statement_period kind period subscription_id incentive mpn_id amount cause",
    }
    shows("statements", "line_items", "place Paid\n 0 3.00\n 1 9.00\n 4 0.50\n 5 0.00", given)


def test_what_items_tell_of_a_subscription_is_as_now_known_and_numbered_by_their_ids() -> None:
    """s2 is of a customer that no export names."""
    shows(
        "statements",
        "item_subscriptions",
        """
            subscription_no  subscription_id  organization_name  agreement_id  service  offer
            0                s1               Contoso            ea-1          O365     E1
            1                s2               -                  ea-2          EMS      E2
            2                s3               Contoso            ea-1          O365     E3
        """,
        {
            "current_subscriptions": """
                subscription_id  customer_id  agreement_id  service  offer
                s3               contoso      ea-1          O365     E3
                s1               contoso      ea-1          O365     E1
                s2               nobody       ea-2          EMS      E2
            """,
            "current_customers": "customer_id organization_name\n contoso Contoso\n fabrikam Fabrikam",
        },
    )


def test_what_items_tell_of_a_span_is_its_own_claims() -> None:
    """A form and an event may bear the same ID; a span without a partner tells nothing."""
    shows(
        "statements",
        "item_spans",
        """
            span_no  subscription_id  mpn_id  from_month_no  until_month_no  attached_on  basis
            0        s1               A       24183          24185           2015-01-02   OSA
            1        s1               A       24185          24187           2015-05-20   DPOR
            2        s2               B       24183          24190           2015-03-03   DPOR
        """,
        {
            "por_spans": """
                subscription_id  mpn_id  from_month_no  until_month_no  claim_id  basis
                s2               B       24183          24190           x2        DPOR
                s1               A       24185          24187           x1        DPOR
                s1               A       24183          24185           x1        OSA
                s1               -       24187          24190           -         -
            """,
            "claims": """
                claim_id  source  received_at
                x1        DPOR    2015-05-20T23:59:59
                x1        OSA     2015-01-02T00:00:00
                x2        DPOR    2015-03-03T00:00:00
                x2        OSA     2015-03-09T00:00:00
            """,
        },
    )
