"""Where no draft can be brought back, what closed is: a posted period is never without a database to ask (P24)."""

from __future__ import annotations

from pathlib import Path

import pytest
from ledger.bench import Books, deliver_four_months, files_in

from flows.month import steps

pytestmark = pytest.mark.slow

FEBRUARY = ("--period", "2015-02")


@pytest.fixture
def cut_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Books:
    """The very first command was cut off in its first closing, once it was posted and before it was published."""
    books = Books(tmp_path)
    deliver_four_months(books)

    def cut_off(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as for_once:
        for_once.setattr(steps, "note_closing", cut_off)
        assert books.dpor("run", "--through", "2015-02", "--close", "--formats", "csv,xlsx") == 130
    assert not books.database.exists()
    return books


@pytest.mark.parametrize(
    "command",
    [("explain", "e1", *FEBRUARY), ("statement", "1100001", *FEBRUARY), ("reconcile", *FEBRUARY), ("verify",)],
    ids=lambda command: command[0],
)
def test_any_command_publishes_the_first_closing_where_and_as_it_was_asked_for(
    cut_off: Books, command: tuple[str, ...], tmp_path: Path
) -> None:
    cut_off.does(*command)
    assert "restored from the store: what a run was publishing when it was cut off" in cut_off.complained
    whole = Books(tmp_path / "whole")
    deliver_four_months(whole)
    whole.does("run", "--through", "2015-02", "--close", "--formats", "csv,xlsx")
    assert files_in(cut_off.statements) == files_in(whole.statements)
    assert cut_off.relations() == whole.relations()
    cut_off.does("verify")


def test_a_first_closing_cut_off_before_it_was_posted_leaves_nothing_to_bring_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    books = Books(tmp_path)
    deliver_four_months(books)

    def cut_off(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as for_once:
        for_once.setattr("transforms.books.store.Store.close", cut_off)
        assert books.dpor("run", "--through", "2015-02", "--close", "--formats", "csv,xlsx") == 130
    books.does("status")
    assert books.complained == ""
    assert "Drafted   none" in books.said
    books.does("run", *FEBRUARY)
    assert list(books.statements.rglob("*.xlsx")) == []


def test_where_the_statements_went_is_lost_too_the_database_comes_back_alone(closed: Books) -> None:
    closed.database.unlink()
    closed.database.with_suffix(".published.json").unlink()
    before = files_in(closed.statements)
    closed.does("statement", "1100001", "--period", "2015-04")
    assert f"restored from the store: {closed.database}" in closed.complained
    closed.does("statement", "1100001", "--period", "2015-04")
    assert closed.complained == ""
    assert files_in(closed.statements) == before
    closed.does("run", "--period", "2015-05")
    closed.does("verify")


@pytest.fixture
def stale(closed: Books) -> Books:
    """May was drafted, and then delivered anew: taken in, but not drafted, since June's delivery was refused."""
    closed.deliver("2015-05", assigned_seats="subscription_id snapshot_date assigned_seats\n f1 2015-05-31 9")
    rows = "\n".join(f"f1 2015-06-31 {seats}" for seats in range(30))
    closed.deliver("2015-06", assigned_seats=f"subscription_id snapshot_date assigned_seats\n{rows}")
    assert closed.dpor("run") == 3
    return closed


def test_a_stale_draft_is_to_be_drafted_anew_and_not_closed(stale: Books) -> None:
    stale.does("status")
    assert "Next      dpor check --period 2015-05" in stale.said
    assert stale.complained == ""
    assert stale.dpor("close", "--period", "2015-05") == 4


def test_statements_of_a_stale_draft_name_the_command_that_drafts_these_books_anew(stale: Books) -> None:
    (stale.statements / "2015-05" / "summary.txt").unlink()
    stale.does("statement", "1100001", "--period", "2015-04")
    assert (
        f"`dpor run --period 2015-05 --db {stale.database} --deliveries {stale.deliveries} --out {stale.statements}`"
        " drafts it anew"
    ) in stale.complained


def test_the_database_of_a_stale_draft_comes_back_as_of_the_last_closing(stale: Books) -> None:
    stale.database.unlink()
    stale.does("statement", "1100001", "--period", "2015-04")
    assert f"restored from the store: {stale.database}" in stale.complained
    assert stale.rows("select run_period, run_state from policy") == [("2015-04", "CLOSED")]
    stale.does("reconcile", "--period", "2015-03")
    assert stale.complained == ""
    stale.does("verify")


def test_statements_of_a_stale_draft_stay_lost_and_that_is_said(stale: Books) -> None:
    (stale.statements / "2015-05" / "1100001.csv").unlink()
    stale.does("status")
    assert "not restored from the store: 1 of the files in" in stale.complained
    assert (
        "deliveries have been taken in anew since 2015-05 was drafted: `dpor run --period 2015-05" in stale.complained
    )
    stale.does("run", "--period", "2015-05")
    stale.does("status")
    assert stale.complained == ""


def test_nothing_is_brought_back_of_other_deliveries_than_were_closed(closed: Books) -> None:
    (closed.store / "deliveries" / "2015-05").rename(closed.folder / "may")
    (closed.store / "deliveries" / "2015-04").rename(closed.folder / "april")
    closed.database.unlink()
    assert closed.dpor("statement", "1100001", "--period", "2015-04") == 2
    assert "deliveries that it was closed with are missing: `dpor verify" in closed.complained
    assert not closed.database.exists()
    assert closed.dpor("verify") == 5
    (closed.folder / "april").rename(closed.store / "deliveries" / "2015-04")
    closed.does("statement", "1100001", "--period", "2015-04")
