"""What is to be paid, and what finance says it paid, held against each other one by one."""

from __future__ import annotations

import pytest
from relations.bench import shows, shows_in_order

from schemas.words import PAYMENT_ID


def test_a_payment_is_due_for_every_statement_that_pays_and_has_an_id_of_its_own() -> None:
    statements = """
        statement_period  mpn_id   payment
        2015-06           A        0.50
        2015-06           B        0.00
        2015-06           Litware  200.00
        2015-05           C        300.00
    """
    shows(
        "payments",
        "payments_due",
        """
            payment_id            mpn_id   payment  currency
            DPOR-2015-06-1000001  A        0.50     EUR
            DPOR-2015-06-1100001  Litware  200.00   EUR
        """,
        {"statements": statements},
        period="2015-06",
        currency="EUR",
        form_of_id=PAYMENT_ID,
    )


def test_a_partners_name_is_that_of_the_row_delivered_last() -> None:
    rest = "hq_mpn_id region country ppc_name ppc_email eligible_from eligible_to"
    some = "- EMEA DE Ann a@example.com 2014-01-01 -"
    given = f"""
        mpn_id  partner_name  delivery  file   row_number {rest}
        A       Old           2015-05   b.csv  9          {some}
        A       Older         2015-06   a.csv  8          {some}
        A       Before        2015-06   b.csv  2          {some}
        A       New           2015-06   b.csv  3          {some}
        B       Bee           2015-05   a.csv  2          {some}
    """
    shows("current", "current_partners", "mpn_id partner_name\n A New\n B Bee", {"partners": given})


def test_the_export_has_a_row_a_payment_under_the_partners_name() -> None:
    due = "payment_id mpn_id payment currency\n p-b B 20.00 EUR\n p-a A 10.00 USD\n p-c C 30.00 EUR"
    names = "mpn_id partner_name\n A New\n B Bee"
    shows_in_order(
        "payments",
        "exported_payments",
        """
            participantID  participantName  earned  earnedUSD  totalPayment  currencyCode  paymentID  paymentStatus
            A              New              10.00   10.00      10.00         USD           p-a        Unprocessed
            B              Bee              20.00   -          20.00         EUR           p-b        Unprocessed
            C              -                30.00   -          30.00         EUR           p-c        Unprocessed
        """,
        {"payments_due": due, "current_partners": names},
    )


def test_what_was_paid_in_a_period_is_held_against_its_statements_partner_by_partner() -> None:
    """C's statement pays nothing, and nothing was paid: no row."""
    statements = """
        statement_period  mpn_id     payment
        2015-06           A          100.00
        2015-06           B          200.00
        2015-06           D          0.50
        2015-06           C          0.00
        2015-06           Relecloud  0.00
        2015-05           Litware    400.00
        2015-05           D          0.50
    """
    made = """
        period   mpn_id     amount
        2015-06  Relecloud  5.00
        2015-06  A          60.00
        2015-06  A          40.00
        2015-06  Litware    400.00
        2015-05  D          0.50
    """
    shows_in_order(
        "reconcile",
        "payments",
        """
            finding                   mpn_id     payment  amount
            different~amount          Relecloud  0.00     5.00
            matched                   A          100.00   100.00
            not~paid                  D          0.50     -
            not~paid                  B          200.00   -
            paid~without~a~statement  Litware    -        400.00
        """,
        {"statements": statements, "payments_made": made},
        period="2015-06",
    )


def test_every_row_that_comes_back_is_matched_or_has_the_first_finding_that_fits() -> None:
    due = """
        payment_id  mpn_id     payment  currency
        p1          A          100.00   USD
        p2          B          200.00   USD
        p3          C          300.00   USD
        p4          D          400.00   USD
        p5          Litware    500.00   USD
        p6          Relecloud  600.00   USD
        p7          2000007    700.00   USD
        p8          2000008    800.00   USD
        p9          2000009    900.00   USD
        p10         2000010    50.00    USD
    """
    returned = """
        row_number  participant_id_type  participant_id  payment_id  currency  payment_status  earned  withheld_tax  sales_tax  service_fee_tax  total_payment
        14          MPNID                B               x2          USD       Sent            200.00  0.00          0.00       0.00             200.00
        13          MPNID                2000010         p10         USD       COMPLETED       50.00   0.00          0.00       0.00             50.00
        12          MPNID                2000009         p9          USD       paid            900.00  10.00         5.00       1.00             900.00
        11          MPNID                2000008         p8          USD       processed       799.99  0.00          0.00       0.00             799.99
        10          MPNID                2000007         p7          USD       -               700.00  0.00          0.00       0.00             700.00
        9           MPNID                Relecloud       p6          USD       Unprocessed     600.00  0.00          0.00       0.00             600.00
        8           MPNID                Litware         p5          EUR       Sent            500.00  0.00          0.00       0.00             500.00
        7           VENDOR               4               p4          USD       Sent            400.00  0.00          0.00       0.00             400.00
        6           MPNID                B               p3          USD       Sent            300.00  0.00          0.00       0.00             300.00
        5           MPNID                9999999         x3          USD       Sent            7.00    0.00          0.00       0.00             7.00
        4           MPNID                B               x1          USD       Sent            200.00  0.00          0.00       0.00             200.00
        3           MPNID                A               p1          USD       Sent            1.00    0.00          0.00       0.00             1.00
        2           MPNID                A               p1          USD       Sent            100.00  10.00         5.00       1.00             94.00
    """  # noqa: E501
    shows_in_order(
        "reconcile",
        "returned_payments",
        """
            finding                   mpn_id     payment  told                                          row_number
            another~currency          Litware    500.00   paid~in~EUR                                   8
            another~participant       D          400.00   paid~to~VENDOR~0000004                        7
            another~participant       C          300.00   paid~to~MPNID~1000002                         6
            another~paymentID         B          200.00   x1,~200.00~USD                                4
            another~paymentID         B          200.00   x2,~200.00~USD                                14
            different~amount          2000008    800.00   earned~799.99                                 11
            different~total           2000009    900.00   total~900.00,~but~its~parts~come~to~894.00    12
            matched                   A          100.00   -                                             2
            matched                   2000010    50.00    -                                             13
            not~paid                  B          200.00   not~in~the~file                               -
            not~paid                  Relecloud  600.00   status~Unprocessed                            9
            not~paid                  2000007    700.00   status~empty                                  10
            paid~without~a~statement  9999999    -        x3,~7.00~USD                                  5
            the~same~payment~again    A          100.00   p1,~1.00~USD,~status~Sent                     3
        """,
        {"payments_due": due, "payments_returned": returned},
    )


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        # Failed and sent again; another payment's rows lie between.
        ("2 p1 A Failed\n 3 p2 B Sent\n 4 p1 A Sent", "matched A 4\n matched B 3"),
        ("2 p1 A Sent\n 3 p2 B Failed", "matched A 2\n not~paid B 3"),
        # Sent and come back, be it without a word.
        ("2 p1 A Sent\n 3 p2 B Sent\n 4 p1 A -", "matched B 3\n not~paid A 4"),
        ("2 p1 A -\n 3 p1 A Sent\n 4 p2 B Sent", "matched A 3\n matched B 4"),
        # A partner's other payments, and other partners' of one number, are others.
        ("2 p1 A Sent\n 3 p2 B Sent\n 4 x9 A Failed", "another~paymentID A 4\n matched A 2\n matched B 3"),
        (
            "2 p1 A Failed\n 3 p2 B Sent\n 4 x9 A Failed\n 5 x9 A Sent",
            "another~paymentID A 5\n matched B 3\n not~paid A 2",
        ),
        (
            "2 z A Failed\n 3 z B Failed\n 4 z B Sent",
            "another~paymentID A 2\n another~paymentID B 4\n not~paid A -\n not~paid B -",
        ),
        ("2 z A Sent\n 3 z B Failed", "another~paymentID A 2\n another~paymentID B 3\n not~paid A -\n not~paid B -"),
        ("2 z A Sent\n 3 z B Sent", "another~paymentID A 2\n another~paymentID B 3\n not~paid A -\n not~paid B -"),
        (
            "9 a A Sent\n 7 z A Sent\n 8 m A Sent\n 2 y A Sent\n 3 p2 B Sent",
            "another~paymentID A 2\n another~paymentID A 7\n another~paymentID A 8\n another~paymentID A 9"
            "\n matched B 3\n not~paid A -",
        ),
        # Paid again, and again: each such row, in their order.
        (
            "5 p1 A Sent\n 4 p1 A Paid\n 3 p1 A Sent\n 2 p2 B Sent",
            "matched A 3\n matched B 2\n the~same~payment~again A 4\n the~same~payment~again A 5",
        ),
        (
            "2 p1 A Sent\n 3 p1 A Sent\n 4 p1 A Returned\n 5 p2 B Sent",
            "matched B 5\n not~paid A 4\n the~same~payment~again A 3",
        ),
    ],
)  # fmt: skip
def test_of_several_rows_of_a_payment_the_last_says_whether_it_is_paid(rows: str, found: str) -> None:
    names = (
        "row_number payment_id participant_id payment_status participant_id_type currency earned withheld_tax sales_tax"
        " service_fee_tax total_payment"
    )
    returned = "\n".join(f"{row.strip()} MPNID USD 100.00 0.00 0.00 0.00 100.00" for row in rows.split("\n"))
    due = "payment_id mpn_id payment currency\n p1 A 100.00 USD\n p2 B 100.00 USD"
    shows_in_order(
        "reconcile",
        "returned_payments",
        f"finding mpn_id row_number\n {found}",
        {"payments_due": due, "payments_returned": f"{names}\n{returned}"},
    )
