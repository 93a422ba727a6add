"""Random worlds, closed month by month: to the cent what the twin says, and provable ever after (P21 to P24).

The normal suite closes a few months of two worlds; with DPOR_CAMPAIGN=N, N worlds are closed for all their 17 months.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

import pytest
import twin
import worlds
from ledger.bench import CAMPAIGN, PARTNERS, Books, files_in, from_month

pytestmark = pytest.mark.slow

CAUSES_DO_NOT_ADD_UP = """
    with
    posted as (
        select period, subscription_id, incentive, mpn_id, sum(amount) as amount from statement_lines
        where statement_period < $1 group by all
    ),
    adjusted as (
        select period, subscription_id, incentive, mpn_id, sum(amount) as amount from statement_lines
        where statement_period = $1 and kind = 'ADJUSTMENT' group by all
    ),
    now as (
        select period, subscription_id, incentive, mpn_id, payable as amount from incentive_lines where period < $1
    )
    select period, subscription_id, incentive, mpn_id, posted.amount, adjusted.amount, now.amount
    from posted full join adjusted using (period, subscription_id, incentive, mpn_id)
    full join now using (period, subscription_id, incentive, mpn_id)
    where coalesce(now.amount, 0) - coalesce(posted.amount, 0) <> coalesce(adjusted.amount, 0)
"""
ODD_CAUSES = """
    select * from statement_lines
    where (kind = 'ADJUSTMENT') <> (cause is not null) or (kind = 'ADJUSTMENT' and amount = 0)
        or cause not in (
            'first_billed', 'por_changed', 'poe_passed', 'poe_failed', 'poe_pending', 'seats_changed', 'rate_changed',
            'eligibility_changed', 'subscription_changed', 'cap_changed', 'cap_reallocated'
        )
"""


FIRST_WORLD = int(os.environ.get("DPOR_FIRST_WORLD", "5000"))
WORLDS = (
    [(seed, 8, "2014-10", "2016-02", bool(seed % 2)) for seed in range(FIRST_WORLD, FIRST_WORLD + CAMPAIGN)]
    if CAMPAIGN
    else [
        (11, 8, "2015-02", "2015-05", True),
        (12, 8, "2015-12", "2016-01", False),
    ]
)


@pytest.mark.parametrize(("seed", "customers", "first", "last", "trouble"), WORLDS)
def test_every_closed_month_is_the_twins_to_the_cent_and_is_proven_again_afterwards(
    tmp_path: Path, seed: int, customers: int, first: str, last: str, trouble: bool
) -> None:
    books = Books(tmp_path)
    deliveries = from_month(worlds.random_deliveries(seed, customers, trouble=trouble), first, last)
    worlds.write_deliveries(deliveries, books.deliveries)
    ledger = twin.Ledger()
    published: dict[str, dict[str, bytes]] = {}
    for period in worlds.months(first, last):
        books.does("run", "--through", period, "--close", "--max-quarantine", "1")
        published[period] = files_in(books.statements / period)
        known = twin.resolve(worlds.accepted(deliveries, period), worlds.POLICY, period)
        ledger.post(*twin.statements(known, period, ledger))
        assert books.rows(CAUSES_DO_NOT_ADD_UP, period) == []
    assert books.rows(ODD_CAUSES) == []
    assert posted_statements(books) == sorted(ledger.statements, key=statement_key)
    assert posted_lines(books) == {line_key(line): line["amount"] for line in ledger.lines}
    assert len(posted_lines(books)) > 0
    books.does("verify")
    for period in published:
        before = books.bytes()
        books.does("run", "--period", period, "--as-known-on", period)
        folder = books.statements / f"{period}-as-known-on-{period}"
        assert files_in(folder) == published[period], period
        assert {name: content for name, content in books.bytes().items() if folder.name not in name} == before
        shutil.rmtree(folder)


def statement_key(statement: dict[str, Any]) -> tuple[str, str]:
    return statement["statement_period"], statement["mpn_id"]


def posted_statements(books: Books) -> list[dict[str, Any]]:
    columns = (
        "statement_period", "mpn_id", "earned", "cap_reduction", "adjustments", "held", "opening_balance", "payment",
        "closing_balance", "state",
    )  # fmt: skip
    rows = books.rows(f"select {', '.join(columns)} from statements order by statement_period, mpn_id")
    return [dict(zip(columns, row, strict=True)) for row in rows]


def line_key(line: dict[str, Any]) -> tuple[str, ...]:
    names = ("statement_period", "kind", "period", "subscription_id", "incentive", "mpn_id")
    return tuple(line[name] for name in names)


def posted_lines(books: Books) -> dict[tuple[str, ...], Any]:
    rows = books.rows(
        "select statement_period, kind, period, subscription_id, incentive, mpn_id, sum(amount) from statement_lines"
        " group by all"
    )
    return {tuple(row[:6]): row[6] for row in rows}


def test_what_was_known_then_is_asked_of_closed_periods_only(closed: Books) -> None:
    assert closed.dpor("run", "--period", "2015-05", "--as-known-on", "2015-05") == 2
    assert "2015-02 to 2015-04" in closed.complained
    assert closed.dpor("run", "--as-known-on", "2015-02") == 2
    assert closed.dpor("run", "--as-known-on", "") == 2


def test_a_later_delivery_tells_another_story_of_an_earlier_period(closed: Books) -> None:
    """March, as known in April: R's proof is there, and its 500.00 is paid."""
    closed.does("run", "--period", "2015-03", "--as-known-on", "2015-04")
    database = closed.folder / "dpor.2015-03-as-known-on-2015-04.duckdb"
    assert database.exists()
    said = "2015-03 as known on 2015-04, never posted, amounts in USD\n"
    assert closed.said.startswith(said)
    folder = closed.statements / "2015-03-as-known-on-2015-04"
    assert (folder / "summary.txt").read_text(encoding="utf-8").startswith(said)
    page = (folder / "summary.html").read_text(encoding="utf-8")
    assert "As known on 2015-04, never posted" in page
    assert "dpor close" not in page
    assert "Draft" not in page
    aside = Books(closed.folder)
    aside.database = database
    aside.shows(
        "select * from statements where statement_period = '2015-03'",
        "mpn_id earned held payment\n R 500.00 0.00 500.00\n L 0.00 0.00 0.00\n C 0.00 0.00 0.00",
    )
    closed.shows("select * from statements where statement_period = '2015-03' and held > 0", "mpn_id held\n R 500.00")
    for asked in (("statement", PARTNERS["R"]), ("reconcile",), ("explain", "e3")):
        aside.does(*asked, "--period", "2015-03")
        assert "as known on 2015-04, never posted" in aside.said
        assert "DRAFT" not in aside.said
    assert "That is as known on 2015-04. On statements so far:" in aside.said
    assert aside.dpor("explain", "e3", "--period", "2015-04") == 2
    assert "the database covers 2014-10 to 2015-03, as known on 2015-04\n" in aside.complained


def test_what_was_known_at_a_closing_has_the_seats_of_its_statements_without_the_store(closed: Books) -> None:
    closed.does("statement", PARTNERS["C"], "--period", "2015-02")
    waits, said = "HELD       2015-02  t1", closed.said
    assert waits in said
    closed.does("run", "--period", "2015-02", "--as-known-on", "2015-02")
    aside = Books(closed.folder)
    aside.database = closed.folder / "dpor.2015-02-as-known-on-2015-02.duckdb"
    aside.does("statement", PARTNERS["C"], "--period", "2015-02")
    assert aside.said == said


@pytest.mark.parametrize(
    "asked", [["--period", "2015-05"], ["--period", "2015-02", "--as-known-on", "2015-02"]], ids=" ".join
)
@pytest.mark.parametrize(
    ("out", "why"),
    [
        ("deliveries", "within the deliveries"),
        ("dpor.store/closed", "within the store"),
        ("dpor.store", "within the store"),
        ("dpor.duckdb", "a file"),
    ],
)
def test_statements_go_where_they_harm_nothing(closed: Books, asked: list[str], out: str, why: str) -> None:
    before = sorted(closed.folder.rglob("*"))
    closed.statements = closed.folder / out
    assert closed.dpor("run", *asked) == 2
    assert f"--out {closed.statements}: {why}" in closed.complained
    assert sorted(closed.folder.rglob("*")) == before


@pytest.mark.parametrize("period", ["2015-3", "2015-13", "march"])
def test_what_was_known_then_is_asked_of_a_period(closed: Books, period: str) -> None:
    assert closed.dpor("run", "--period", period, "--as-known-on", "2015-02") == 2
    assert f"{period}: not a period" in closed.complained
