"""A check that is broken is told by how many rows break it and the first of them, however many they are."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

import duckdb
import pytest

from transforms.database.finishing import broken_checks


def told(folder: Path, monkeypatch: pytest.MonkeyPatch, **checks: str) -> list[str]:
    (folder / "checks").mkdir()
    for name, text in checks.items():
        (folder / "checks" / f"{name}.sql").write_text(f"-- Guards against a loss.\n{text}\n", encoding="utf-8")
    monkeypatch.setattr("transforms.database.warehouse.SQL", folder)
    with duckdb.connect() as con:
        return [*broken_checks(con)]


def test_the_first_rows_are_told_in_their_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert told(
        tmp_path,
        monkeypatch,
        all_is_well="select 1 as one where false",
        one_is_not="select 'a' as mpn_id, null as mpn_id",
        several_are_not="with n as (from range(12)) select range as n from n order by n desc -- as they come",
    ) == ["one_is_not on 1 row: ('a', None)", "several_are_not on 12 rows: (0,); (1,); (2,)"]


def test_of_many_rows_only_those_that_are_told_are_taken_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tracemalloc.start()
    try:
        lines = told(tmp_path, monkeypatch, many="select range as n, 'text' as t from range(100_000, 300_000)")
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert lines == ["many on 200,000 rows: (100000, 'text'); (100001, 'text'); (100002, 'text')"]
    assert peak < 1_000_000
