"""`dpor statement` of a closed month: what was posted and sent, whatever came to light since."""

from __future__ import annotations

import csv
import json
import shutil
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from ledger.bench import PARTNERS, Books, deliver_four_months

from transforms.answers.one_statement import _aligned, _item

pytestmark = pytest.mark.slow

SHOWN = ("kind", "period", "subscription_id", "incentive", "assigned_seats", "earned", "amount", "cause")
SENT = (
    *("Payment Type", "Report Period", "Subscription ID", "Incentive"),
    *("Assigned Seats", "Earned", "Paid", "Reason"),
)


@pytest.fixture
def books(tmp_path: Path) -> Books:
    """February to April closed one after the other, May drafted; March told February's seats anew."""
    books = Books(tmp_path)
    deliver_four_months(books)
    books.does("run", "--through", "2015-04", "--close")
    books.does("run", "--period", "2015-05")
    return books


def shown(books: Books, partner: str, period: str) -> list[dict[str, Any]]:
    books.does("statement", PARTNERS.get(partner, partner), "--period", period, "--json")
    return list(json.loads(books.said)["items"])


def current(books: Books, period: str) -> list[tuple[Any, ...]]:
    """Seats, earned and paid of L's lines of the period itself."""
    items = [item for item in shown(books, "L", period) if item["kind"] == "CURRENT"]
    return [(item["assigned_seats"], item["earned"], item["amount"]) for item in items]


def told(item: dict[str, Any], names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple("" if item[name] is None else str(item[name]) for name in names)


def test_a_closed_statement_shows_what_its_file_says(books: Books) -> None:
    assert current(books, "2015-02") == [(30, "300.00", "300.00")]
    assert books.rows("select assigned_seats from incentive_lines where period = '2015-02' and status = 'PAYABLE'") == [
        (5,)
    ]
    compared = 0
    for period, mpn_id in books.rows("select statement_period, mpn_id from statements where state = 'CLOSED'"):
        with (books.statements / period / f"{mpn_id}.csv").open(encoding="utf-8", newline="") as file:
            rows = [row for row in csv.DictReader(file) if row["Payment Type"] in ("CURRENT", "ADJUSTMENT")]
        sent = sorted(told(row, SENT) for row in rows)
        assert sorted(told(item, SHOWN) for item in shown(books, mpn_id, period)) == sent
        compared += len(sent)
    assert compared > 3


def test_what_waited_then_is_shown_though_it_waits_no_more(books: Books) -> None:
    books.does("statement", PARTNERS["C"], "--period", "2015-02", "--json")
    statement = json.loads(books.said)
    assert [(line["subscription_id"], line["assigned_seats"], line["earned"]) for line in statement["held"]] == [
        ("t1", 70, "700.00")
    ]
    assert statement["statement"]["held"] == "700.00"
    books.does("statement", PARTNERS["R"], "--period", "2015-03")
    assert "HELD       2015-03  e3" in books.said
    books.does("statement", PARTNERS["R"], "--period", "2015-04")
    assert "HELD" not in books.said


@pytest.mark.parametrize("name", ["posted_states", "posted_rates"])
def test_a_closing_that_is_damaged_is_named(books: Books, name: str) -> None:
    path = books.store / "closed" / "2015-02" / f"{name}.parquet"
    path.write_bytes(path.read_bytes()[:40])
    assert books.dpor("statement", PARTNERS["L"], "--period", "2015-02") == 4
    assert f"{path}: changed" in books.complained
    assert "Traceback" not in books.complained
    books.does("statement", PARTNERS["L"], "--period", "2015-05")


def test_a_database_without_its_store_does_not_know_what_was_counted(books: Books, tmp_path: Path) -> None:
    alone = Books(tmp_path / "alone")
    alone.folder.mkdir()
    shutil.copy(books.database, alone.database)
    assert current(alone, "2015-02") == [(None, None, "300.00")]
    alone.does("statement", PARTNERS["L"], "--period", "2015-02")
    assert alone.said.endswith("are in the store of the closings, which isn't here.\n")
    assert current(alone, "2015-05") == current(books, "2015-05") == [(5, "50.00", "50.00")]


def test_who_came_to_light_since_a_closing_is_said_to_stand_on_later_statements(books: Books) -> None:
    assert books.dpor("statement", PARTNERS["R"], "--period", "2015-02") == 2
    assert "no line and no balance when it closed; what has come to light since is on later" in books.complained
    assert books.dpor("statement", PARTNERS["C"], "--period", "2015-05") == 0


def test_figures_of_a_statement_touch_neither_each_other_nor_a_long_name() -> None:
    item = {"period": "2015-05", "subscription_id": "s", "assigned_seats": 10_000_000}
    wide = item | {"incentive": "AN_INCENTIVE_OF_ITS_OWN", "earned": Decimal("1000000000.00")}
    heads, line = _aligned([("", *(["Heads"] * 7)), _item("CURRENT", wide, "-1,000,000,000.00", "")])
    assert line.split()[-4:] == ["AN_INCENTIVE_OF_ITS_OWN", "10,000,000", "1,000,000,000.00", "-1,000,000,000.00"]
    assert heads.split()[-1] == "Heads"
    assert "  " in heads
