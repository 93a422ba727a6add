"""What stands in statement files beside the sums: heads, the summary, the rows to send back, the order of all items."""

from __future__ import annotations

import pytest
from relations.bench import shows, shows_in_order

from schemas.words import PAYMENT_ID

POLICY = "run_period run_state currency minimum_payment\n 2015-06 DRAFT USD 200.00"
STATEMENTS = """
    statement_period mpn_id payment earned cap_reduction adjustments opening_balance closing_balance held state
    2015-06          B      0.50    1.00   0.50          0.00        0.00            0.00            2.00 DRAFT
    2015-06          A      0.00    0.00   0.00          -3.00       5.00            2.00            0.00 DRAFT
    2015-06          C      0.00    9.00   1.00          2.00        3.00            13.00           4.00 DRAFT
    2015-05          B      70.00   70.00  0.00          0.00        0.00            0.00            0.00 CLOSED
"""
PARTNERS = "mpn_id partner_name hq_mpn_id region\n A Contoso D NA\n B Fabrikam D EMEA\n D Head - NA"


def test_the_head_of_a_statement_has_an_id_to_pay_by_only_where_something_is_paid() -> None:
    shows_in_order(
        "statements",
        "statement_heads",
        """
            mpn_id  partner_name  period   payment  payment_id            support_address        closing_balance
            A       Contoso       2015-06  0.00     -                     na@example.com         2.00
            B       Fabrikam      2015-06  0.50     DPOR-2015-06-1000002  -                      0.00
            C       -             2015-06  0.00     -                     -                      13.00
        """,
        {
            "policy": POLICY,
            "statements": STATEMENTS,
            "current_partners": PARTNERS,
            "support_addresses": "region support_address\n NA na@example.com",
        },
        form_of_id=PAYMENT_ID,
    )


def test_the_summary_has_a_row_a_statement_of_the_period_by_mpn_id() -> None:
    shows_in_order(
        "statements",
        "payment_summary",
        """
            MPN~ID  Partner~Name  HQ~MPN~ID  Currency  Opening~Balance  Adjustments  Payment  Closing~Balance  State
            A       Contoso       D          USD       5.00             -3.00        0.00     2.00             DRAFT
            B       Fabrikam      D          USD       0.00             0.00         0.50     0.00             DRAFT
            C       -             -          USD       3.00             2.00         0.00     13.00            DRAFT
        """,
        {"policy": POLICY, "statements": STATEMENTS, "current_partners": PARTNERS},
    )


def test_a_headquarters_comes_to_the_sums_of_its_mpn_ids_month_by_month() -> None:
    shows(
        "statements",
        "hq_rollup",
        """
            statement_period  hq_mpn_id  statements  earned  adjustments  held  payment  closing_balance
            2015-06           D          2           1.00    -3.00        2.00  0.50     2.00
            2015-06           C          1           9.00    2.00         4.00  0.00     13.00
            2015-05           D          1           70.00   0.00         0.00  70.00    0.00
        """,
        {"statements": STATEMENTS, "current_partners": PARTNERS},
    )


QUARANTINE = """
    delivery  feed  file   row_number  column_name  reason     detail  raw
    2015-06   seats b.csv  2           seats        bad_value  x       r1
    2015-06   seats a.csv  3           seats        bad_value  x       r2
    2015-06   seats a.csv  2           date         missing    x       r3
    2015-06   forms z.csv  9           date         missing    x       r4
    2015-06   seats c.csv  2           date         alien      x       r6
    2015-05   forms z.csv  8           date         missing    x       r5
"""


def test_the_rows_to_send_back_are_those_of_the_runs_own_delivery_in_order() -> None:
    shows_in_order(
        "statements",
        "rejected_rows",
        """
            feed   file   row_number  column  reason     detail  raw
            forms  z.csv  9           date    missing    x       r4
            seats  a.csv  2           date    missing    x       r3
            seats  a.csv  3           seats   bad_value  x       r2
            seats  b.csv  2           seats   bad_value  x       r1
            seats  c.csv  2           date    alien      x       r6
        """,
        {"policy": POLICY, "quarantine": QUARANTINE},
    )
    shows_in_order(
        "statements",
        "set_aside_counts",
        "feed reason rows\n forms missing 1\n seats alien 1\n seats bad_value 2\n seats missing 1",
        {"policy": POLICY, "quarantine": QUARANTINE},
    )


def test_a_rate_is_missed_where_seats_earn_and_another_service_or_month_has_one() -> None:
    given = {
        "policy": "run_period services\n 2015-06 [O365,EMS,INTUNE]",
        "earning_seats": """
            period   subscription_id  service
            2015-06  s0               CRMOL
            2015-06  s1               O365
            2015-06  s2               O365
            2015-06  s3               EMS
            2015-05  s4               INTUNE
        """,
        "period_rates": """
            period   service  incentive
            2015-06  O365     DEPLOY
            2015-05  O365     MANAGE
            2015-06  EMS      DEPLOY
            2015-06  EMS      MANAGE
        """,
    }
    shown = "service incentive subscriptions"
    shows_in_order("statements", "missing_rates", f"{shown}\n O365 MANAGE 2", given)
    given["period_rates"] += "\n 2015-06 O365 MANAGE\n 2015-06 INTUNE ACCELERATOR"
    shows_in_order("statements", "missing_rates", f"{shown}\n EMS ACCELERATOR 1\n O365 ACCELERATOR 2", given)
    given["period_rates"] += "\n 2015-05 EMS SELL"
    both = "EMS ACCELERATOR 1\n EMS SELL 1\n O365 ACCELERATOR 2\n O365 SELL 2"
    shows_in_order("statements", "missing_rates", f"{shown}\n {both}", given)
    given["period_rates"] = "period service incentive"
    shows_in_order("statements", "missing_rates", f"{shown}\n EMS - 1\n O365 - 2", given)


@pytest.mark.parametrize(
    ("caps", "missed"),
    [
        ("fiscal_year\n FY14\n FY15\n FY15", "\n FY16 FY15 2"),
        ("fiscal_year\n FY17\n FY15", "\n FY16 FY17 1"),
        ("fiscal_year\n FY15\n FY16", ""),
        ("fiscal_year", ""),
    ],
)
def test_caps_are_missed_where_another_fiscal_year_has_some(caps: str, missed: str) -> None:
    given = {
        "policy": "run_period\n 2015-07",
        "periods": "period fiscal_year\n 2015-06 FY15\n 2015-07 FY16",
        "current_caps": caps,
    }
    shows_in_order("statements", "missing_caps", f"fiscal_year other_year caps{missed}", given)


def test_what_the_runs_own_delivery_brought_is_added_up_over_its_files() -> None:
    shown = "files rows_read accepted duplicates quarantined"
    log = """
        delivery  rows_read  accepted  duplicates  quarantined
        2015-06   10         7         2           1
        2015-06   20         14        4           2
        2015-05   40         40        0           0
    """
    shows("statements", "rows_read", f"{shown}\n 2 30 21 6 3", {"policy": "run_period\n 2015-06", "intake_log": log})
    shows("statements", "rows_read", f"{shown}\n 0 0 0 0 0", {"policy": "run_period\n 2015-07", "intake_log": log})


def test_the_items_of_a_statement_follow_one_another_and_statements_by_mpn_id() -> None:
    """A part's number is that of the items before, by so many a part. Those of one kind and period stay together."""
    shows(
        "statements",
        "item_places",
        """
            mpn_id  kind             period   place  part
            A       OPENING~BALANCE  2015-06  0      0
            A       CURRENT          2015-06  1      0
            A       ADJUSTMENT       2015-04  2      1
            A       ADJUSTMENT       2015-05  3      1
            A       HELD             2015-05  4      1
            A       HELD             2015-06  5      2
            A       CARRIED~FORWARD  2015-06  6      2
            B       CURRENT          2015-06  7      2
        """,
        {
            "policy": POLICY,
            "statement_lines": """
                statement_period  mpn_id  kind        period
                2015-06           B       CURRENT     2015-06
                2015-06           A       ADJUSTMENT  2015-05
                2015-06           A       ADJUSTMENT  2015-04
                2015-06           A       CURRENT     2015-06
                2015-06           A       CURRENT     2015-06
                2015-05           A       CURRENT     2015-05
            """,
            "earned_lines": """
                mpn_id  period   status
                A       2015-06  HELD
                A       2015-05  HELD
                A       2015-06  PAYABLE
            """,
            "balances": "mpn_id kind period\n A CARRIED~FORWARD 2015-06\n A OPENING~BALANCE 2015-06",
        },
        items_a_part=3,
    )
