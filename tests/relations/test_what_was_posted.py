"""What `dpor statement` asks of a closed statement: seats, what they earned and what waited, as it was posted."""

from __future__ import annotations

from pathlib import Path

from relations.bench import parquet, shows_in_order

from schemas.words import CAUSES

STATES = """
    statement_period  period   subscription_id  mpn_id  service  status      assigned_seats
    2015-05           2015-05  s1               A       O365     HELD        10
    2015-06           2015-06  s1               A       O365     HELD        30
    2015-06           2015-05  s2               A       O365     HELD        5
    2015-05           2015-05  s2               A       O365     PAYABLE     4
    2015-05           2015-05  s3               A       O365     HELD        6
    2015-06           2015-05  s3               A       O365     PAYABLE     7
    2015-05           2015-05  s4               A       O365     HELD        8
    2015-06           2015-05  s4               B       O365     HELD        9
    2015-05           2015-05  s5               A       EMS      HELD        -
    2015-05           2015-05  s6               B       O365     HELD        11
    2015-05           2015-05  s7               A       EMS      PAYABLE     12
    2015-05           2015-05  s8               A       O365     UNASSIGNED  13
    2015-05           2015-05  s9               A       O365     HELD        14
    2015-06           2015-05  s9               -       -        -           -
"""
"""Of s2, s3, s4 and s9 June's closing posted another state for May; s9 is known no more."""
RATES = """
    period   service  incentive    amount_per_seat
    2015-05  O365     MANAGE       0.1249
    2015-05  O365     ACCELERATOR  0.1250
    2015-05  O365     DEPLOY       1.0000
    2015-05  EMS      DEPLOY       2.0000
    2015-06  O365     DEPLOY       1.0001
"""


def files(folder: Path) -> dict[str, list[str]]:
    """The states of both closings in files of their own, and the last one's rates."""
    header, *rows = STATES.strip().splitlines()
    of_may, of_june = ([row for row in rows if row.split()[0] == period] for period in ("2015-05", "2015-06"))
    return {
        "states": [
            parquet(folder / f"{name}.parquet", "\n".join([header, *those]))
            for name, those in (("may", of_may), ("june", of_june))
        ],
        "rates": [parquet(folder / "rates.parquet", RATES)],
    }


def test_what_waited_is_of_the_last_state_posted_and_of_the_partner(tmp_path: Path) -> None:
    """Cents are rounded once, half up: 5 seats at 0.1250 are 0.63, at 0.1249 0.62."""
    shows_in_order(
        "explain",
        "posted_held",
        """
            period   subscription_id  incentive    assigned_seats  earned
            2015-05  s1               ACCELERATOR  10              1.25
            2015-05  s1               DEPLOY       10              10.00
            2015-05  s1               MANAGE       10              1.25
            2015-05  s2               ACCELERATOR  5               0.63
            2015-05  s2               DEPLOY       5               5.00
            2015-05  s2               MANAGE       5               0.62
            2015-06  s1               DEPLOY       30              30.00
        """,
        {},
        mpn_id="1000001",
        **files(tmp_path),
    )


def test_a_closed_statement_has_the_seats_of_the_last_state_posted(tmp_path: Path) -> None:
    """What was taken away from the partner, is known no more or earned nothing (s4, s9, s8) has no seats to show."""
    shows_in_order(
        "explain",
        "posted_items",
        """
            kind        period   subscription_id  incentive  assigned_seats  earned  amount  cause
            CURRENT     2015-06  s1               DEPLOY     30              30.00   30.00   -
            ADJUSTMENT  2015-04  s9               DEPLOY     -               -       -1.00   por_changed
            ADJUSTMENT  2015-05  s1               DEPLOY     10              10.00   0.50    cap_changed
            ADJUSTMENT  2015-05  s2               DEPLOY     5               5.00    -4.00   poe_pending
            ADJUSTMENT  2015-05  s2               DEPLOY     5               5.00    1.00    seats_changed
            ADJUSTMENT  2015-05  s2               MANAGE     5               0.62    0.12    seats_changed
            ADJUSTMENT  2015-05  s3               DEPLOY     7               7.00    7.00    poe_passed
            ADJUSTMENT  2015-05  s4               DEPLOY     -               -       -8.00   por_changed
            ADJUSTMENT  2015-05  s8               DEPLOY     -               -       -2.00   por_changed
        """,
        {
            "statement_lines": """
                statement_period  mpn_id  kind        period   subscription_id  incentive  amount  cause
                2015-06           A       ADJUSTMENT  2015-05  s8               DEPLOY     -2.00   por_changed
                2015-06           A       ADJUSTMENT  2015-05  s4               DEPLOY     -8.00   por_changed
                2015-06           A       ADJUSTMENT  2015-05  s3               DEPLOY     7.00    poe_passed
                2015-06           A       ADJUSTMENT  2015-05  s2               MANAGE     0.12    seats_changed
                2015-06           A       ADJUSTMENT  2015-05  s2               DEPLOY     1.00    seats_changed
                2015-06           A       ADJUSTMENT  2015-05  s2               DEPLOY     -4.00   poe_pending
                2015-06           A       ADJUSTMENT  2015-04  s9               DEPLOY     -1.00   por_changed
                2015-06           A       ADJUSTMENT  2015-05  s1               DEPLOY     0.50    cap_changed
                2015-06           A       CURRENT     2015-06  s1               DEPLOY     30.00   -
                2015-06           B       CURRENT     2015-06  s6               DEPLOY     11.00   -
                2015-05           A       CURRENT     2015-05  s7               DEPLOY     24.00   -
            """,
        },
        mpn_id="1000001",
        period="2015-06",
        causes=list(CAUSES),
        **files(tmp_path),
    )
