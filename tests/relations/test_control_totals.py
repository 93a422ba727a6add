"""What a period comes to as a whole: its control totals, and the totals of its run."""

from __future__ import annotations

import pytest
from relations.bench import shows, shows_in_order

NOTHING = {
    "intake_log": "delivery rows_read accepted duplicates quarantined",
    "periods": "period month_no\n 2015-05 24185\n 2015-06 24186",
    "por_resolution": "period subscription_id status",
    "counted_seats": "subscription_id month_no assigned_seats",
    "statements": (
        "statement_period mpn_id opening_balance earned cap_reduction adjustments payment closing_balance held"
    ),
    "statement_lines": "statement_period kind amount",
}
JUNE = {
    "intake_log": """
        delivery  rows_read  accepted  duplicates  quarantined
        2015-06   10         7         2           1
        2015-06   5          5         0           0
        2015-05   99         90        9           0
    """,
    "periods": NOTHING["periods"],
    "por_resolution": """
        period   subscription_id  status
        2015-06  s1               PAYABLE
        2015-06  s2               HELD
        2015-06  s3               PAYABLE
        2015-05  s1               NONE
    """,
    "counted_seats": """
        subscription_id  month_no  assigned_seats
        s1               24186     30
        s2               24186     4
        s3               24186     100
        s1               24185     7000
    """,
    "statements": """
        statement_period  mpn_id  opening_balance  earned  cap_reduction  adjustments  payment  closing_balance  held
        2015-06           A       5.00             300.00  40.00          20.00        285.00   0.00             0.50
        2015-06           B       1.00             0.50    0.25           -30.00       0.00     -28.75           0.00
        2015-06           C       0.00             0.50    0.00           0.00         0.50     0.00             2.00
        2015-06           D       1.00             0.00    0.00           0.00         0.00     1.00             0.00
        2015-06           E       3.00             0.00    0.00           0.00         0.00     3.00             0.00
        2015-05           A       7000.00          8000.00 500.00         900.00       1000.00  14400.00         70.00
    """,
    "statement_lines": """
        statement_period  kind        amount
        2015-06           CURRENT     260.00
        2015-06           CURRENT     0.75
        2015-06           ADJUSTMENT  20.00
        2015-06           ADJUSTMENT  -30.00
        2015-05           CURRENT     7500.00
        2015-05           ADJUSTMENT  900.00
    """,
}


def test_the_control_totals_are_those_of_the_period_with_what_they_are_made_of() -> None:
    shows_in_order(
        "reconcile",
        "control_totals",
        """
            one_side  other_side  made_of
            15.00     15.00       12~+~2~+~1
            134.00    134.00      4~HELD~+~130~PAYABLE
            301.00    301.00      260.75~+~40.25
            260.75    260.75      10.00~+~260.75~+~-10.00~=~285.50~+~-24.75
            250.75    250.75      260.75~+~-10.00
        """,
        JUNE,
        period="2015-06",
    )


def test_where_nothing_came_and_nobody_earned_every_total_is_nothing() -> None:
    shows_in_order(
        "reconcile",
        "control_totals",
        """
            one_side  other_side  made_of
            0.00      0.00        0~+~0~+~0
            0.00      0.00        0
            0.00      0.00        0.00~+~0.00
            0.00      0.00        0.00~+~0.00~+~0.00~=~0.00~+~0.00
            0.00      0.00        0.00~+~0.00
        """,
        NOTHING,
        period="2015-06",
    )


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (
            JUNE,
            """
            statements  partners_paid  paid    partners_carried  carried  earned  adjustments  opening  missing_seats
            5           2              285.50  3                 -24.75   301.00  -10.00       10.00    2
            """,
        ),
        (JUNE, "partners_capped capped partners_held held run_state\n 2 40.25 2 2.50 DRAFT"),
        (JUNE, "carried carried_debts\n -24.75 -28.75"),
        (
            NOTHING,
            """
            statements  partners_paid  paid    partners_carried  carried  earned  adjustments  opening  missing_seats
            0           0              0.00    0                 0.00     0.00    0.00         0.00     0
            """,
        ),
        (NOTHING, "partners_capped capped partners_held held run_period\n 0 0.00 0 0.00 2015-06"),
        (NOTHING, "carried carried_debts\n 0.00 0.00"),
    ],
)
def test_a_run_comes_to_the_sums_of_its_own_statements(given: dict[str, str], expected: str) -> None:
    missing = "period\n 2015-06\n 2015-06\n 2015-05" if given is JUNE else "period"
    policy = """
        run_period period_before run_state as_known_on currency minimum_payment
        2015-06    2015-05       DRAFT     -           USD      200.00
    """
    shows("statements", "totals", expected, {**given, "policy": policy, "missing_seats": missing})


@pytest.mark.parametrize(("period", "state"), [("2015-05", "CLOSED"), ("2015-06", "DRAFT"), ("2015-04", "DRAFT")])
def test_a_period_is_as_its_statements_are_and_without_any_as_the_run_is(period: str, state: str) -> None:
    statements = "statement_period state\n 2015-05 CLOSED\n 2015-05 CLOSED\n 2015-06 DRAFT"
    policy = "run_period run_state currency as_known_on\n 2015-06 DRAFT EUR 2015-07"
    known = "2015-07" if period == "2015-06" else "-"
    given = {"policy": policy, "statements": statements}
    shows("reconcile", "state", f"state currency as_known_on\n {state} EUR {known}", given, period=period)


def test_the_runs_period_has_control_totals_though_it_has_no_statement() -> None:
    given = {"statements": "statement_period\n 2015-05\n 2015-04\n 2015-05", "policy": "run_period\n 2015-06"}
    shows_in_order("reconcile", "periods", "period\n 2015-04\n 2015-05\n 2015-06", given)
