"""What `dpor statement` asks the database, of one partner and a period; and where a subscription's money stands."""

from __future__ import annotations

from relations.bench import shows, shows_in_order

from schemas.words import CAUSES

LINES = """
    period   subscription_id  incentive    mpn_id  status   assigned_seats  earned  payable  amount_per_seat
    2015-06  s1               DEPLOY       A       HELD     10              10.00   0.00     1.0000
    2015-06  s1               ACCELERATOR  A       HELD     10              5.00    0.00     0.5000
    2015-05  s2               DEPLOY       A       HELD     20              20.00   0.00     1.0000
    2015-06  s0               DEPLOY       A       HELD     30              30.00   0.00     1.0000
    2015-07  s1               DEPLOY       A       HELD     40              40.00   0.00     1.0000
    2015-06  s3               DEPLOY       A       PAYABLE  50              50.00   50.00    1.0000
    2015-06  s3               MANAGE       A       PAYABLE  50              12.50   10.00    0.2500
    2015-05  s3               DEPLOY       A       PAYABLE  60              60.00   60.00    1.0000
    2015-06  s1               DEPLOY       B       HELD     70              70.00   0.00     1.0000
    2015-06  s3               DEPLOY       B       PAYABLE  80              80.00   80.00    1.0000
"""


def test_what_waits_is_the_partners_own_up_to_the_period() -> None:
    shows_in_order(
        "explain",
        "held_items",
        """
            period   subscription_id  incentive    assigned_seats  earned
            2015-05  s2               DEPLOY       20              20.00
            2015-06  s0               DEPLOY       30              30.00
            2015-06  s1               ACCELERATOR  10              5.00
            2015-06  s1               DEPLOY       10              10.00
        """,
        {"incentive_lines": LINES},
        mpn_id="1000001",
        period="2015-06",
    )


def test_a_statement_shows_its_own_lines_with_what_they_earned() -> None:
    """The period's lines first; one that was taken away from the partner since has no seats to show."""
    shows_in_order(
        "explain",
        "statement_items",
        """
            kind        period   subscription_id  incentive  assigned_seats  earned  amount  cause
            CURRENT     2015-06  s3               DEPLOY     50              50.00   50.00   -
            CURRENT     2015-06  s3               MANAGE     50              12.50   10.00   -
            ADJUSTMENT  2015-04  s9               DEPLOY     -               -       -7.00   dpor_removed
            ADJUSTMENT  2015-05  s2               DEPLOY     20              20.00   -1.00   software_changed
            ADJUSTMENT  2015-05  s3               DEPLOY     60              60.00   2.00    rate_changed
            ADJUSTMENT  2015-05  s3               DEPLOY     60              60.00   1.00    cap_changed
        """,
        {
            "incentive_lines": LINES,
            "statement_lines": """
                statement_period  mpn_id  kind        period   subscription_id  incentive  amount  cause
                2015-06           A       ADJUSTMENT  2015-05  s3               DEPLOY     1.00    cap_changed
                2015-06           A       ADJUSTMENT  2015-05  s3               DEPLOY     2.00    rate_changed
                2015-06           A       ADJUSTMENT  2015-05  s2               DEPLOY     -1.00   software_changed
                2015-06           A       ADJUSTMENT  2015-04  s9               DEPLOY     -7.00   dpor_removed
                2015-06           A       CURRENT     2015-06  s3               MANAGE     10.00   -
                2015-06           A       CURRENT     2015-06  s3               DEPLOY     50.00   -
                2015-06           B       CURRENT     2015-06  s3               DEPLOY     80.00   -
                2015-05           A       CURRENT     2015-05  s3               DEPLOY     60.00   -
            """,
        },
        mpn_id="1000001",
        period="2015-06",
        causes=list(CAUSES),
    )


def test_what_stands_on_statements_is_told_with_what_it_was_posted_for() -> None:
    shows_in_order(
        "explain",
        "on_statements",
        """
            statement_period  state   as_known_on  mpn_id  kind        cause          amount
            2015-05           CLOSED  -            B       CURRENT     -              15.00
            2015-06           DRAFT   2015-07      A       ADJUSTMENT  seats_changed  -4.00
            2015-06           DRAFT   2015-07      A       ADJUSTMENT  cap_changed    1.00
            2015-06           DRAFT   2015-07      B       ADJUSTMENT  por_changed    7.00
        """,
        {
            "policy": "run_period as_known_on\n 2015-06 2015-07",
            "statements": """
                statement_period  mpn_id  state
                2015-05           B       CLOSED
                2015-06           A       DRAFT
                2015-06           B       DRAFT
            """,
            "statement_lines": """
                statement_period  mpn_id  kind        period   subscription_id  incentive  amount  cause
                2015-06           B       ADJUSTMENT  2015-05  s1               DEPLOY     7.00    por_changed
                2015-06           A       ADJUSTMENT  2015-05  s1               DEPLOY     1.00    cap_changed
                2015-06           A       ADJUSTMENT  2015-05  s1               DEPLOY     -4.00   seats_changed
                2015-06           A       CURRENT     2015-06  s1               DEPLOY     1.00    -
                2015-05           B       CURRENT     2015-05  s1               DEPLOY     10.00   -
                2015-05           B       CURRENT     2015-05  s1               MANAGE     5.00    -
                2015-05           B       CURRENT     2015-05  s2               DEPLOY     9.00    -
            """,
        },
        subscription="s1",
        period="2015-05",
        causes=list(CAUSES),
    )


STATEMENT = "earned cap_reduction adjustments held opening_balance payment closing_balance state"

STATEMENTS = f"""
    statement_period  mpn_id  {STATEMENT}
    2015-06           A       1.00  2.00  3.00  4.00  5.00  6.00  7.00  DRAFT
    2015-05           A       0.00  0.00  0.00  0.00  0.00  0.00  0.00  CLOSED
    2015-06           B       0.00  0.00  0.00  0.00  0.00  0.00  0.00  DRAFT
"""


def test_a_statement_is_the_partners_own_of_the_period_with_its_name_and_currency() -> None:
    given = {
        "statements": STATEMENTS,
        "policy": "currency run_period as_known_on\n EUR 2015-06 2015-07",
        "current_partners": "mpn_id partner_name\n A Contoso",
    }
    whole = f"statement_period mpn_id {STATEMENT} partner_name currency is_of_the_run as_known_on"
    own = f"{whole}\n 2015-06 A 1.00 2.00 3.00 4.00 5.00 6.00 7.00 DRAFT Contoso EUR True 2015-07"
    shows("explain", "statement", own, given, mpn_id="1000001", period="2015-06")
    unnamed = "mpn_id partner_name currency\n B '' EUR"
    shows("explain", "statement", unnamed, given, mpn_id="1000002", period="2015-06")
    shows("explain", "statement", whole, given, mpn_id="1000002", period="2015-05")
    before = "mpn_id is_of_the_run as_known_on\n A False -"
    shows("explain", "statement", before, given, mpn_id="1000001", period="2015-05")


def test_who_has_no_statement_is_told_from_who_is_unknown_with_the_periods_of_all_in_order() -> None:
    given = {"statements": STATEMENTS, "current_partners": "mpn_id\n C"}
    known = "is_known periods is_closed\n True ['2015-05',~'2015-06'] True"
    shows("explain", "statements_known", known, given, mpn_id="1000003", period="2015-05")
    unknown = "is_known is_closed\n False False"
    shows("explain", "statements_known", unknown, given, mpn_id="1000001", period="2015-06")
    without = given | {"statements": STATEMENTS.strip().splitlines()[0]}
    shows("explain", "statements_known", "periods\n []", without, mpn_id="1000003", period="2015-05")
