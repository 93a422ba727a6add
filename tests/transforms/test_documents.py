"""Documents in batches: each reads its own partners' items, not the whole month; a process that is killed is no bug."""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path

import polars as pl
import pytest

from schemas.problems import Refused
from transforms.statements import documents
from transforms.statements.documents import items_between, write_documents
from transforms.statements.items import ITEM


def write_items(path: Path, *rows: tuple[str, str]) -> None:
    """Each row has an MPN ID and an offer."""
    frame = pl.DataFrame(rows, schema=["mpn_id", "Offer"], orient="row") if rows else pl.DataFrame(schema=ITEM)
    missing = [pl.lit(None, dtype).alias(name) for name, dtype in ITEM.items() if name not in frame.columns]
    frame.with_columns(missing).select(ITEM.names()).cast(ITEM).write_parquet(path)


def break_rows(path: Path) -> None:
    """Nothing is left of a Parquet file but what it says about its rows."""
    content = path.read_bytes()
    told = int.from_bytes(content[-8:-4], "little") + 8
    path.write_bytes(content[:4] + bytes(len(content) - told - 4) + content[-told:])


def test_the_items_of_other_partners_are_not_read(tmp_path: Path) -> None:
    write_items(tmp_path / "items-000000.parquet", ("1100001", "b"), ("1100001", "a"))
    write_items(tmp_path / "items-000001.parquet", ("1100001", "c"), ("1100002", "d"))
    write_items(tmp_path / "items-000002.parquet", ("1100003", "e"))
    write_items(tmp_path / "items-none.parquet")
    break_rows(tmp_path / "items-000002.parquet")
    items = items_between(tmp_path, "1100001", "1100002")
    assert items.schema == ITEM
    assert items["Offer"].to_list() == ["b", "a", "c", "d"]


def test_a_process_that_the_system_kills_is_refused_with_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_items(tmp_path / "items-none.parquet")
    pl.DataFrame({"mpn_id": ["1100001", "1100002"]}).write_parquet(tmp_path / "heads.parquet")
    monkeypatch.setattr(documents, "PARTNERS_A_BATCH", 1)
    monkeypatch.setattr(documents, "PARTNERS_A_BATCH", 1)
    monkeypatch.setattr(documents, "_end_with_the_parent", partial(os._exit, 9))
    with pytest.raises(Refused) as refused:
        write_documents(tmp_path, tmp_path, ["pdf"], ["DEPLOY"])
    assert refused.value.problems == (
        "a process that makes documents was killed, as the system does when memory runs short",
        "close other programs, then run the same command again",
    )


def test_processes_that_make_documents_take_no_modules_of_the_folder_that_they_are_started_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_items(tmp_path / "items-none.parquet")
    pl.DataFrame({"mpn_id": ["1100001", "1100002"]}).write_parquet(tmp_path / "heads.parquet")
    for name in ("multiprocessing", "socket", "pickle"):
        (tmp_path / f"{name}.py").write_text(f"open({str(tmp_path / 'run')!r}, 'w')", encoding="utf-8")
    monkeypatch.setattr(documents, "PARTNERS_A_BATCH", 1)
    monkeypatch.setattr(documents, "PARTNERS_A_BATCH", 1)
    monkeypatch.setattr(documents, "_end_with_the_parent", partial(os._exit, 9))
    monkeypatch.delenv("PYTHONPATH", raising=False)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(Refused):
        write_documents(tmp_path, tmp_path, ["pdf"], ["DEPLOY"])
    assert not (tmp_path / "run").exists()
