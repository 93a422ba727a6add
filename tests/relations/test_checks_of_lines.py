"""What the checks of lines show: months and lines lost, seats that are another's, other money (P16 to P20)."""

from __future__ import annotations

import pytest
from relations.bench import shows

SPRING = "period month_no last_day\n 2015-04 24184 2015-04-30\n 2015-05 24185 2015-05-31\n 2015-06 24186 2015-06-30"

EARNERS = {
    "periods": SPRING,
    "por_spans": """
        subscription_id  from_month_no  until_month_no  status
        s1               24184          24186           PAYABLE
        s1               24186          24187           HELD
        s2               24184          24186           DENIED
        s2               24186          24187           PAYABLE
        s3               24184          24187           UNASSIGNED
    """,
    "earning_seats": """
        period   subscription_id  service
        2015-04  s1               O365
        2015-06  s1               O365
    """,
    "missing_seats": "period subscription_id\n 2015-05 s1\n 2015-06 s2",
    "policy": "services incentives\n [O365,CRM,EXO] [DEPLOY,MANAGE,ACCELERATOR]",
    "current_rates": "service incentive valid_from valid_to",
    "earned_lines": "period service",
}
"""Months that earn, without a rate and so without a line."""


def check_of_earners(expected: str, **given: str) -> None:
    shows("checks", "earners_have_lines_or_a_reason", f"what due found {expected}", {**EARNERS, **given})


def test_months_that_earn_have_seats_or_lack_them() -> None:
    check_of_earners("")


def test_a_month_that_is_lost_is_shown_whether_it_had_seats_or_not() -> None:
    check_of_earners("\n months~of~s1 3 2", earning_seats="period subscription_id service\n 2015-04 s1 O365")
    check_of_earners("\n months~of~s1 3 2", missing_seats="period subscription_id\n 2015-06 s2")


def test_a_subscription_that_is_lost_altogether_is_shown() -> None:
    check_of_earners("\n months~of~s2 1 -", missing_seats="period subscription_id\n 2015-05 s1")


def test_a_month_that_does_not_earn_and_one_accounted_for_twice_are_shown() -> None:
    check_of_earners(
        """
            months~of~s1  3  4
            months~of~s2  1  2
            months~of~s3  -  1
        """,
        missing_seats=EARNERS["missing_seats"] + "\n 2015-05 s3\n 2015-05 s2\n 2015-06 s1",
    )


def test_as_many_months_but_others_are_shown() -> None:
    check_of_earners("\n other~months~of~s2 1 1", missing_seats="period subscription_id\n 2015-05 s1\n 2015-05 s2")


@pytest.mark.parametrize(
    "found",
    [["2015-05"] * 3, ["2015-04", "2015-04", "2015-06"], ["2015-04", "2015-05", "2015-07"]],
    ids=["one month for three", "one month for two", "another month"],
)
def test_as_many_months_as_are_due_but_not_those_are_shown(found: list[str]) -> None:
    check_of_earners(
        "\n other~months~of~s 3 3",
        periods=f"{SPRING}\n 2015-07 24187 2015-07-31",
        por_spans="subscription_id from_month_no until_month_no status\n s 24184 24187 HELD",
        earning_seats="\n".join(["period subscription_id service", *(f"{period} s O365" for period in found)]),
        missing_seats="period subscription_id",
    )


SEATS = {
    **EARNERS,
    "por_spans": """
        subscription_id  from_month_no  until_month_no  status
        s1               24185          24187           PAYABLE
        s2               24185          24187           HELD
        s3               24185          24187           PAYABLE
        s4               24185          24186           PAYABLE
    """,
    "earning_seats": """
        period   subscription_id  service
        2015-05  s1               O365
        2015-06  s1               O365
        2015-05  s2               O365
        2015-06  s2               O365
        2015-05  s3               CRM
        2015-06  s3               CRM
        2015-05  s4               OLD
    """,
    "missing_seats": "period subscription_id",
    "policy": "services incentives\n [O365,CRM,EXO] [DEPLOY,USE,SELL,GROW,ENDED,COMING,KEEP]",
    "current_rates": """
        service  incentive  valid_from  valid_to
        O365     DEPLOY     2014-01-01  2015-05-31
        O365     DEPLOY     2015-05-31  -
        O365     USE        2014-01-01  2015-05-31
        O365     SELL       2015-06-30  -
        O365     GROW       2015-06-01  2015-06-30
        O365     ENDED      2014-01-01  2015-05-30
        O365     COMING     2015-07-01  -
        O365     UNLISTED   2014-01-01  -
        OLD      DEPLOY     2014-01-01  -
        EXO      KEEP       2014-01-01  -
    """,
    "earned_lines": "period service\n" + "2015-05 O365\n" * 4 + "2015-06 O365\n" * 6,
}
"""Two incentives of the policy have a rate on May's last day, three on June's, none for CRM; OLD is unlisted."""


def check_of_seats(expected: str, **given: str) -> None:
    check_of_earners(expected, **{**SEATS, **given})


def test_each_row_of_seats_has_a_line_for_each_incentive_with_a_rate_on_the_periods_last_day() -> None:
    check_of_seats("")


def test_a_line_lost_and_a_line_too_many_are_shown() -> None:
    check_of_seats(
        """
            lines~of~O365~in~2015-05  4  5
            lines~of~O365~in~2015-06  6  5
        """,
        earned_lines="period service\n" + "2015-05 O365\n" * 5 + "2015-06 O365\n" * 5,
    )


def test_all_lines_lost_are_shown() -> None:
    check_of_seats("\n lines~of~O365~in~2015-05 4 0", earned_lines="period service\n" + "2015-06 O365\n" * 6)


def test_lines_without_a_rate_and_lines_without_seats_are_shown() -> None:
    check_of_seats(
        """
            lines~of~CRM~in~2015-06  0  2
            lines~of~EXO~in~2015-06  -  1
        """,
        earned_lines=SEATS["earned_lines"] + "2015-06 CRM\n 2015-06 CRM\n 2015-06 EXO",
    )


def test_lines_of_one_service_do_not_make_up_for_anothers() -> None:
    check_of_seats(
        """
            lines~of~CRM~in~2015-06   0  1
            lines~of~O365~in~2015-06  6  5
        """,
        earned_lines="period service\n 2015-06 CRM\n" + "2015-05 O365\n" * 4 + "2015-06 O365\n" * 5,
    )


def test_money_within_half_a_cent_of_the_product_is_the_product_rounded_half_up() -> None:
    shows(
        "checks",
        "lines_are_what_seats_earn",
        """
            subscription_id  earned
            below            0.00
            above            0.01
            a_cent_less      24.99
            a_cent_more      25.01
            rounded_twice    0.02
        """,
        {
            "earned_lines": """
                period   subscription_id  incentive  assigned_seats  amount_per_seat  earned
                2015-06  exact            DEPLOY     10              2.5000           25.00
                2015-06  half             DEPLOY     1               0.0050           0.01
                2015-06  less_than_half   DEPLOY     7               0.0007           0.00
                2015-06  nothing          DEPLOY     0               2.5000           0.00
                2015-06  below            DEPLOY     2               0.0025           0.00
                2015-06  above            DEPLOY     1               0.0049           0.01
                2015-06  a_cent_less      DEPLOY     10              2.5000           24.99
                2015-06  a_cent_more      DEPLOY     10              2.5000           25.01
                2015-06  rounded_twice    DEPLOY     1               0.0149           0.02
            """,
        },
    )


OWNERS = """
    subscription_id  from_month_no  until_month_no  mpn_id  status
    s1               24184          24186           A       PAYABLE
    s1               24186          24187           B       HELD
    s2               24184          24187           B       PAYABLE
    s3               24184          24187           -       UNASSIGNED
    s4               24184          24187           A       DENIED
    s5               24184          24187           A       INELIGIBLE
"""
SEATED = """
    period   subscription_id  mpn_id  status
    2015-04  s1               A       PAYABLE
    2015-05  s1               A       PAYABLE
    2015-06  s1               B       HELD
    2015-06  s2               B       PAYABLE
"""


def check_of_owners(expected: str, seats: str) -> None:
    header = "period subscription_id mpn_id status"
    tables = {"periods": SPRING, "por_spans": OWNERS, "earning_seats": seats}
    shows("checks", "lines_have_their_por", f"{header} {expected}", tables)


def test_seats_earn_for_the_partner_of_record_of_their_month() -> None:
    check_of_owners("", SEATED)


@pytest.mark.parametrize(
    "seats",
    [
        "2015-05 s1 B PAYABLE",
        "2015-05 s1 A HELD",
        "2015-06 s1 A PAYABLE",
        "2015-05 s1 B HELD",
        "2015-06 s2 A PAYABLE",
        "2015-05 s9 A PAYABLE",
        "2015-05 s3 A PAYABLE",
        "2015-05 s3 - PAYABLE",
        "2015-05 s1 - PAYABLE",
        "2015-05 s4 A DENIED",
        "2015-05 s5 A INELIGIBLE",
    ],
    ids=[
        *("another's", "of another status", "after its months", "before its months", "another subscription's"),
        *("of no subscription", "nobody's", "nobody's and for nobody", "for nobody", "denied", "ineligible"),
    ],
)
def test_seats_without_a_span_of_the_same_subscription_partner_status_and_month_are_shown(seats: str) -> None:
    check_of_owners(f"\n {seats}", SEATED + seats)


LINES = """
    period   subscription_id  incentive  status   earned
    2015-06  s1               DEPLOY     PAYABLE  10.00
    2015-06  s1               USE        PAYABLE  5.00
    2015-06  s2               DEPLOY     PAYABLE  8.00
    2015-06  s2               USE        HELD     9.00
    2015-05  s1               DEPLOY     PAYABLE  3.00
"""
CUTS = """
    period   subscription_id  incentive  cut
    2015-06  s1               DEPLOY     6.00
    2015-06  s1               DEPLOY     4.00
    2015-06  s1               USE        0.01
    2015-06  s2               DEPLOY     8.00
    2015-05  s1               DEPLOY     2.00
"""


def check_of_cuts(expected: str, cuts: str) -> None:
    header = "period subscription_id incentive status earned cut"
    tables = {"earned_lines": LINES, "cap_cuts": cuts}
    shows("checks", "lines_pay_at_most_what_they_earn", f"{header} {expected}", tables)


def test_a_line_may_be_cut_by_all_that_it_earned() -> None:
    check_of_cuts("", CUTS)


def test_cuts_that_are_together_more_than_the_line_earned_are_shown() -> None:
    check_of_cuts("\n 2015-06 s1 DEPLOY PAYABLE 10.00 10.01", CUTS + "2015-06 s1 DEPLOY 0.01")


def test_a_cut_of_a_held_line_is_shown() -> None:
    check_of_cuts("\n 2015-06 s2 USE HELD 9.00 0.01", CUTS + "2015-06 s2 USE 0.01")


@pytest.mark.parametrize("line", ["2015-04 s1 DEPLOY", "2015-06 s3 DEPLOY", "2015-05 s1 USE"])
def test_a_cut_of_a_line_that_is_not_there_is_shown(line: str) -> None:
    check_of_cuts(f"\n {line} - - 0.01", f"{CUTS} {line} 0.01")


def test_a_cut_of_nothing_and_one_that_adds_are_shown() -> None:
    check_of_cuts(
        """
            2015-05  s1  DEPLOY  PAYABLE  3.00  0.00
            2015-06  s1  USE     PAYABLE  5.00  -0.01
        """,
        "period subscription_id incentive cut\n 2015-05 s1 DEPLOY 0.00\n 2015-06 s1 USE -0.01",
    )


# What all statements together say of earlier lines

TOLD = """
    statement_period kind       period  subscription_id incentive mpn_id amount cause
    2015-05          CURRENT    2015-05 s1              DEPLOY    A      10.00  -
    2015-05          CURRENT    2015-05 s1              USE       A      3.00   -
    2015-06          ADJUSTMENT 2015-05 s1              DEPLOY    A      -10.00 por_changed
    2015-06          ADJUSTMENT 2015-05 s1              DEPLOY    B      10.00  por_changed
    2015-06          CURRENT    2015-06 s1              DEPLOY    B      12.00  -
    2015-06          CURRENT    2015-06 s2              DEPLOY    B      0.00   -
"""
KNOWN = """
    period  subscription_id incentive mpn_id payable
    2015-05 s1              DEPLOY    B      10.00
    2015-05 s1              USE       A      3.00
    2015-06 s1              DEPLOY    B      12.00
    2015-06 s2              DEPLOY    B      0.00
"""


@pytest.mark.parametrize(
    ("told", "known", "at_fault"),
    [
        (TOLD, KNOWN, ""),
        (TOLD.replace("-10.00", "-9.99"), KNOWN, "\n s1"),
        (TOLD.replace("10.00  por", "9.00 por"), KNOWN, "\n s1"),
        (TOLD.replace("s2              DEPLOY    B      0.00", "s2 DEPLOY B 0.01"), KNOWN, "\n s2"),
        (TOLD, KNOWN.replace("2015-05 s1              USE       A", "2015-05 s1 USE B"), "\n s1"),
        (TOLD, KNOWN.replace("2015-05 s1              USE", "2015-06 s1 USE"), "\n s1"),
        (TOLD, KNOWN.replace("DEPLOY    B      12.00", "USE B 12.00"), "\n s1"),
        (TOLD, f"{KNOWN} 2015-06 s3 DEPLOY B 1.00", "\n s3"),
        (f"{TOLD} 2015-06 ADJUSTMENT 2015-05 s4 DEPLOY B 1.00 first_billed", KNOWN, "\n s4"),
    ],
)
def test_a_subscription_whose_lines_dont_come_to_what_is_known_is_shown(told: str, known: str, at_fault: str) -> None:
    given = {"statement_lines": told, "incentive_lines": known}
    shows("checks", "lines_come_to_what_is_known", f"subscription_id{at_fault}", given)
