"""What finance's page asks the database: the run's period, the month before, and the year's."""

from __future__ import annotations

from relations.bench import shows_in_order

POLICY = "run_period run_month_no period_before\n 2015-06 24186 2015-05"
PERIODS = """
    period   month_no  fiscal_year
    2015-04  24184     FY15
    2015-05  24185     FY15
    2015-06  24186     FY15
    2015-07  24187     FY16
"""
PARTNERS = """
    mpn_id  partner_name  region  hq_mpn_id
    A       Alpha         NA      -
    B       Beta          EMEA    C
    C       Gamma         EMEA    -
"""


def test_adjustments_are_told_by_cause_the_largest_either_way_first() -> None:
    shows_in_order(
        "page",
        "adjustments_by_cause",
        """
            cause          lines  partners  amount
            poe_failed     2      1         -30.00
            cap_changed    3      2         20.00
            por_changed    1      1         20.00
            rate_changed   1      1         20.00
            seats_changed  1      1         0.50
        """,
        {
            "policy": POLICY,
            "statement_lines": """
                statement_period  kind        mpn_id  cause          amount
                2015-06           ADJUSTMENT  B       rate_changed   20.00
                2015-06           ADJUSTMENT  B       por_changed    20.00
                2015-06           ADJUSTMENT  A       cap_changed    10.00
                2015-06           ADJUSTMENT  A       cap_changed    5.00
                2015-06           ADJUSTMENT  B       cap_changed    5.00
                2015-06           ADJUSTMENT  A       seats_changed  0.50
                2015-06           ADJUSTMENT  A       poe_failed     -10.00
                2015-06           ADJUSTMENT  A       poe_failed     -20.00
                2015-06           CURRENT     A       -              99.00
                2015-05           ADJUSTMENT  A       poe_failed     99.00
            """,
        },
    )


def test_amounts_part_by_region_service_and_incentive_beside_the_month_before() -> None:
    shows_in_order(
        "page",
        "amounts_by",
        """
            dimension  name     amount  amount_before
            REGION     EMEA     30.00   0.00
            REGION     NA       10.00   7.00
            REGION     unknown  2.00    0.00
            SERVICE    O365     35.00   0.00
            SERVICE    EMS      5.00    0.00
            SERVICE    CRMOL    2.00    0.00
            SERVICE    unknown  2.00    7.00
            SERVICE    AADP     0.00    2.00
            SERVICE    AZURE    0.00    4.00
            SERVICE    INTUNE   0.00    1.00
            SERVICE    YAMMER   0.00    3.00
            INCENTIVE  DEPLOY   37.00   0.00
            INCENTIVE  MANAGE   7.00    17.00
        """,
        {
            "policy": POLICY,
            "current_partners": PARTNERS,
            "current_subscriptions": "subscription_id service"
            "\n s1 O365\n s2 EMS\n s3 CRMOL\n s4 INTUNE\n s5 AADP\n s6 YAMMER\n s7 AZURE",
            "statements": """
                statement_period  mpn_id  payment
                2015-06           A       10.00
                2015-06           B       20.00
                2015-06           C       10.00
                2015-06           D       2.00
                2015-05           A       7.00
                2015-04           A       99.00
                2015-07           A       99.00
            """,
            "statement_lines": """
                statement_period  subscription_id  incentive  amount
                2015-06           s1               DEPLOY     40.00
                2015-06           s1               DEPLOY     -5.00
                2015-06           s2               MANAGE     5.00
                2015-06           s9               DEPLOY     2.00
                2015-06           s3               MANAGE     2.00
                2015-05           s9               MANAGE     7.00
                2015-05           s6               MANAGE     3.00
                2015-05           s4               MANAGE     1.00
                2015-05           s7               MANAGE     4.00
                2015-05           s5               MANAGE     2.00
                2015-04           s1               DEPLOY     99.00
                2015-07           s1               DEPLOY     99.00
            """,
        },
    )


def test_caps_nearly_used_are_those_of_the_years_the_fullest_first() -> None:
    """Of those as full the one with the least left, then the one that cut most; then by MPN ID, scope and bucket."""
    shows_in_order(
        "page",
        "caps_about_to_bind",
        """
            mpn_id   partner_name  scope    bucket  used_percent  remaining  of_all
            B        Beta          PARTNER  -       100         0.00       8
            A        Alpha         PARTNER  -       100         0.00       8
            A        Alpha         SERVICE  EMS     100         0.00       8
            A        Alpha         SERVICE  O365    100         0.00       8
            C        Gamma         PARTNER  -       100         0.00       8
            C        Gamma         SERVICE  O365    90            5.00       8
            A        Alpha         SERVICE  CRMOL   90            10.00      8
            1000009  -             PARTNER  -       80            4.00       8
        """,
        {
            "policy": POLICY,
            "periods": PERIODS,
            "cap_usage": """
                mpn_id   partner_name  fiscal_year  scope    bucket  cap     used    remaining  cut    used_percent
                C        Gamma         FY15         PARTNER  -       50.00   50.00   0.00       1.00   100
                A        Alpha         FY15         SERVICE  CRMOL   100.00  90.00   10.00      0.00   90
                A        Alpha         FY15         SERVICE  O365    50.00   50.00   0.00       1.00   100
                A        Alpha         FY15         SERVICE  EMS     50.00   50.00   0.00       1.00   100
                A        Alpha         FY15         PARTNER  -       50.00   50.00   0.00       1.00   100
                A        Alpha         FY16         SERVICE  AADP    50.00   50.00   0.00       9.00   100
                B        Beta          FY15         PARTNER  -       50.00   50.00   0.00       2.00   100
                C        Gamma         FY15         SERVICE  O365    50.00   45.00   5.00       0.00   90
                C        Gamma         FY15         SERVICE  EMS     1000.00  799.00  201.00   0.00   79
                1000009  -             FY15         PARTNER  -       20.00   16.00   4.00       0.00   80
            """,
        },
    )


def test_fifty_caps_are_shown_and_all_counted() -> None:
    rows = [f"{2_000_000 + n} Name FY15 PARTNER - 50.00 50.00 0.00 1.00 100" for n in range(60)]
    shown = [f"{2_000_000 + n} 60" for n in range(50)]
    shows_in_order(
        "page",
        "caps_about_to_bind",
        "\n".join(["mpn_id of_all", *shown]),
        {
            "policy": POLICY,
            "periods": PERIODS,
            "cap_usage": "\n".join(
                ["mpn_id partner_name fiscal_year scope bucket cap used remaining cut used_percent", *rows]
            ),
        },
    )


def test_what_is_held_is_told_by_the_months_that_it_waited() -> None:
    months = "\n".join(f"2015-{n:02} {24180 + n}" for n in range(1, 8))
    held = "\n".join(f"2015-{n:02} s{n % 2} A HELD {n}.00" for n in range(1, 8))
    shows_in_order(
        "page",
        "holds_by_age",
        """
            months  subscriptions  partners  amount
            1       2              2         106.00
            2       1              1         5.00
            3       1              1         4.00
            4~to~6  2              1         6.00
        """,
        {
            "policy": POLICY,
            "periods": f"period month_no\n{months}",
            "earned_lines": f"""
                period   subscription_id  mpn_id  status   earned
                2015-06  s7               B       HELD     100.00
                2015-06  s8               C       PAYABLE  100.00
                {held}
            """,
        },
    )
    shows_in_order(
        "page",
        "holds_by_age",
        "months amount\n 4~to~6 4.00\n 7~and~more 3.00",
        {
            "policy": POLICY,
            "periods": "period month_no\n 2015-01 24181\n 2014-12 24180\n 2014-11 24179",
            "earned_lines": """
                period   subscription_id  mpn_id  status  earned
                2015-01  s1               A       HELD    4.00
                2014-12  s1               A       HELD    2.00
                2014-11  s1               A       HELD    1.00
            """,
        },
    )


def test_each_period_is_summed_the_last_thirteen_in_order() -> None:
    names = [f"2014-{n:02}" for n in range(5, 13)] + [f"2015-{n:02}" for n in range(1, 8)]
    columns = "statement_period opening_balance earned cap_reduction adjustments payment closing_balance held"
    rows = [f"{name} 1.00 2.00 3.00 4.00 0.50 6.00 7.00" for name in reversed(names)]
    more = "2015-06 10.00 20.00 30.00 40.00 0.00 -60.00 70.00"
    sums = [f"{name} 1 1 1.00 2.00 3.00 4.00 0.50 6.00 7.00" for name in names[1:-2]]
    shows_in_order(
        "page",
        "period_totals",
        "\n".join(
            [
                "period statements partners_paid opening earned capped adjustments paid carried held",
                *sums,
                "2015-06 2 1 11.00 22.00 33.00 44.00 0.50 -54.00 77.00",
            ]
        ),
        {"policy": POLICY, "statements": "\n".join([columns, *rows, more])},
    )


def test_each_partner_is_shown_with_what_changed_since_the_month_before() -> None:
    shows_in_order(
        "page",
        "statements_on_page",
        """
            mpn_id   partner_name  region  hq_mpn_id  opening  earned  capped  adjustments  paid  carried  held   change
            A        Alpha         NA      ''         1.00     2.00    3.00    4.00         5.00  6.00     7.00   -4.00
            B        Beta          EMEA    C          0.00     8.00    0.00    0.00         8.00  0.00     0.00   8.00
            1000009  ''            ''      ''         0.00     1.00    0.00    0.00         0.00  1.00     0.00   0.00
        """,
        {
            "policy": POLICY,
            "current_partners": PARTNERS,
            "statements": """
                statement_period mpn_id  opening_balance earned cap_reduction adjustments payment closing_balance held
                2015-06          1000009 0.00            1.00   0.00          0.00        0.00    1.00            0.00
                2015-06          B       0.00            8.00   0.00          0.00        8.00    0.00            0.00
                2015-06          A       1.00            2.00   3.00          4.00        5.00    6.00            7.00
                2015-05          A       9.00            9.00   9.00          9.00        9.00    9.00            9.00
                2015-04          A       9.00            9.00   9.00          9.00        77.00   9.00            9.00
                2015-04          B       9.00            9.00   9.00          9.00        77.00   9.00            9.00
            """,
        },
    )
