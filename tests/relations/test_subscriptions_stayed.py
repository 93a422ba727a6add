"""How subscriptions would be today, had each stayed as it was known at the last closing (P22)."""

from __future__ import annotations

import pytest
from relations.bench import shows

ROW = "subscription_id customer_id program service start_date end_date delivery file row_number accepted_in"
THEN = """
    sub    a  EA  O365  2014-01-01  -  2015-01  s  2  2015-01
    beside a  EA  EMS   2014-01-01  -  2015-01  s  3  2015-01
    other  b  EA  O365  2014-01-01  -  2015-01  s  4  2015-01
    far    c  EA  O365  2014-01-01  -  2015-01  s  5  2015-01
"""
CURRENT = ROW.removesuffix(" delivery file row_number accepted_in")


def stayed(since: str, now: str, expected: str, differing: str = "sub") -> None:
    """March is closed. `since` are rows beside THEN; `now` says as what those are today that aren't as in THEN."""
    today = {row.split()[0]: " ".join(row.split()[:6]) for row in THEN.strip().splitlines()}
    today.update({row.split()[0]: row for row in now.strip().splitlines()})
    shows(
        "ledger",
        "subscriptions_stayed",
        f"subscription_id customer_id end_date row_number\n{expected}",
        {
            "last_closed": "last_period\n 2015-03",
            "differing_subscriptions": "\n".join(["subscription_id", *differing.split()]),
            "subscriptions": f"{ROW}\n{THEN}\n{since}",
            "current_subscriptions": "\n".join([CURRENT, *today.values()]),
        },
    )


OF_A = "sub a - 2\n beside a - 3"


@pytest.mark.parametrize(
    "row",
    [
        "beside b EA EMS 2014-01-01 -",
        "beside a MOSA EMS 2014-01-01 -",
        "beside a EA O365 2014-01-01 -",
        "beside a EA EMS 2014-01-02 -",
        "beside a EA EMS 2014-01-01 2015-05-31",
    ],
    ids=["customer", "program", "service", "start", "end"],
)
def test_all_of_a_customer_are_as_they_were_where_any_of_them_has_changed(row: str) -> None:
    stayed(f"{row} 2015-04 s 9 2015-04", row, OF_A)


@pytest.mark.parametrize(
    ("since", "now"),
    [
        ("beside a EA EMS 2014-01-01 - 2015-04 s 9 2015-04", "beside a EA EMS 2014-01-01 -"),
        ("far c EA EMS 2014-01-01 - 2015-04 s 9 2015-04", "far c EA EMS 2014-01-01 -"),
        ("new a EA O365 2014-01-01 - 2015-04 s 9 2015-04", "new a EA O365 2014-01-01 -"),
        ("beside b EA EMS 2014-01-01 - 2015-01 r 9 2015-03", "beside a EA EMS 2014-01-01 -"),
    ],
    ids=["the same again", "only of a customer where nothing differs", "only a new one", "only before the closing"],
)
def test_none_where_none_has_changed(since: str, now: str) -> None:
    stayed(since, now, "")


@pytest.mark.parametrize(
    "before",
    [
        "beside a EA EMS 2014-01-01 2015-06-30 2015-02 a 5 2015-02",
        """
        beside a EA EMS 2014-01-01 -          2015-02 a 9 2015-02
        beside a EA EMS 2014-01-01 2015-06-30 2015-02 b 5 2015-02
        """,
        """
        beside a EA EMS 2014-01-01 -          2015-02 b 4 2015-02
        beside a EA EMS 2014-01-01 2015-06-30 2015-02 b 5 2015-02
        """,
    ],
    ids=["delivery", "file", "row"],
)
def test_one_that_is_again_what_it_was_before_the_last_version_of_then_has_changed(before: str) -> None:
    again = "beside a EA EMS 2014-01-01 -"
    stayed(f"{before}\n {again} 2015-04 s 9 2015-04", again, "sub a - 2\n beside a 2015-06-30 5")


def test_one_that_is_what_it_was_at_the_closing_has_not_changed_whatever_it_was_before() -> None:
    again = "beside a EA EMS 2014-01-01 -"
    stayed(
        f"""
        beside a EA EMS 2014-01-01 2015-06-30 2015-02 a 5 2015-02
        {again} 2015-03 a 5 2015-03
        {again} 2015-04 s 9 2015-04
        """,
        again,
        "",
    )


def test_one_that_joined_the_customer_stayed_where_it_was() -> None:
    """So of the customer that it joined all are there, but not it; and of its own, where something differs too."""
    joins = "other a EA O365 2014-01-01 -"
    stayed(f"{joins} 2015-04 s 9 2015-04", joins, OF_A)
    stayed(f"{joins} 2015-04 s 9 2015-04", joins, f"{OF_A}\n other b - 4", differing="sub other")


def test_one_that_is_new_is_as_it_is_today() -> None:
    """Its last version counts, where another of its customer has changed."""
    stayed(
        """
        beside a EA EMS  2014-01-01 2015-05-31 2015-04 s 9  2015-04
        new    a EA O365 2014-01-01 -          2015-04 s 10 2015-04
        new    a EA O365 2014-01-01 2015-12-31 2015-05 s 2  2015-05
        """,
        "beside a EA EMS 2014-01-01 2015-05-31\n new a EA O365 2014-01-01 2015-12-31",
        f"{OF_A}\n new a 2015-12-31 2",
    )


def test_of_several_versions_the_last_delivered_of_those_accepted_by_then_counts() -> None:
    """Of a file later in the alphabet, of a later row; one that waited until after the closing doesn't count."""
    stayed(
        """
        beside a EA EMS  2014-01-01 2015-06-30 2015-02 a 9  2015-02
        beside a EA EMS  2014-01-01 2015-07-31 2015-02 b 6  2015-03
        beside a EA EMS  2014-01-01 2015-08-31 2015-02 b 10 2015-03
        beside a EA EMS  2014-01-01 2015-09-30 2015-03 b 11 2015-04
        sub    c EA O365 2014-01-01 -          2015-01 r 3  2015-01
        """,
        "beside a EA EMS 2014-01-01 2015-09-30",
        "sub a - 2\n beside a 2015-08-31 10",
    )
