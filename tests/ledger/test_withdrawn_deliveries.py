"""A delivery that is taken out of the folder before its period closes is no part of what closes (P22, P24)."""

from __future__ import annotations

import shutil

import pytest
from ledger.bench import Books

pytestmark = pytest.mark.slow


@pytest.fixture
def withdrawn(closed: Books) -> Books:
    """February to April closed; May was delivered, drafted, and taken out again."""
    (closed.deliveries / "2015-05").rename(closed.folder / "taken-out")
    closed.does("run", "--period", "2015-05")
    return closed


def test_it_leaves_the_store_with_the_next_run(withdrawn: Books) -> None:
    assert not (withdrawn.store / "deliveries" / "2015-05").exists()
    withdrawn.does("status")
    assert "Missing" not in withdrawn.said
    assert "dpor close --period 2015-05" in withdrawn.said


def test_its_period_closes_without_it_and_is_proven_afterwards(withdrawn: Books) -> None:
    withdrawn.does("close", "--period", "2015-05")
    withdrawn.does("verify")
    withdrawn.deliver("2015-06", assigned_seats="subscription_id snapshot_date assigned_seats\n f1 2015-05-31 5")
    withdrawn.does("run", "--period", "2015-06")
    withdrawn.shows(
        "select kind, period, amount, cause from statement_lines where statement_period >= '2015-05'",
        "kind period amount cause\n ADJUSTMENT 2015-05 50.00 seats_changed",
    )
    withdrawn.does("verify")


def test_closing_through_its_period_does_without_it_too(closed: Books) -> None:
    shutil.rmtree(closed.deliveries / "2015-05")
    closed.does("run", "--through", "2015-05", "--close")
    closed.does("verify")
    closed.does("run", "--period", "2015-06")


def test_a_later_delivery_stays_in_the_folder_and_is_taken_in_anew(closed: Books) -> None:
    closed.deliver("2015-06", assigned_seats="subscription_id snapshot_date assigned_seats\n f1 2015-06-30 8")
    closed.does("run", "--period", "2015-06")
    shutil.rmtree(closed.deliveries / "2015-05")
    closed.does("run", "--period", "2015-05")
    closed.does("run", "--period", "2015-06")
    closed.shows(
        "select delivery, count(*) as n from assigned_seats where delivery >= '2015-05' group by all",
        "delivery n\n 2015-06 1",
    )


def test_a_run_of_an_earlier_period_leaves_later_deliveries_where_they_are(closed: Books) -> None:
    closed.deliver("2015-06", assigned_seats="subscription_id snapshot_date assigned_seats\n f1 2015-06-30 8")
    closed.does("run", "--period", "2015-06")
    shutil.rmtree(closed.deliveries / "2015-06")
    closed.does("run", "--period", "2015-05")
    assert (closed.store / "deliveries" / "2015-06").exists()


def test_a_sealed_folder_without_files_is_missed_as_any_other(books: Books) -> None:
    books.deliver("2015-02", partners="mpn_id\n L")
    books.deliver("2015-03")
    books.deliver("2015-04", partners="mpn_id\n R")
    books.does("run", "--through", "2015-04", "--close")
    (books.deliveries / "2015-03").rmdir()
    books.refuses("run", "--period", "2015-05", because=["2015-03: missing, a folder without files"])
    books.deliver("2015-03")
    books.does("run", "--period", "2015-05")
    books.does("verify")


def test_what_is_next_can_be_typed_where_the_first_delivery_was_taken_out(books: Books) -> None:
    books.deliver("2015-02", partners="mpn_id\n L")
    books.deliver("2015-03", partners="mpn_id\n R")
    books.does("run", "--period", "2015-03")
    shutil.rmtree(books.deliveries / "2015-02")
    books.does("status")
    assert "Next      dpor check --period 2015-03" in books.said
    books.does("run", "--period", "2015-03")
    shutil.rmtree(books.deliveries / "2015-03")
    books.does("status")
    assert "Next      put a delivery into the folder" in books.said
