"""What the checks of statements show: one too few or many, sides or lines of another sum (P21 to P23)."""

from __future__ import annotations

import pytest
from relations.bench import shows

EARNERS = "mpn_id period\n A 2015-05\n A 2015-06\n B 2015-05"
JUNE = "run_period\n 2015-06"


def check_of_earners(expected: str, statements: str) -> None:
    tables = {"earned_lines": EARNERS, "policy": JUNE, "statements": f"mpn_id statement_period\n {statements}"}
    shows("checks", "statements_are_whole", f"mpn_id statements {expected}", tables)


def test_each_partner_with_a_line_so_far_has_one_statement_for_the_runs_period() -> None:
    check_of_earners("", "A 2015-05\n A 2015-06\n B 2015-06\n C 2015-05\n C 2015-06")


def test_a_partner_without_its_statement_is_shown_also_where_it_had_one_before() -> None:
    check_of_earners("\n B 0", "A 2015-05\n A 2015-06\n B 2015-05\n C 2015-06")
    check_of_earners("\n B 0", "A 2015-06")
    check_of_earners("\n A 0\n B 0", "C 2015-05")


def test_a_partner_with_two_statements_is_shown() -> None:
    check_of_earners("\n A 2", "A 2015-06\n A 2015-06\n B 2015-06")


def test_an_mpn_id_that_is_no_name_of_a_file_is_shown() -> None:
    statements = "mpn_id\n 0000004\n ../1100001\n 110000\n 11000011\n 1100001"
    shows("checks", "statements_bear_an_mpn_id", "mpn_id\n ../1100001\n 110000\n 11000011", {"statements": statements})


SIDES = "statement_period mpn_id opening_balance earned cap_reduction adjustments payment closing_balance"


def test_a_statement_whose_sides_differ_by_a_cent_either_way_is_shown() -> None:
    shows(
        "checks",
        "statements_balance",
        """
            statement_period  mpn_id  opening_balance  earned  cap_reduction  adjustments  payment  closing_balance
            2015-05           B       5.00             300.00  40.00          20.00        280.01   5.00
            2015-06           B       5.00             300.00  40.00          20.00        280.00   4.99
        """,
        {
            "statements": f"""
                {SIDES}
                2015-05  A  5.00   300.00  40.00  20.00   285.00  0.00
                2015-06  A  -5.00  300.00  40.00  -20.00  0.00    235.00
                2015-06  C  1.00   2.00    0.50   -20.00  0.00    -17.50
                2015-06  D  5.00   300.00  40.00  20.00   280.00  5.00
                2015-05  B  5.00   300.00  40.00  20.00   280.01  5.00
                2015-06  B  5.00   300.00  40.00  20.00   280.00  4.99
            """
        },
    )


@pytest.mark.parametrize(
    "amounts",
    [
        "5.01 300.00 40.00 20.00 280.00 5.00",
        "5.00 300.01 40.00 20.00 280.00 5.00",
        "5.00 300.00 40.01 20.00 280.00 5.00",
        "5.00 300.00 40.00 20.01 280.00 5.00",
        "5.00 300.00 40.00 20.00 280.01 5.00",
        "5.00 300.00 40.00 20.00 280.00 5.01",
    ],
)
def test_a_cent_too_many_is_shown_wherever_it_stands(amounts: str) -> None:
    statement = f"2015-06 A {amounts}"
    shows("checks", "statements_balance", f"{SIDES}\n {statement}", {"statements": f"{SIDES}\n {statement}"})


CARRIED = "statement_period mpn_id opening_balance closing_balance"
BALANCES = f"""
    {CARRIED}
    2015-04  A  0.00    5.00
    2015-05  A  5.00    -7.00
    2015-06  A  -7.00   0.00
    2015-04  B  0.00    0.00
    2015-06  B  0.00    3.00
    2015-05  C  0.00    0.00
"""


def check_of_balances(expected: str, statements: str = BALANCES) -> None:
    header = "statement_period mpn_id carried opening_balance closing_balance"
    shows("checks", "balances_are_carried", f"{header} {expected}", {"statements": statements, "policy": JUNE})


def test_each_statement_opens_with_what_the_partners_last_one_carried_forward() -> None:
    check_of_balances("")


def test_a_statement_that_opens_with_another_balance_is_shown_also_where_it_is_the_first() -> None:
    check_of_balances("\n 2015-05 A 5.00 5.01 -7.00", BALANCES.replace("5.00    -7.00", "5.01    -7.00"))
    check_of_balances("\n 2015-05 C 0.00 0.01 0.00", BALANCES.replace("C  0.00 ", "C  0.01 "))


def test_a_balance_that_is_another_partners_or_of_an_earlier_statement_is_shown() -> None:
    check_of_balances("\n 2015-06 A -7.00 5.00 0.00", BALANCES.replace("A  -7.00 ", "A  5.00  "))
    check_of_balances("\n 2015-06 B 0.00 -7.00 3.00", BALANCES.replace("B  0.00    3.00", "B  -7.00   3.00"))


def test_a_balance_that_no_later_statement_takes_over_is_shown() -> None:
    check_of_balances("\n 2015-05 C 0.00 0.00 0.01", BALANCES.replace("C  0.00    0.00", "C  0.00    0.01"))
    check_of_balances("\n 2015-05 C 0.00 0.00 -0.01", BALANCES.replace("C  0.00    0.00", "C  0.00    -0.01"))


def test_balances_are_missed_where_the_run_has_no_statement_at_all() -> None:
    check_of_balances(
        """
            2015-05  A  0.00  0.00  -5.00
            2015-05  B  0.00  0.00  40.00
        """,
        f"{CARRIED}\n 2015-05 A 0.00 -5.00\n 2015-05 B 0.00 40.00\n 2015-05 C 0.00 0.00",
    )


STATED = {
    "statements": """
        statement_period  mpn_id  earned  cap_reduction  adjustments
        2015-05           A       30.00   0.00           0.00
        2015-06           A       50.00   8.00           -3.00
        2015-06           B       10.00   10.00          7.00
        2015-06           C       0.00    0.00           0.00
    """,
    "statement_lines": """
        statement_period  mpn_id  kind        amount
        2015-05           A       CURRENT     30.00
        2015-06           A       CURRENT     40.00
        2015-06           A       CURRENT     2.00
        2015-06           A       ADJUSTMENT  -4.00
        2015-06           A       ADJUSTMENT  1.00
        2015-06           B       CURRENT     0.00
        2015-06           B       ADJUSTMENT  7.00
    """,
}


def check_of_lines(expected: str, lines: str = "", **given: str) -> None:
    header = "statement_period mpn_id kind in_lines in_statements"
    tables = {**STATED, "statement_lines": STATED["statement_lines"] + lines, **given}
    shows("checks", "statements_equal_their_lines", f"{header} {expected}", tables)


def test_a_statement_says_what_its_lines_come_to_of_each_kind() -> None:
    check_of_lines("")


def test_a_line_too_many_is_shown_in_its_own_period_partner_and_kind() -> None:
    check_of_lines("\n 2015-05 A CURRENT 30.01 30.00", "2015-05 A CURRENT 0.01")
    check_of_lines("\n 2015-06 A CURRENT 41.99 42.00", "2015-06 A CURRENT -0.01")
    check_of_lines("\n 2015-06 A ADJUSTMENT -2.99 -3.00", "2015-06 A ADJUSTMENT 0.01")
    check_of_lines("\n 2015-06 B ADJUSTMENT 7.01 7.00", "2015-06 B ADJUSTMENT 0.01")


def test_a_statement_without_its_lines_is_shown() -> None:
    check_of_lines(
        """
            2015-05  A  CURRENT     -      30.00
            2015-06  B  ADJUSTMENT  -      7.00
        """,
        statement_lines="""
            statement_period  mpn_id  kind        amount
            2015-06           A       CURRENT     42.00
            2015-06           A       ADJUSTMENT  -3.00
        """,
    )


@pytest.mark.parametrize("line", ["2015-06 D CURRENT", "2015-04 A ADJUSTMENT"])
def test_lines_without_a_statement_are_shown_also_where_they_come_to_nothing(line: str) -> None:
    check_of_lines(f"\n {line} 4.00 -", f"{line} 4.00")
    check_of_lines(f"\n {line} 0.00 -", f"{line} 4.00\n {line} -4.00")


def test_one_kind_does_not_make_up_for_the_other() -> None:
    check_of_lines(
        """
            2015-06  A  CURRENT     40.00  42.00
            2015-06  A  ADJUSTMENT  -1.00  -3.00
        """,
        "2015-06 A CURRENT -2.00\n 2015-06 A ADJUSTMENT 2.00",
    )
