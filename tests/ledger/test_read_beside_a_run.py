"""Who reads the store holds nothing: what a run beside it does meanwhile is no damage, and what is read is whole."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from ledger.bench import Books

from transforms.books.store import Store
from transforms.books.stored import Stored

pytestmark = pytest.mark.slow


def test_a_period_that_is_closed_meanwhile_is_no_damage(closed: Books, monkeypatch: pytest.MonkeyPatch) -> None:
    """2015-05 closes between any two looks of the reader."""
    noted = Store.published_last
    open_still = [True]

    def while_another_closes(store: Store) -> dict[str, Any] | None:
        if open_still:
            open_still.clear()
            closed.does("close", "--period", "2015-05")
        return noted(store)

    monkeypatch.setattr(Store, "published_last", while_another_closes)
    assert [closing.period for closing in Store(closed.database).closed()][-1] == "2015-05"


def test_a_delivery_that_is_taken_out_meanwhile_ends_the_list(
    closed: Books, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = Store._read
    there = [delivery.period for delivery in Store(closed.database).deliveries()]

    def while_another_takes_the_last_out(store: Store, folder: Path) -> Stored:
        if folder.name == there[-1]:
            folder.rename(tmp_path / "out")
        return read(store, folder)

    monkeypatch.setattr(Store, "_read", while_another_takes_the_last_out)
    assert [delivery.period for delivery in Store(closed.database).deliveries()] == there[:-1]


def test_books_whose_names_differ_after_a_dot_are_two(tmp_path: Path) -> None:
    roots = [Store(tmp_path / name).root.name for name in ("b.2014", "b.trial", "b", "b.duckdb")]
    assert roots == ["b.2014.store", "b.trial.store", "b.store", "b.store"]
