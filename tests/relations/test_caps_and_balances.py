"""What a statement's file shows beside its lines: how far caps are used up, and the balances (P20, P23)."""

from __future__ import annotations

from relations.bench import shows, shows_in_order

JUNE = {
    "policy": "run_period\n 2015-06",
    "periods": "period fiscal_year\n 2015-05 FY15\n 2015-06 FY15\n 2015-07 FY16",
}
"""A run of June 2015, the last month of FY15."""


def test_each_statement_shows_its_partners_buckets_of_the_fiscal_year_in_the_order_of_the_scopes() -> None:
    shows_in_order(
        "statements",
        "caps_of_partners",
        """
            mpn_id  Fiscal~Year  Scope         Applies~To  Max~Cap  Used  Left   Cut~So~Far
            A       FY15         SUBSCRIPTION  s1          50.00    5.00  45.00  1.00
            A       FY15         SUBSCRIPTION  s2          40.00    4.00  36.00  2.00
            A       FY15         CUSTOMER      c           30.00    3.00  27.00  3.00
            A       FY15         SERVICE       O365        20.00    2.00  18.00  4.00
            A       FY15         PARTNER       -           10.00    1.00  9.00   5.00
            B       FY15         PARTNER       -           70.00    7.00  63.00  1.00
        """,
        {
            **JUNE,
            "statements": "mpn_id statement_period\n B 2015-06\n A 2015-06\n A 2015-05\n C 2015-05",
            "cap_usage": """
                mpn_id  fiscal_year  scope         bucket  cap    used  remaining  cut
                B       FY15         PARTNER       ''      70.00  7.00  63.00      1.00
                A       FY15         PARTNER       ''      10.00  1.00  9.00       5.00
                A       FY15         SERVICE       O365    20.00  2.00  18.00      4.00
                A       FY15         CUSTOMER      c       30.00  3.00  27.00      3.00
                A       FY15         SUBSCRIPTION  s2      40.00  4.00  36.00      2.00
                A       FY15         SUBSCRIPTION  s1      50.00  5.00  45.00      1.00
                A       FY16         PARTNER       ''      60.00  6.00  54.00      0.00
                C       FY15         PARTNER       ''      80.00  8.00  72.00      0.00
            """,
        },
    )


def test_a_balance_stands_in_its_periods_statement_where_it_is_not_zero() -> None:
    shows(
        "statements",
        "balances",
        """
            mpn_id  kind             period   paid
            A       OPENING~BALANCE  2015-06  12.34
            B       CARRIED~FORWARD  2015-06  5.60
            D       CARRIED~FORWARD  2015-06  -2.00
            D       OPENING~BALANCE  2015-06  1.00
        """,
        {
            **JUNE,
            "statements": """
                mpn_id  statement_period  opening_balance  closing_balance
                A       2015-06           12.34            0.00
                B       2015-06           0.00             -5.60
                C       2015-06           0.00             0.00
                D       2015-06           1.00             2.00
                A       2015-05           7.00             12.34
            """,
        },
    )
