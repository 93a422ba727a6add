"""Periods close in order, once and for good (P23, P24); what can't close is refused with the way out."""

from __future__ import annotations

import csv
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from ledger.bench import PARTNERS, Books, deliver_four_months, unlike

from flows.month.steps import CLOSING_RUN
from flows.month.walking import this_run, walk
from schemas.problems import Refused
from transforms.books.store import Store

pytestmark = pytest.mark.slow


def test_no_month_is_worked_out_again_that_is_years_after_the_delivery(closed: Books) -> None:
    assert closed.dpor("run", "--period", "2061-01", "--as-known-on", "2015-03") == 2
    assert "2061-01: more than 10 years after the last delivery, 2015-03" in closed.complained


def test_the_first_delivery_closes_first_and_earlier_lines_become_adjustments(closed: Books) -> None:
    closed.shows(
        "select * from statement_lines",
        """
            statement_period kind       period  subscription_id mpn_id amount  cause
            2015-02          ADJUSTMENT 2015-01 e1              L      300.00  first_billed
            2015-02          CURRENT    2015-02 e1              L      300.00  -
            2015-03          ADJUSTMENT 2015-02 e1              L      -250.00 seats_changed
            2015-04          ADJUSTMENT 2015-03 e3              R      500.00  poe_passed
            2015-04          CURRENT    2015-04 e3              R      150.00  -
            2015-04          CURRENT    2015-04 f1              L      400.00  -
            2015-05          CURRENT    2015-05 f1              L      50.00   -
        """,
    )


def test_a_correction_of_a_month_before_the_first_closed_stands_in_the_statements_file(closed: Books) -> None:
    """January was never closed by itself: February's closing posted it."""
    closed.deliver(
        "2015-05",
        "_late",
        assigned_seats="""
            subscription_id  snapshot_date  exported_at           assigned_seats
            e1               2015-01-31     2015-05-06T00:00:00Z  29
        """,
    )
    closed.does("run", "--period", "2015-05")
    with (closed.statements / "2015-05" / f"{PARTNERS['L']}.csv").open(encoding="utf-8") as file:
        items = list(csv.DictReader(file))
    assert [(row["Payment Type"], row["Paid"]) for row in items if row["Report Period"] == "2015-01"] == [
        ("ADJUSTMENT", "-10.00")
    ]
    [(payment,)] = closed.rows(
        "select payment from statements where statement_period = '2015-05' and mpn_id = $1", PARTNERS["L"]
    )
    assert sum(Decimal(row["Paid"]) for row in items) == payment


def test_an_earlier_period_than_the_first_deliverys_never_closes(books: Books) -> None:
    deliver_four_months(books)
    books.does("run", "--period", "2015-02")
    books.refuses("close", "--period", "2015-03", because=["2015-02 is still open", "--through 2015-03 --close"])
    assert books.dpor("close", "--period", "2015-01") in (2, 4)
    assert books.dpor("run", "--through", "2015-01", "--close") in (2, 4)
    assert not (books.store / "closed").exists()


def test_a_draft_closes_as_it_was_published(closed: Books) -> None:
    drafted = closed.rows("select * exclude (state) from statements order by all")
    lines = closed.rows("select * from statement_lines order by all")
    closed.does("close", "--period", "2015-05")
    assert closed.rows("select * exclude (state) from statements order by all") == drafted
    assert closed.rows("select * from statement_lines order by all") == lines
    assert closed.rows("select distinct state from statements") == [("CLOSED",)]
    assert "CLOSED" in (closed.statements / "2015-05" / "summary.csv").read_text(encoding="utf-8")


def test_a_closed_period_neither_runs_nor_closes_again(closed: Books) -> None:
    way_out = ["2015-04 is the last closed", "dpor run --period 2015-05"]
    for period in ("2015-02", "2015-03", "2015-04"):
        closed.refuses("run", "--period", period, because=[f"{period}: closed for good", *way_out])
        closed.refuses("close", "--period", period, because=[f"{period}: closed for good", *way_out])


def test_a_later_period_waits_for_the_one_before(closed: Books) -> None:
    closed.deliver("2015-06")
    closed.refuses(
        "close", "--period", "2015-06", because=["2015-05 is still open", "dpor close --period 2015-05", "--through"]
    )


def test_no_way_of_running_closes_a_later_period_first(closed: Books) -> None:
    """As a form of Prefect's does it: the run's own steps see to the order, whoever walks them."""
    closed.deliver("2015-06", partners="mpn_id\n R")
    later = this_run(Store(closed.database), closed.deliveries, closed.statements, "2015-06")
    later.closes = True
    before = closed.bytes()
    with (
        later.store.locked("run"),
        pytest.raises(Refused, match="2015-06: periods close in order, and 2015-05 is still"),
    ):
        walk(CLOSING_RUN, later)
    assert closed.bytes() == before


def test_another_currency_is_refused_where_balances_of_the_first_go_on(closed: Books) -> None:
    (closed.deliveries / "policy.toml").write_text('[payment]\ncurrency = "EUR"\n', encoding="utf-8")
    for command in (("run", "--period", "2015-05"), ("close", "--period", "2015-05")):
        closed.refuses(*command, because=["amounts in EUR", "2015-04 closed in USD", "put the currency back"])


def test_what_was_never_drafted_is_not_closed(closed: Books) -> None:
    closed.deliver("2015-06")
    closed.does("close", "--period", "2015-05")
    closed.refuses("close", "--period", "2015-06", because=["not drafted", "`dpor run --period 2015-06 --db"])


def test_an_earlier_draft_closes_after_a_later_one_was_made_and_the_later_is_stale_then(closed: Books) -> None:
    """June, drafted while May was open, had May's lines as adjustments."""
    closed.deliver("2015-06")
    closed.does("run", "--period", "2015-06")
    closed.does("close", "--period", "2015-05")
    closed.refuses(
        "close", "--period", "2015-06", because=["differs from its draft", "`dpor run --period 2015-06 --db"]
    )
    closed.does("run", "--period", "2015-06")
    closed.does("close", "--period", "2015-06")
    closed.shows(
        "select * from statements where statement_period >= '2015-05' and mpn_id = '1100001'",
        """
            statement_period  opening_balance  earned  adjustments  payment  state
            2015-05           150.00           50.00   0.00         200.00   CLOSED
            2015-06           0.00             0.00    0.00         0.00     CLOSED
        """,
    )


def change_a_file(closed: Books) -> None:
    closed.deliver("2015-05", assigned_seats="subscription_id snapshot_date assigned_seats\n f1 2015-05-31 6")


def add_a_file(closed: Books) -> None:
    closed.deliver("2015-05", rates="amount_per_seat valid_from\n 11.00 2015-05-01")


def take_a_file(closed: Books) -> None:
    (closed.deliveries / "2015-05" / "assigned_seats.csv").unlink()


def change_the_policy(closed: Books) -> None:
    (closed.deliveries / "policy.toml").write_text('[payment]\nminimum_payment = "300.00"\n', encoding="utf-8")


@pytest.mark.parametrize("happens", [change_a_file, add_a_file, take_a_file, change_the_policy])
def test_a_stale_draft_is_not_closed_and_a_new_run_drafts_it_anew(
    closed: Books, happens: Callable[[Books], None]
) -> None:
    happens(closed)
    closed.refuses("close", "--period", "2015-05", because=["since it was drafted", "`dpor run --period 2015-05 --db"])
    if happens is change_the_policy:
        closed.does("run", "--period", "2015-05")
        closed.shows("select * from statements where statement_period = '2015-05' and mpn_id = '1100001'",
                     "payment closing_balance\n 0.00 200.00")  # fmt: skip
        closed.does("close", "--period", "2015-05")


def test_closing_one_by_one_and_closing_through_come_to_the_same_bytes(three_closed: Books, tmp_path: Path) -> None:
    one_by_one = Books(tmp_path)
    deliver_four_months(one_by_one)
    for period in ("2015-02", "2015-03", "2015-04"):
        one_by_one.does("run", "--period", period)
        one_by_one.does("close", "--period", period)
    one_by_one.does("run", "--period", "2015-05")
    assert unlike(one_by_one.everything(), three_closed.everything()) == []


def test_a_period_before_the_first_closed_is_refused_for_just_that(closed: Books) -> None:
    closed.refuses("run", "--period", "2015-01", because=["2015-01: before 2015-02, the first period that closed"])
    assert "missing" not in closed.complained


def test_deliveries_before_the_programme_are_looked_at_but_no_such_period_runs_or_closes(books: Books) -> None:
    books.deliver("2014-08", partners="mpn_id\n L")
    books.does("check")
    assert "1 accepted" in books.said
    books.does("status")
    assert "takes in what was delivered before it; its own delivery isn't there yet" in books.said
    for arguments in (["--period", "2014-08"], ["--through", "2014-08", "--close"]):
        assert books.dpor("run", *arguments) == 2
        assert "2014-08: before the programme's first period, 2014-10" in books.complained


def test_closing_through_names_every_problem_of_every_file_at_once(books: Books) -> None:
    deliver_four_months(books)
    (books.deliveries / "2015-02" / "prtners.csv").write_text("x", encoding="utf-8")
    (books.deliveries / "2015-03" / "caps.csv").write_text("mpn_id,scope,service,fiscal_year\n", encoding="utf-8")
    (books.deliveries / "policy.toml").write_text("[dates]\ngo_live = 2015-03-02\n", encoding="utf-8")
    assert books.dpor("run", "--through", "2015-04", "--close") == 2
    for problem in ("prtners.csv: fits no feed", "2015-03/caps.csv: the column `amount`", "policy.toml: dates.go_live"):
        assert problem in books.complained
    assert not books.store.exists()


def test_the_status_names_every_draft(closed: Books) -> None:
    closed.does("run", "--period", "2015-06")
    closed.does("run", "--period", "2015-05")
    closed.does("status")
    assert "Drafted   2015-05, 2015-06; 2015-05 last\n" in closed.said
    closed.does("close", "--period", "2015-05")
    closed.does("status")
    assert "Drafted   2015-06\n" in closed.said


def test_closing_through_closes_no_period_where_a_file_of_a_later_one_cannot_be_used(books: Books) -> None:
    deliver_four_months(books)
    (books.deliveries / "2015-03" / "caps.csv").write_text("mpn_id,scope,service,fiscal_year\n", encoding="utf-8")
    assert books.dpor("run", "--through", "2015-04", "--close") == 2
    assert "2015-03/caps.csv: the column `amount`" in books.complained
    assert not books.store.exists()
