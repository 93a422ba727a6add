"""A large delivery is checked in batches: what becomes of a row does not hang on where one ends."""

from __future__ import annotations

from pathlib import Path

import pytest
from intake.desk import MASTER_DATA, Desk, csv_of

from schemas.feeds import FEEDS
from schemas.policy import default_policy
from transforms.intake import judging, staging
from transforms.reading.survey import survey


@pytest.mark.parametrize("rows", [1, 250_000])
def test_each_row_gets_its_own_verdict_wherever_its_batch_ends(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, rows: int
) -> None:
    """Files of one, three and two rows, each a batch of its own where a single row fills one."""
    monkeypatch.setattr(staging, "BATCH_ROWS", rows)
    monkeypatch.setattr(judging, "AT_ONCE", rows)
    desk.deliver("2015-03", **MASTER_DATA)
    one, two, none = {"assigned_seats": "1"}, {"assigned_seats": "2"}, {"assigned_seats": "x"}
    unknown = {"subscription_id": "nobody"}
    for name, seats in (
        ("a", [one]),
        ("b", [{**one, **unknown}, one, {**two, "subscription_id": "i1"}]),
        ("c", [two, none, {**two, **unknown}]),
    ):
        desk.file("2015-03", f"assigned_seats-{name}.csv", csv_of("assigned_seats", seats))
    desk.take_in()
    assert desk.set_aside() == [
        "2015-03/assigned_seats-b.csv 2: unknown_subscription subscription_id",
        "2015-03/assigned_seats-c.csv 2: conflicting_duplicate exported_at",
        "2015-03/assigned_seats-c.csv 3: bad_type assigned_seats",
        "2015-03/assigned_seats-c.csv 4: unknown_subscription subscription_id",
    ]
    assert [line for line in desk.counts() if "seats" in line] == [
        "2015-03/assigned_seats-a.csv: 1 = 1 + 0 + 0",
        "2015-03/assigned_seats-b.csv: 3 = 1 + 1 + 1",
        "2015-03/assigned_seats-c.csv: 3 = 0 + 0 + 3",
    ]
    assert desk.rows("select file, row_number, raw from quarantine order by all") == [
        ("assigned_seats-b.csv", 2, "nobody,2015-03-31,2015-03-31T12:00:00Z,100,1"),
        ("assigned_seats-c.csv", 2, "e3,2015-03-31,2015-03-31T12:00:00Z,100,2"),
        ("assigned_seats-c.csv", 3, "e3,2015-03-31,2015-03-31T12:00:00Z,100,x"),
        ("assigned_seats-c.csv", 4, "nobody,2015-03-31,2015-03-31T12:00:00Z,100,2"),
    ]


def test_batches_that_are_checked_beside_one_another_stay_in_the_order_of_their_files(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(staging, "BATCH_ROWS", 1)
    names = [f"customers-{letter}.csv" for letter in "abcdefg"]
    for name in names:
        desk.file("2015-03", name, csv_of("customers", [{"customer_id": name[-5]}]))
    aside = tmp_path / "aside"
    aside.mkdir()
    staged = staging.stage(survey(desk.deliveries, None), default_policy(), aside)
    assert [part.file for part in staged.of("2015-03", FEEDS["customers"])] == names
