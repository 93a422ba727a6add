"""P21, P23: who has a statement, and what its sums come to, from what was posted and what is due."""

from __future__ import annotations

import pytest
from relations.bench import shows

NOTHING = {
    "policy": "run_period run_state minimum_payment\n 2015-06 DRAFT 110.00",
    "posted_statements": "statement_period mpn_id earned held closing_balance",
    "posted_lines": "mpn_id amount",
    "earned_lines": "period subscription_id incentive mpn_id status earned",
    "cap_cuts": "period subscription_id incentive cut",
    "statement_lines": "statement_period kind mpn_id amount",
}
"""A run of June 2015 that nobody earns anything in, with a minimum of 110 dollars."""


def test_who_was_earned_held_or_posted_anything_has_a_statement_still() -> None:
    """D's statements had nothing but zeros: a line of nothing among what was posted."""
    posted = """
        statement_period  mpn_id  earned  held  closing_balance
        2015-04           A       1.00    0.00  0.00
        2015-04           B       0.00    1.00  0.00
        2015-04           C       0.00    0.00  0.00
        2015-04           D       0.00    0.00  0.00
        2015-05           D       0.00    0.00  0.00
    """
    lines = "mpn_id amount\n C 5.00\n C -5.00\n D 0.00"
    shows(
        "statements",
        "drafted_statements",
        """
            statement_period  mpn_id  earned  adjustments  held  opening_balance  payment  closing_balance
            2015-06           A       0.00    0.00         0.00  0.00             0.00     0.00
            2015-06           B       0.00    0.00         0.00  0.00             0.00     0.00
            2015-06           C       0.00    0.00         0.00  0.00             0.00     0.00
        """,
        {**NOTHING, "posted_statements": posted, "posted_lines": lines},
    )


def test_a_statement_adds_up_its_own_month_what_is_held_of_all_and_the_last_closing_balance() -> None:
    """A earns and is cut, with an adjustment; B has only adjustments; C only waits; D only has a balance."""
    posted = """
        statement_period  mpn_id  earned  held  closing_balance
        2015-05           D       9.00    0.00  150.00
        2015-04           D       7.00    0.00  7.00
    """
    earned = """
        period   subscription_id  incentive  mpn_id  status   earned
        2015-06  s1               DEPLOY     A       PAYABLE  100.00
        2015-06  s2               DEPLOY     A       PAYABLE  50.00
        2015-06  s3               DEPLOY     A       HELD     3.00
        2015-05  s1               DEPLOY     A       PAYABLE  40.00
        2015-05  s3               DEPLOY     A       HELD     5.00
        2015-06  s4               DEPLOY     C       HELD     2.00
    """
    cuts = """
        period   subscription_id  incentive  cut
        2015-06  s1               DEPLOY     10.00
        2015-06  s2               DEPLOY     1.00
        2015-05  s1               DEPLOY     4.00
    """
    lines = """
        statement_period  kind        mpn_id  amount
        2015-06           CURRENT     A       90.00
        2015-06           ADJUSTMENT  A       20.00
        2015-06           ADJUSTMENT  A       0.50
        2015-05           ADJUSTMENT  A       1000.00
        2015-06           ADJUSTMENT  B       -250.00
    """
    shows(
        "statements",
        "drafted_statements",
        """
            mpn_id  earned  cap_reduction  adjustments  held   opening_balance  payment  closing_balance  state
            A       150.00  11.00          20.50        8.00   0.00             159.50   0.00             DRAFT
            B       0.00    0.00           -250.00      0.00   0.00             0.00     -250.00          DRAFT
            C       0.00    0.00           0.00         2.00   0.00             0.00     0.00             DRAFT
            D       0.00    0.00           0.00         0.00   150.00           150.00   0.00             DRAFT
        """,
        {
            **NOTHING,
            "posted_statements": posted,
            "earned_lines": earned,
            "cap_cuts": cuts,
            "statement_lines": lines,
        },
    )


@pytest.mark.parametrize(
    ("minimum", "due", "payment", "closing_balance"),
    [
        ("110.00", "110.00", "110.00", "0.00"),
        ("110.00", "109.99", "0.00", "109.99"),
        ("0.00", "0.50", "0.50", "0.00"),
        ("0.00", "0.00", "0.00", "0.00"),
        ("0.00", "-0.50", "0.00", "-0.50"),
    ],
)
def test_what_is_due_is_paid_from_the_minimum_on_and_else_carried_forward(
    minimum: str, due: str, payment: str, closing_balance: str
) -> None:
    shows(
        "statements",
        "drafted_statements",
        f"mpn_id payment closing_balance\n A {payment} {closing_balance}",
        {
            **NOTHING,
            "policy": f"run_period run_state minimum_payment\n 2015-06 DRAFT {minimum}",
            "statement_lines": f"statement_period kind mpn_id amount\n 2015-06 ADJUSTMENT A {due}",
        },
    )


@pytest.mark.parametrize(
    ("name", "posted", "drafted"),
    [
        ("statements", "posted_statements", "drafted_statements"),
        ("statement_lines", "posted_lines", "drafted_lines"),
    ],
)
@pytest.mark.parametrize(("closed", "shown"), [("2015-05", "2015-05\n 2015-06"), ("2015-06", "2015-05")])
def test_what_was_posted_stands_beside_the_runs_own_until_that_is_closed(
    name: str, posted: str, drafted: str, closed: str, shown: str
) -> None:
    given = {
        posted: "statement_period\n 2015-05",
        drafted: "statement_period\n 2015-06",
        "closed_periods": f"period\n {closed}",
    }
    shows("statements", name, f"statement_period\n {shown}", given)
