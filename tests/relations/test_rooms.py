"""What a line could pay at most by the caps of then and of now, among the other lines as they were (P20, P22)."""

from __future__ import annotations

from collections.abc import Mapping

from harness import aligned
from relations.bench import made, shows

SCOPES = ["SUBSCRIPTION", "CUSTOMER", "SERVICE", "PARTNER"]
NO_CUTS = "period subscription_id incentive scope cut"
BROUGHT = ["period", "fiscal_year", "subscription_id", "incentive", "mpn_id", "scope", "bucket", "brought"]


def leaves(expected: str, given: Mapping[str, str]) -> None:
    """Asserts what room limited_lines have, among earned_lines that cap_cuts have cut."""
    brought = made("ledger", "brought_lines", BROUGHT, given, {"scopes": SCOPES})
    tables = {"limited_lines": given["limited_lines"], "brought_lines": aligned([BROUGHT, *brought])}
    shows("ledger", "room_left", expected, tables)


EARNED = """
    period   subscription_id  incentive  mpn_id  customer_id  service  status
    2015-05  s1               DEPLOY     A       c1           O365     PAYABLE
    2015-04  s1               DEPLOY     B       c1           O365     PAYABLE
    2015-03  s1               DEPLOY     A       c1           O365     HELD
    2015-06  s1               DEPLOY     A       c1           O365     PAYABLE
    2015-05  s2               DEPLOY     A       c1           O365     PAYABLE
"""
PERIODS = "period fiscal_year\n 2015-04 FY15\n 2015-05 FY15\n 2015-06 FY15"


def test_rooms_are_asked_for_the_payable_lines_of_differing_subscriptions_in_closed_periods() -> None:
    shows(
        "ledger",
        "lines_now",
        "period subscription_id incentive mpn_id\n 2015-04 s1 DEPLOY B\n 2015-05 s1 DEPLOY A",
        {
            "earned_lines": EARNED,
            "differing_subscriptions": "subscription_id\n s1",
            "last_closed": "last_period\n 2015-05",
        },
    )


def test_where_no_cap_has_changed_only_lines_that_are_cut_have_a_room_to_ask_for() -> None:
    lines = "period subscription_id incentive mpn_id customer_id service"
    shows(
        "ledger",
        "lines_cut_now",
        "period subscription_id incentive mpn_id\n 2015-04 s1 DEPLOY B",
        {
            "lines_now": f"{lines}\n 2015-04 s1 DEPLOY B c1 O365\n 2015-04 s1 MANAGE B c1 O365"
            "\n 2015-05 s1 DEPLOY A c1 O365",
            "cap_cuts": "period subscription_id incentive scope cut\n"
            " 2015-04 s1 DEPLOY PARTNER 1.00\n 2015-04 s1 DEPLOY SERVICE 1.00\n 2015-05 s2 DEPLOY PARTNER 1.00",
        },
    )


def test_caps_differ_where_their_amounts_or_scopes_do() -> None:
    room = "period subscription_id incentive mpn_id room caps"
    shows(
        "adjustments",
        "rooms",
        """
            incentive  room_then  room_now  caps_differ
            DEPLOY     5.00       5.00      False
            MANAGE     5.00       5.00      True
            OTHER      -          5.00      True
        """,
        {
            "rooms_then": f"{room}\n 2015-03 s1 DEPLOY L 5.00 PARTNER~9.00"
            "\n 2015-03 s1 MANAGE L 5.00 PARTNER~9.00\n 2015-03 s1 OTHER L - ''",
            "rooms_now": f"{room}\n 2015-03 s1 DEPLOY L 5.00 PARTNER~9.00"
            "\n 2015-03 s1 MANAGE L 5.00 CUSTOMER~9.00\n 2015-03 s1 OTHER L 5.00 PARTNER~9.00",
        },
    )


def test_who_earns_now_adds_nothing_to_what_was_earned() -> None:
    again = "2015-06 s1 MANAGE A c1 O365 PAYABLE"
    shows(
        "ledger",
        "earning_now",
        """
            mpn_id  fiscal_year  service  customer_id  subscription_id  earned
            A       FY15         O365     c1           s1               0.00
            A       FY15         O365     c1           s2               0.00
            B       FY15         O365     c1           s1               0.00
        """,
        {
            "lines_now": "\n".join([*(line for line in EARNED.splitlines() if "HELD" not in line), again]),
            "periods": PERIODS,
        },
    )


def test_each_cap_limits_a_line_by_a_bucket_of_its_own() -> None:
    shows(
        "ledger",
        "limited_lines",
        """
            period   subscription_id  mpn_id  fiscal_year  scope         bucket  cap
            2015-05  s1               A       FY15         SUBSCRIPTION  s1      5.00
            2015-05  s1               A       FY15         CUSTOMER      c1      4.00
            2015-05  s1               A       FY15         SERVICE       O365    3.00
            2015-05  s1               A       FY15         PARTNER       ''      2.00
            2015-04  s1               B       FY15         -             -       -
        """,
        {
            "lines_now": """
                period   subscription_id  incentive  mpn_id  customer_id  service
                2015-05  s1               DEPLOY     A       c1           O365
                2015-04  s1               DEPLOY     B       c1           O365
            """,
            "periods": PERIODS,
            "cap_amounts": """
                mpn_id  service  fiscal_year  scope         amount
                A       O365     FY15         SUBSCRIPTION  5.00
                A       O365     FY15         CUSTOMER      4.00
                A       O365     FY15         SERVICE       3.00
                A       O365     FY15         PARTNER       2.00
                A       EMS      FY15         PARTNER       9.00
                A       O365     FY16         PARTNER       9.00
                C       O365     FY15         PARTNER       9.00
            """,
        },
    )


def test_a_line_has_the_room_that_the_others_before_it_leave() -> None:
    """The line as it was takes nothing of it, nor does what is later, of another year or partner, or held."""
    leaves(
        """
            period   subscription_id  incentive  mpn_id  room   caps
            2015-05  s2               DEPLOY     A       70.00  ['PARTNER~100.00']
            2015-06  s2               DEPLOY     A       0.00   ['PARTNER~100.00']
            2015-07  s2               DEPLOY     A       -      ['~']
        """,
        {
            "limited_lines": """
                period   fiscal_year  subscription_id  incentive  mpn_id  scope    bucket  cap
                2015-05  FY15         s2               DEPLOY     A       PARTNER  ''      100.00
                2015-06  FY15         s2               DEPLOY     A       PARTNER  ''      100.00
                2015-07  FY16         s2               DEPLOY     A       -        -       -
            """,
            "earned_lines": """
                period   fiscal_year  subscription_id  incentive    mpn_id  customer_id  service  status   earned
                2015-04  FY15         s9               DEPLOY       A       c1           O365     PAYABLE  10.00
                2015-05  FY15         s1               DEPLOY       A       c1           O365     PAYABLE  15.00
                2015-05  FY15         s2               ACCELERATOR  A       c1           O365     PAYABLE  5.00
                2015-05  FY15         s2               DEPLOY       A       c1           O365     PAYABLE  60.00
                2015-05  FY15         s2               MANAGE       A       c1           O365     PAYABLE  90.00
                2015-04  FY14         s2               DEPLOY       A       c1           O365     PAYABLE  90.00
                2015-04  FY15         s2               DEPLOY       B       c1           O365     PAYABLE  90.00
                2015-04  FY15         s3               DEPLOY       A       c1           O365     HELD     90.00
            """,
            "cap_cuts": NO_CUTS,
        },
    )


def test_the_narrowest_scope_counts_and_a_line_brings_to_each_what_the_scopes_before_let_pass() -> None:
    """Of the 50.00 of s1, its own cap takes 20.00 and the customer's 10.00: 50, 30, 20 and 20 come to the scopes."""
    earlier = """
        period   fiscal_year  subscription_id  incentive  mpn_id  customer_id  service  status   earned
        2015-05  FY15         s1               DEPLOY     A       c1           O365     PAYABLE  50.00
    """
    cuts = f"""
        {NO_CUTS}
        2015-05 s1 DEPLOY SUBSCRIPTION 20.00
        2015-05 s1 DEPLOY CUSTOMER 10.00
        2015-05 s1 DEPLOY PARTNER 1.00
        2015-05 s1 MANAGE SUBSCRIPTION 7.00
        2015-04 s1 DEPLOY SUBSCRIPTION 7.00
        2015-05 s7 DEPLOY SUBSCRIPTION 7.00
    """
    buckets = {
        "SUBSCRIPTION": ("s1", "50.00"),
        "CUSTOMER": ("c1", "70.00"),
        "SERVICE": ("O365", "80.00"),
        "PARTNER": ("''", "80.00"),
    }
    for scope, (bucket, room) in buckets.items():
        limited = f"""
            period fiscal_year subscription_id incentive mpn_id scope bucket cap
            2015-06 FY15 s1 DEPLOY A {scope} {bucket} 100.00
        """
        leaves(
            f"period room\n 2015-06 {room}",
            {"limited_lines": limited, "earned_lines": earlier, "cap_cuts": cuts},
        )
    both = """
        period fiscal_year subscription_id incentive mpn_id scope bucket cap
        2015-06 FY15 s1 DEPLOY A CUSTOMER c1 100.00
        2015-06 FY15 s1 DEPLOY A PARTNER '' 75.00
    """
    given = {"limited_lines": both, "earned_lines": earlier, "cap_cuts": cuts}
    leaves("period room\n 2015-06 55.00", given)


def test_a_bucket_is_used_up_by_its_own_lines_of_its_own_year_and_scope() -> None:
    """A customer may bear the id of a subscription: x is both."""
    leaves(
        """
            period   subscription_id  room
            2015-06  s5               90.00
            2015-06  s6               80.00
            2015-07  s5               95.00
            2015-06  x                70.00
        """,
        {
            "limited_lines": """
                period   fiscal_year  subscription_id  incentive  mpn_id  scope         bucket  cap
                2015-06  FY15         s5               DEPLOY     A       CUSTOMER      c1      100.00
                2015-06  FY15         s6               DEPLOY     A       CUSTOMER      c2      100.00
                2015-07  FY16         s5               DEPLOY     A       CUSTOMER      c1      100.00
                2015-06  FY15         x                DEPLOY     A       SUBSCRIPTION  x       100.00
                2015-06  FY15         x                DEPLOY     A       CUSTOMER      x       100.00
            """,
            "earned_lines": """
                period   fiscal_year  subscription_id  incentive  mpn_id  customer_id  service  status   earned
                2015-05  FY15         s1               DEPLOY     A       c1           O365     PAYABLE  10.00
                2015-05  FY15         s2               DEPLOY     A       c2           O365     PAYABLE  20.00
                2015-07  FY16         s1               DEPLOY     A       c1           O365     PAYABLE  5.00
                2015-05  FY15         x                DEPLOY     A       c9           O365     PAYABLE  7.00
                2015-05  FY15         s3               DEPLOY     A       x            O365     PAYABLE  30.00
            """,
            "cap_cuts": NO_CUTS,
        },
    )


def test_a_bucket_is_one_partners_and_one_customers_and_the_first_line_has_all_of_it() -> None:
    """s3 was the customer c1's: what its other lines earned there takes nothing of c2's room."""
    leaves(
        """
            period   subscription_id  incentive  room
            2015-03  s0               DEPLOY     200.00
            2015-05  s7               DEPLOY     110.00
            2015-05  s1               DEPLOY     40.00
            2015-05  s3               DEPLOY     50.00
            2015-05  s4               DEPLOY     20.00
        """,
        {
            "limited_lines": """
                period   fiscal_year  subscription_id  incentive  mpn_id  scope     bucket  cap
                2015-03  FY15         s0               DEPLOY     B       PARTNER   ''      200.00
                2015-05  FY15         s7               DEPLOY     B       PARTNER   ''      200.00
                2015-05  FY15         s1               DEPLOY     A       PARTNER   ''      50.00
                2015-05  FY15         s3               DEPLOY     C       CUSTOMER  c2      50.00
                2015-05  FY15         s4               DEPLOY     C       CUSTOMER  c1      50.00
            """,
            "earned_lines": """
                period   fiscal_year  subscription_id  incentive    mpn_id  customer_id  service  status   earned
                2015-04  FY15         s2               DEPLOY       B       c9           O365     PAYABLE  90.00
                2015-04  FY15         s5               DEPLOY       A       c9           O365     PAYABLE  10.00
                2015-05  FY15         s3               ACCELERATOR  C       c1           O365     PAYABLE  30.00
            """,
            "cap_cuts": NO_CUTS,
        },
    )
