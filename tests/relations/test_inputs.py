"""What a run reads from the store beside the accepted rows: the log, the quarantine, what was released since."""

from __future__ import annotations

from pathlib import Path

import pytest
from relations.bench import parquet, shows, shows_in_order

from schemas.feeds import FEEDS


def test_the_log_is_in_the_order_of_deliveries_feeds_and_files(tmp_path: Path) -> None:
    log = """
        delivery  feed  file   sha256  rows_read  accepted  duplicates  quarantined
        2015-06   a     a.csv  h5      5          5         0           0
        2015-05   b     a.csv  h4      4          4         0           0
        2015-05   a     b.csv  h3      3          3         0           0
        2015-05   a     a.csv  h2      2          2         0           0
    """
    shows_in_order(
        "inputs",
        "intake_log",
        "delivery feed file rows_read\n 2015-05 a a.csv 2\n 2015-05 a b.csv 3\n 2015-05 b a.csv 4\n 2015-06 a a.csv 5",
        {},
        files=[parquet(tmp_path / "log.parquet", log)],
    )


def test_the_quarantine_is_in_the_order_of_what_came_and_says_which_delivery_accepted_a_row_since(
    tmp_path: Path,
) -> None:
    quarantine = """
        delivery  feed  file   row_number  column_name  reason  detail  raw
        2015-06   a     a.csv  2           -            -       -       r6
        2015-05   b     a.csv  2           -            -       -       r5
        2015-05   a     b.csv  2           -            -       -       r4
        2015-05   a     a.csv  3           -            -       -       r3
        2015-05   a     a.csv  2           -            -       -       r2
    """
    shows_in_order(
        "inputs",
        "quarantine",
        """
            delivery  feed  file   row_number  raw  released_by
            2015-05   a     a.csv  2           r2   2015-06
            2015-05   a     a.csv  3           r3   -
            2015-05   a     b.csv  2           r4   -
            2015-05   b     a.csv  2           r5   -
            2015-06   a     a.csv  2           r6   -
        """,
        {"released_rows": "delivery feed file row_number accepted_in\n 2015-05 a a.csv 2 2015-06"},
        files=[parquet(tmp_path / "quarantine.parquet", quarantine)],
    )


ACCEPTED = """
    delivery  file   row_number  accepted_in
    2015-05   a.csv  2           2015-05
    2015-05   a.csv  3           2015-06
"""


@pytest.mark.parametrize("feed", FEEDS)
def test_the_accepted_rows_of_each_feed_are_among_those_of_all(feed: str) -> None:
    shows(
        "inputs",
        "accepted_rows",
        f"feed delivery file row_number accepted_in\n {feed} 2015-05 a.csv 2 2015-05\n {feed} 2015-05 a.csv 3 2015-06",
        {name: ACCEPTED if name == feed else "delivery file row_number accepted_in" for name in FEEDS},
    )


def test_a_row_that_another_delivery_accepted_than_its_own_is_released() -> None:
    accepted = "feed delivery file row_number accepted_in\n a 2015-05 a.csv 2 2015-05\n b 2015-05 a.csv 3 2015-06"
    released = "feed delivery file row_number accepted_in\n b 2015-05 a.csv 3 2015-06"
    shows("inputs", "released_rows", released, {"accepted_rows": accepted})
