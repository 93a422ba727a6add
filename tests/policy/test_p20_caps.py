"""P20: what a cap limits, which row holds, and who is served first."""

from __future__ import annotations

import pytest
from harness import run

FORM = "form_id received_on mpn_id\n form-a 2014-08-20 A"
ONE_DOLLAR = "amount_per_seat\n 1.00"
ALL_SERVICES = "service amount_per_seat\n O365 1.00\n INTUNE 1.00"


def test_no_row_no_cap() -> None:
    known = run(
        "2014-11",
        osa_forms=FORM,
        rates=ONE_DOLLAR,
        assigned_seats="snapshot_date assigned_seats\n 2014-11-10 1000000",
        caps="mpn_id scope fiscal_year amount\n B PARTNER FY15 1.00\n A PARTNER FY16 1.00",
    )
    known.shows("incentive_lines", "earned payable\n 1000000.00 1000000.00")
    known.shows("cap_cuts", "scope")


def test_lines_use_a_bucket_up_by_period_then_subscription_then_incentive_bytewise() -> None:
    known = run(
        "2014-12",
        osa_forms=FORM,
        rates="incentive amount_per_seat\n MANAGE 1.00\n DEPLOY 1.00",
        assigned_seats="""
            subscription_id  snapshot_date  assigned_seats
            s9               2014-11-10     10
            s10              2014-11-10     10
            S9               2014-11-10     10
            s1               2014-12-10     10
        """,
        caps="mpn_id scope amount\n A PARTNER 45.50",
    )
    known.shows(
        "incentive_lines",
        """
            period   subscription_id  incentive  earned  payable
            2014-11  S9               DEPLOY     10.00   10.00
            2014-11  S9               MANAGE     10.00   10.00
            2014-11  s10              DEPLOY     10.00   10.00
            2014-11  s10              MANAGE     10.00   10.00
            2014-11  s9               DEPLOY     10.00   5.50
            2014-11  s9               MANAGE     10.00   0.00
            2014-12  s1               DEPLOY     10.00   0.00
            2014-12  s1               MANAGE     10.00   0.00
        """,
    )


@pytest.mark.parametrize(
    ("scope", "paid"),
    [
        # contoso: s1, s2 O365, s3 INTUNE; fabrikam: s4 O365. Each brings 10.00, the cap is 15.00.
        ("SUBSCRIPTION", "10.00 10.00 10.00 10.00"),
        ("CUSTOMER", "10.00 5.00 0.00 10.00"),
        ("SERVICE", "10.00 5.00 10.00 0.00"),
        ("PARTNER", "10.00 5.00 0.00 0.00"),
    ],
)
def test_a_scope_says_what_one_bucket_is(scope: str, paid: str) -> None:
    s1, s2, s3, s4 = paid.split()
    known = run(
        "2014-11",
        subscriptions="""
            subscription_id  customer_id  service
            s1               contoso      O365
            s2               contoso      O365
            s3               contoso      INTUNE
            s4               fabrikam     O365
        """,
        osa_forms="""
            form_id  received_on  customer_id  service  mpn_id
            f1       2014-08-20   contoso      O365     A
            f2       2014-08-20   contoso      INTUNE   A
            f3       2014-08-20   fabrikam     O365     A
        """,
        rates=ALL_SERVICES,
        assigned_seats="""
            subscription_id  snapshot_date  assigned_seats
            s1               2014-11-10     10
            s2               2014-11-10     10
            s3               2014-11-10     10
            s4               2014-11-10     10
        """,
        caps=f"scope amount\n {scope} 15.00",
    )
    known.shows("incentive_lines", f"subscription_id payable\n s1 {s1}\n s2 {s2}\n s3 {s3}\n s4 {s4}")


def test_a_subscription_cap_runs_through_the_fiscal_year() -> None:
    known = run(
        "2015-01",
        osa_forms=FORM,
        rates=ONE_DOLLAR,
        assigned_seats="snapshot_date assigned_seats\n 2014-11-10 10\n 2014-12-10 10\n 2015-01-10 10",
        caps="scope amount\n SUBSCRIPTION 25.00",
    )
    known.shows("incentive_lines", "period payable\n 2014-11 10.00\n 2014-12 10.00\n 2015-01 5.00")
    known.shows("cap_cuts", "period subscription_id incentive scope cut\n 2015-01 e3 DEPLOY SUBSCRIPTION 5.00")


def test_a_star_row_gives_each_partner_a_bucket_of_its_own() -> None:
    known = run(
        "2014-11",
        subscriptions="subscription_id customer_id\n s1 contoso\n s2 fabrikam",
        osa_forms="form_id received_on customer_id mpn_id\n f1 2014-08-20 contoso A\n f2 2014-08-20 fabrikam B",
        rates=ONE_DOLLAR,
        assigned_seats="subscription_id snapshot_date assigned_seats\n s1 2014-11-10 10\n s2 2014-11-10 10",
        caps="mpn_id scope amount\n * PARTNER 8.00",
    )
    known.shows("incentive_lines", "mpn_id payable\n A 8.00\n B 8.00")


@pytest.mark.parametrize(
    ("caps", "o365", "intune"),
    [
        ("* * 8.00", "8.00", "8.00"),
        ("* O365 7.00", "7.00", "10.00"),
        ("* * 8.00 \n * O365 9.00", "9.00", "8.00"),
        ("* O365 7.00 \n A * 9.00", "9.00", "9.00"),  # the named partner beats the named service
        ("A * 9.00 \n A O365 3.00 \n * INTUNE 1.00", "3.00", "9.00"),
        ("A * 5.00 \n * * 1.00", "5.00", "5.00"),
        ("A INTUNE 9.50 \n * * 4.00 \n B * 0.00", "4.00", "9.50"),
        ("A O365 0.00 \n * * 9.00", "0.00", "9.00"),  # a cap of 0 is a cap
        ("A O365 100.00 \n * * 9.00", "10.00", "9.00"),
    ],
)
@pytest.mark.parametrize("scope", ["SUBSCRIPTION", "SERVICE"])
def test_a_row_that_names_the_partner_beats_star_then_one_that_names_the_service(
    caps: str, o365: str, intune: str, scope: str
) -> None:
    known = run(
        "2014-11",
        subscriptions="subscription_id service\n s1 O365\n s2 INTUNE",
        osa_forms="form_id received_on service mpn_id\n f1 2014-08-20 O365 A\n f2 2014-08-20 INTUNE A",
        rates=ALL_SERVICES,
        assigned_seats="subscription_id snapshot_date assigned_seats\n s1 2014-11-10 10\n s2 2014-11-10 10",
        caps="mpn_id service amount scope\n" + "\n".join(f"{line} {scope}" for line in caps.split("\n")),
    )
    known.shows("incentive_lines", f"service payable\n O365 {o365}\n INTUNE {intune}")


@pytest.mark.parametrize("scope", ["SUBSCRIPTION", "CUSTOMER", "SERVICE", "PARTNER"])
def test_a_cap_of_nothing_pays_nothing(scope: str) -> None:
    known = run(
        "2014-11",
        osa_forms=FORM,
        rates=ONE_DOLLAR,
        assigned_seats="snapshot_date assigned_seats\n 2014-11-10 10",
        caps=f"scope amount\n {scope} 0.00",
    )
    known.shows("incentive_lines", "status earned payable\n PAYABLE 10.00 0.00")
    known.shows("statements", "mpn_id earned cap_reduction payment closing_balance\n A 10.00 10.00 0.00 0.00")


def test_the_scopes_apply_one_after_the_other() -> None:
    """Each brings 100.00, and 60.00 of each O365 pass; of contoso's 150.00 are left 30.00 for s3, and so on."""
    known = run(
        "2014-11",
        subscriptions="""
            subscription_id  customer_id  service
            s1               contoso      O365
            s2               contoso      O365
            s3               contoso      INTUNE
            s4               fabrikam     O365
        """,
        osa_forms="""
            form_id  received_on  customer_id  service  mpn_id
            f1       2014-08-20   contoso      O365     A
            f2       2014-08-20   contoso      INTUNE   A
            f3       2014-08-20   fabrikam     O365     A
        """,
        rates=ALL_SERVICES,
        assigned_seats="""
            subscription_id  snapshot_date  assigned_seats
            s1               2014-11-10     100
            s2               2014-11-10     100
            s3               2014-11-10     100
            s4               2014-11-10     100
        """,
        caps="""
            scope         service  amount
            SUBSCRIPTION  O365     60.00
            CUSTOMER      *        150.00
            SERVICE       O365     155.00
            PARTNER       *        170.00
        """,
    )
    known.shows(
        "incentive_lines",
        """
            subscription_id  earned  payable
            s1               100.00  60.00
            s2               100.00  60.00
            s3               100.00  30.00
            s4               100.00  20.00
        """,
    )
    known.shows(
        "cap_cuts",
        """
            subscription_id  scope         cut
            s1               SUBSCRIPTION  40.00
            s2               SUBSCRIPTION  40.00
            s4               SUBSCRIPTION  40.00
            s3               CUSTOMER      70.00
            s4               SERVICE       25.00
            s4               PARTNER       15.00
        """,
    )


def test_a_bucket_is_used_by_what_passed_it_also_where_a_later_scope_cuts_that() -> None:
    """November's 10.00 pass the service's cap; that the partner's lets only 9.00 of them pass leaves 5.00, not 6.00."""
    known = run(
        "2014-12",
        subscriptions="subscription_id customer_id\n s1 contoso\n s2 fabrikam",
        osa_forms="form_id received_on customer_id mpn_id\n f1 2014-08-20 contoso A\n f2 2014-08-20 fabrikam A",
        rates=ONE_DOLLAR,
        assigned_seats="""
            subscription_id  snapshot_date  assigned_seats
            s1               2014-11-10     10
            s2               2014-12-10     10
        """,
        caps="""
            scope    amount
            SERVICE  15.00
            PARTNER  9.00
        """,
    )
    known.shows(
        "incentive_lines",
        "period subscription_id payable\n 2014-11 s1 9.00\n 2014-12 s2 0.00",
    )
    known.shows(
        "cap_cuts",
        "period scope cut\n 2014-11 PARTNER 1.00\n 2014-12 SERVICE 5.00\n 2014-12 PARTNER 5.00",
    )


def test_a_line_meets_the_next_scope_with_what_the_one_before_let_pass() -> None:
    known = run(
        "2014-11",
        osa_forms=FORM,
        rates="incentive amount_per_seat\n DEPLOY 1.00\n MANAGE 1.00",
        assigned_seats="snapshot_date assigned_seats\n 2014-11-10 10",
        caps="scope amount\n SUBSCRIPTION 12.00\n CUSTOMER 11.00",
    )
    known.shows("incentive_lines", "incentive payable\n DEPLOY 10.00\n MANAGE 1.00")
    known.shows("cap_cuts", "incentive scope cut\n MANAGE SUBSCRIPTION 8.00\n MANAGE CUSTOMER 1.00")


@pytest.mark.parametrize(
    ("start_month", "fy15", "fy16"),
    [(7, "2015-06", "2015-07"), (1, "2015-12", "2016-01"), (12, "2015-11", "2015-12"), (2, "2015-01", "2015-02")],
)
def test_the_period_decides_the_fiscal_year_named_for_the_year_it_ends_in(
    start_month: int, fy15: str, fy16: str
) -> None:
    known = run(
        fy16,
        policy={"fiscal_year_start_month": start_month},
        osa_forms=FORM,
        rates=ONE_DOLLAR,
        assigned_seats=f"snapshot_date assigned_seats\n {fy15}-10 10\n {fy16}-10 10",
        caps="scope fiscal_year amount\n PARTNER FY15 5.00\n PARTNER FY16 7.00",
        dpor_attachments="event_id occurred_at mpn_id\n e1 2015-04-10 A",  # forms earn to the end of 2015 only
    )
    known.shows("incentive_lines", f"period payable\n {fy15} 5.00\n {fy16} 7.00")


def test_cap_usage_counts_in_each_scope_what_passed_it_also_where_a_later_one_cuts_that() -> None:
    """A's own row beats *: 60.00 of each 100.00 pass; of these 120.00 the service's cap lets 110.00 pass, A's 90.00.

    For B the row for all holds. s4 is HELD and brings nothing.
    """
    known = run(
        "2015-07",
        subscriptions="""
            subscription_id  customer_id
            s1               contoso
            s2               fabrikam
            s3               tailspin
            s4               wingtip
        """,
        osa_forms="""
            form_id  received_on  customer_id  mpn_id
            f1       2014-08-20   contoso      A
            f2       2014-08-20   fabrikam     A
            f3       2014-08-20   tailspin     B
        """,
        dpor_attachments="event_id occurred_at subscription_id mpn_id\n e4 2015-03-10 s4 B",
        rates=ONE_DOLLAR,
        assigned_seats="""
            subscription_id  snapshot_date  assigned_seats
            s1               2014-11-10     100
            s2               2014-12-10     100
            s3               2015-06-10     10
            s3               2015-07-10     1
            s4               2015-06-10     500
        """,
        caps="""
            mpn_id  scope         service  fiscal_year  amount
            *       SUBSCRIPTION  *        FY15         100.00
            A       SUBSCRIPTION  *        FY15         60.00
            A       SERVICE       O365     FY15         110.00
            A       SERVICE       *        FY15         7.00
            A       PARTNER       *        FY15         90.00
            B       PARTNER       *        FY16         3.00
        """,
    )
    known.shows(
        "cap_usage",
        """
            fiscal_year  mpn_id  scope         bucket  cap     brought  cut    used    remaining  used_percent
            FY15         A       SUBSCRIPTION  s1      60.00   100.00   40.00  60.00   0.00       100
            FY15         A       SUBSCRIPTION  s2      60.00   100.00   40.00  60.00   0.00       100
            FY15         A       SERVICE       O365    110.00  120.00   10.00  110.00  0.00       100
            FY15         A       PARTNER       ''      90.00   110.00   20.00  90.00   0.00       100
            FY15         B       SUBSCRIPTION  s3      100.00  10.00    0.00   10.00   90.00      10
            FY16         B       PARTNER       ''      3.00    1.00     0.00   1.00    2.00       33
        """,
    )


def test_cap_usage_adds_a_customers_services_up_and_knows_a_cap_of_nothing() -> None:
    known = run(
        "2014-11",
        subscriptions="subscription_id service\n s1 O365\n s2 INTUNE",
        osa_forms="form_id received_on service mpn_id\n f1 2014-08-20 O365 A\n f2 2014-08-20 INTUNE A",
        rates=ALL_SERVICES,
        assigned_seats="subscription_id snapshot_date assigned_seats\n s1 2014-11-10 10\n s2 2014-11-10 19",
        caps="scope service amount\n CUSTOMER * 30.00\n SERVICE INTUNE 0.00",
    )
    known.shows(
        "cap_usage",
        """
            scope     bucket   cap    brought  cut    used   remaining  used_percent
            CUSTOMER  contoso  30.00  29.00    0.00   29.00  1.00       96
            SERVICE   INTUNE   0.00   19.00    19.00  0.00   0.00       100
        """,
    )
