"""What the check of delivered rows shows: files whose rows end nowhere, or twice."""

from __future__ import annotations

import pytest
from relations.bench import shows

from schemas.feeds import FEEDS

SHOWN = "delivery file rows_read accepted duplicates quarantined"
LOG = f"feed {SHOWN}"
ACCEPTED = "feed delivery file accepted_in"
ASIDE = "feed delivery file"
ENDS = {
    "intake_log": LOG + "".join(f"\n {feed} 2015-06 {feed}.csv 8 1 5 2" for feed in FEEDS),
    "quarantine": ASIDE + "".join(f"\n {feed} 2015-06 {feed}.csv" * 2 for feed in FEEDS),
    "accepted_rows": ACCEPTED
    + "".join(f"\n {feed} 2015-06 {feed}.csv {month}" for feed in FEEDS for month in ("2015-06", "2015-07")),
}
"""Of eight rows of a file one is accepted and five are duplicates; of two set aside one is accepted later."""


def check(expected: str, **given: str) -> None:
    shows("checks", "rows_are_accounted_for", f"{SHOWN} {expected}", {**ENDS, **given})


def file(log: str, accepted: str = "", quarantined: str = "") -> dict[str, str]:
    """Files of partners, and nothing else."""
    return {
        "intake_log": of_partners(LOG, log),
        "accepted_rows": of_partners(ACCEPTED, accepted),
        "quarantine": of_partners(ASIDE, quarantined),
    }


def of_partners(header: str, rows: str) -> str:
    return "\n".join([header, *(f"partners {row}" for row in rows.splitlines())])


def test_the_rows_of_each_feeds_file_end_once() -> None:
    check("")


def test_a_file_without_rows_and_one_of_duplicates_only_need_no_row_elsewhere() -> None:
    check("", **file("2015-06 p.csv 0 0 0 0"))
    check("", **file("2015-06 p.csv 7 0 7 0"))


@pytest.mark.parametrize("feed", FEEDS)
def test_an_accepted_row_that_is_not_in_its_feed_or_is_there_twice_is_shown(feed: str) -> None:
    shown = f"\n 2015-06 {feed}.csv 8 1 5 2"
    own = f"\n {feed} 2015-06 {feed}.csv 2015-06"
    check(shown, accepted_rows=ENDS["accepted_rows"].replace(own, ""))
    check(shown, accepted_rows=ENDS["accepted_rows"] + own)


def test_a_file_of_which_no_accepted_row_is_there_is_shown() -> None:
    check("\n 2015-06 p.csv 1 1 0 0", **file("2015-06 p.csv 1 1 0 0"))


def test_a_row_accepted_by_a_later_delivery_is_none_that_its_own_accepted() -> None:
    check("\n 2015-06 p.csv 1 1 0 0", **file("2015-06 p.csv 1 1 0 0", "2015-06 p.csv 2015-07"))
    check("", **file("2015-06 p.csv 1 0 0 1", "2015-06 p.csv 2015-07", "2015-06 p.csv"))


def test_a_row_set_aside_that_is_not_in_quarantine_or_is_there_twice_is_shown() -> None:
    shown = "\n 2015-06 p.csv 1 0 0 1"
    check(shown, **file("2015-06 p.csv 1 0 0 1"))
    check(shown, **file("2015-06 p.csv 1 0 0 1", quarantined="2015-06 p.csv\n 2015-06 p.csv"))


def test_a_row_accepted_and_set_aside_as_well_is_shown() -> None:
    check("\n 2015-06 p.csv 1 1 0 0", **file("2015-06 p.csv 1 1 0 0", "2015-06 p.csv 2015-06", "2015-06 p.csv"))


@pytest.mark.parametrize("read", [2, 4])
@pytest.mark.parametrize(
    ("ends", "accepted", "quarantined"),
    [("3 0 0", "2015-06 p.csv 2015-06\n" * 3, ""), ("0 3 0", "", ""), ("0 0 3", "", "2015-06 p.csv\n" * 3)],
    ids=["accepted", "duplicates", "set aside"],
)
def test_a_row_read_that_ends_nowhere_and_one_that_ends_and_was_not_read_are_shown(
    read: int, ends: str, accepted: str, quarantined: str
) -> None:
    log = f"2015-06 p.csv {read} {ends}"
    check(f"\n {log}", **file(log, accepted, quarantined))


def test_files_of_another_name_or_another_delivery_do_not_make_up_for_each_other() -> None:
    both = "2015-06 p.csv 2 1 0 1\n 2015-06 q.csv 2 1 0 1\n 2015-05 p.csv 2 1 0 1"
    accepted = "2015-06 p.csv 2015-06\n 2015-06 q.csv 2015-06\n 2015-05 p.csv 2015-05"
    aside = "2015-06 p.csv\n 2015-06 q.csv\n 2015-05 p.csv"
    check("", **file(both, accepted, aside))
    check(
        """
            2015-06  p.csv  2  1  0  1
            2015-06  q.csv  2  1  0  1
        """,
        **file(both, accepted.replace("q.csv", "p.csv"), aside),
    )
    check(
        """
            2015-06  p.csv  2  1  0  1
            2015-05  p.csv  2  1  0  1
        """,
        **file(both, accepted, aside.replace("2015-05", "2015-06")),
    )


def test_rows_in_the_table_or_quarantine_of_another_feed_are_not_those_of_the_file() -> None:
    partners = file("2015-06 p.csv 2 1 0 1", "2015-06 p.csv 2015-06", "2015-06 p.csv")
    log = "\n 2015-06 p.csv 2 1 0 1"
    elsewhere = {"accepted_rows": f"{ACCEPTED}\n customers 2015-06 p.csv 2015-06"}
    check(f"{log}\n 2015-06 p.csv - - - -", **{**partners, **elsewhere})
    aside = {"quarantine": f"{ASIDE}\n customers 2015-06 p.csv"}
    check(f"{log}\n 2015-06 p.csv - - - -", **{**partners, **aside})


@pytest.mark.parametrize("feed", FEEDS)
def test_rows_of_a_file_that_was_not_read_are_shown(feed: str) -> None:
    shown = "\n 2015-06 new.csv - - - -"
    check(shown, accepted_rows=f"{ENDS['accepted_rows']}\n {feed} 2015-06 new.csv 2015-06")
    check(shown, quarantine=f"{ENDS['quarantine']}\n {feed} 2015-06 new.csv")
