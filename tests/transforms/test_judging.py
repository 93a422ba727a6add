"""Judging in shares, and only what is doubtful, comes to what judging all rows at once comes to."""

from __future__ import annotations

import random
from datetime import date, datetime
from typing import Any

import polars as pl
import pytest

from schemas.feeds import FEEDS
from transforms.intake import judging
from transforms.intake.judging import judge
from transforms.intake.staged import POSITION
from transforms.intake.verdicts import Known, verdicts

FORMS = FEEDS["osa_forms"]
KNOWN = Known(
    partners=pl.LazyFrame({"mpn_id": ["1", "2"]}),
    customers=pl.LazyFrame({"customer_id": ["a", "b"]}),
    subscriptions=pl.LazyFrame(
        {
            "subscription_id": ["s", "s", "t"],
            "service": ["O365", "EMS", "O365"],
            "delivery": ["2014-10", "2014-11", "2014-10"],
            "file": ["f"] * 3,
            "row_number": [2, 2, 3],
        }
    ),
    claims=pl.LazyFrame(schema={"claim_id": pl.String, "mpn_id": pl.String}),
)


def some_rows(feed: str, rng: random.Random, count: int, delivery: str) -> pl.DataFrame:
    words: dict[str, list[Any]] = {
        "form_id": [f"k{i}" for i in range(count)],
        "event_id": [f"k{i}" for i in range(count)],
        "mpn_id": ["1", "2", "2", "9"],
        "customer_id": ["a", "b", "b", "z"],
        "subscription_id": ["s", "t", "t", "z"],
        "portal": ["OFFICE", "INTUNE"],
        "partner_name": ["x", "y"],
        "snapshot_date": [date(2015, month, 1) for month in (1, 2, 3)],
        "exported_at": [datetime(2015, 3, day) for day in (1, 2, 3, 4)],
        "assigned_seats": [5, 6],
    }
    rows = [
        {name: rng.choice(words.get(name, [None])) for name in FEEDS[feed].columns}
        | {"delivery": delivery, "file": "f", "row_number": number}
        for number in range(count)
    ]
    position = {"delivery": pl.String(), "file": pl.String(), "row_number": pl.Int64()}
    return pl.DataFrame(rows, {**FEEDS[feed].dtypes, **position}).with_columns(
        pl.col(pl.Date).fill_null(date(2015, 3, 1))
    )


@pytest.mark.parametrize("feed", ["osa_forms", "dpor_attachments", "partners", "assigned_seats"])
@pytest.mark.parametrize("at_once", [3, 1_000_000])
@pytest.mark.parametrize("few", [0, 30, 100_000])
def test_the_verdicts_are_those_of_all_rows_together(
    monkeypatch: pytest.MonkeyPatch, feed: str, at_once: int, few: int
) -> None:
    monkeypatch.setattr(judging, "AT_ONCE", at_once)
    monkeypatch.setattr(judging, "FEW", few)
    for seed in range(5):
        rng = random.Random(seed)
        before = some_rows(feed, rng, 30, "2014-10").unique(FEEDS[feed].key[0]).sort(POSITION)
        asking = some_rows(feed, rng, 60, "2014-11")
        due = verdicts(asking, before.lazy(), FEEDS[feed], KNOWN)["verdict"].to_list()
        assert judge(asking.lazy(), before.lazy(), FEEDS[feed], KNOWN).to_list() == due
        assert len(set(due)) > 1


def test_no_rows_get_no_verdicts() -> None:
    none = some_rows("osa_forms", random.Random(0), 1, "2014-11").clear().lazy()
    assert judge(none, none, FORMS, KNOWN).to_list() == []
