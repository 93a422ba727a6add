"""What the check of caps shows: each bucket that is paid a cent more than the row that limits it (P20)."""

from __future__ import annotations

import pytest
from relations.bench import shows

PAID = {
    "periods": "period fiscal_year\n 2015-05 FY15\n 2015-06 FY15\n 2015-07 FY16",
    "subscription_terms": """
        subscription_id  service  customer_id
        s1               O365     contoso
        s2               CRM      contoso
        s3               O365     fabrikam
    """,
    "statement_lines": """
        mpn_id  period   subscription_id  amount
        A       2015-05  s1               30.00
        A       2015-06  s1               24.00
        A       2015-05  s1               -4.00
        A       2015-07  s1               40.00
        A       2015-05  s2               60.00
        A       2015-06  s3               7.00
        B       2015-06  s1               45.00
    """,
}
CAPS = """
    mpn_id  scope         service  fiscal_year  amount
    A       SUBSCRIPTION  O365     FY15         50.00
    A       SUBSCRIPTION  CRM      FY15         60.00
    A       SUBSCRIPTION  O365     FY16         40.00
    B       SUBSCRIPTION  O365     FY15         45.00
    A       CUSTOMER      *        FY15         110.00
    A       CUSTOMER      *        FY16         40.00
    B       CUSTOMER      *        FY15         45.00
    A       SERVICE       O365     FY15         57.00
    A       SERVICE       CRM      FY15         60.00
    A       SERVICE       O365     FY16         40.00
    B       SERVICE       O365     FY15         45.00
    A       PARTNER       *        FY15         117.00
    A       PARTNER       *        FY16         40.00
    B       PARTNER       *        FY15         45.00
"""
"""Each as high as what its bucket is paid, or the highest of its buckets."""


def check(expected: str, caps: str, **given: str) -> None:
    header = "scope mpn_id fiscal_year bucket paid amount"
    shows("checks", "caps_hold", f"{header} {expected}", {**PAID, "current_caps": caps, **given})


def caps(*rows: str) -> str:
    return "\n".join(["mpn_id scope service fiscal_year amount", *rows])


def test_what_is_paid_reaches_each_cap() -> None:
    check("", CAPS)


@pytest.mark.parametrize(
    ("cap", "buckets"),
    [
        ("A SUBSCRIPTION O365 FY15 49.99", ["A FY15 s1 50.00"]),
        ("A SUBSCRIPTION CRM  FY15 59.99", ["A FY15 s2 60.00"]),
        ("A SUBSCRIPTION O365 FY16 39.99", ["A FY16 s1 40.00"]),
        ("B SUBSCRIPTION O365 FY15 44.99", ["B FY15 s1 45.00"]),
        ("* SUBSCRIPTION *    FY15 49.99", ["A FY15 s1 50.00", "A FY15 s2 60.00"]),
        ("A CUSTOMER     *    FY15 6.99", ["A FY15 contoso 110.00", "A FY15 fabrikam 7.00"]),
        ("* CUSTOMER     *    FY15 44.99", ["A FY15 contoso 110.00", "B FY15 contoso 45.00"]),
        ("A CUSTOMER     *    FY16 39.99", ["A FY16 contoso 40.00"]),
        ("A SERVICE      O365 FY15 56.99", ["A FY15 O365 57.00"]),
        ("A SERVICE      *    FY15 56.99", ["A FY15 O365 57.00", "A FY15 CRM 60.00"]),
        ("* SERVICE      O365 FY15 44.99", ["A FY15 O365 57.00", "B FY15 O365 45.00"]),
        ("A SERVICE      O365 FY16 39.99", ["A FY16 O365 40.00"]),
        ("A PARTNER      *    FY15 116.99", ["A FY15 '' 117.00"]),
        ("* PARTNER      *    FY15 44.99", ["A FY15 '' 117.00", "B FY15 '' 45.00"]),
        ("A PARTNER      *    FY16 39.99", ["A FY16 '' 40.00"]),
    ],
)
def test_each_bucket_that_is_paid_a_cent_more_than_its_cap_is_shown(cap: str, buckets: list[str]) -> None:
    _, scope, _, _, amount = cap.split()
    check("".join(f"\n {scope} {bucket} {amount}" for bucket in buckets), caps(cap))


@pytest.mark.parametrize(
    "cap",
    [
        "C SUBSCRIPTION * FY15 1.00",
        "* SUBSCRIPTION EXO FY15 1.00",
        "* SUBSCRIPTION * FY14 1.00",
        "* PARTNER * FY17 1.00",
    ],
)
def test_a_cap_of_another_partner_service_or_year_limits_nothing(cap: str) -> None:
    check("", caps(cap))


@pytest.mark.parametrize(
    ("wide", "narrow"),
    [
        ("* SUBSCRIPTION *    FY15", "A SUBSCRIPTION *    FY15"),
        ("* SUBSCRIPTION *    FY15", "* SUBSCRIPTION O365 FY15"),
        ("* SUBSCRIPTION O365 FY15", "A SUBSCRIPTION *    FY15"),
        ("A SUBSCRIPTION *    FY15", "A SUBSCRIPTION O365 FY15"),
    ],
    ids=["the partner", "the service", "the partner rather than the service", "both"],
)
def test_a_row_that_names_the_partner_limits_its_buckets_then_one_that_names_the_service(
    wide: str, narrow: str
) -> None:
    bucket = {
        "statement_lines": "mpn_id period subscription_id amount\n A 2015-05 s1 50.00",
        "subscription_terms": "subscription_id service customer_id\n s1 O365 contoso",
    }
    for order in ((0, 1), (1, 0)):
        loose = [f"{wide} 10.00", f"{narrow} 50.00"]
        check("", caps(*(loose[place] for place in order)), **bucket)
        tight = [f"{wide} 90.00", f"{narrow} 49.99"]
        check(
            "\n SUBSCRIPTION A FY15 s1 50.00 49.99",
            caps(*(tight[place] for place in order)),
            **bucket,
        )


def test_of_several_services_the_star_limits_those_that_no_row_names() -> None:
    check(
        """
            SERVICE  A  FY15  CRM   60.00  20.00
            SERVICE  B  FY15  O365  45.00  20.00
        """,
        caps("* SERVICE * FY15 20.00", "A SERVICE O365 FY15 57.00"),
    )


@pytest.mark.parametrize(
    ("tight", "loose", "shown"),
    [
        ("A SUBSCRIPTION * FY15", "A SUBSCRIPTION CRM FY15", ["A FY15 s1"]),
        ("* SUBSCRIPTION O365 FY15", "B SUBSCRIPTION * FY15", ["A FY15 s1"]),
        ("A SUBSCRIPTION * FY15", "A SUBSCRIPTION O365 FY16", ["A FY15 s1", "A FY15 s2"]),
        ("* SUBSCRIPTION * FY15", "A CUSTOMER * FY15", ["A FY15 s1", "A FY15 s2", "B FY15 s1"]),
    ],
    ids=["subscription", "partner", "year", "scope"],
)
def test_buckets_that_are_paid_the_same_are_each_measured_by_their_own_cap(
    tight: str, loose: str, shown: list[str]
) -> None:
    """A customer goes by the id of its subscription."""
    check(
        "".join(f"\n SUBSCRIPTION {bucket} 50.00 40.00" for bucket in shown),
        caps(f"{tight} 40.00", f"{loose} 60.00"),
        subscription_terms="subscription_id service customer_id\n s1 O365 s1\n s2 CRM s2",
        statement_lines="""
            mpn_id  period   subscription_id  amount
            A       2015-05  s1               50.00
            A       2015-05  s2               50.00
            A       2015-07  s1               50.00
            B       2015-05  s1               50.00
        """,
    )
