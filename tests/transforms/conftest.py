"""Bytes or a frame written to a file, and read as a delivered one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from rows_read import Row, rows_of

from schemas.columns import Form, ReadAs


@pytest.fixture
def csv(tmp_path: Path) -> Callable[..., list[Row]]:
    def read(content: bytes, name: str = "f.csv", block_bytes: int = 1 << 20) -> list[Row]:
        (tmp_path / name).write_bytes(content)
        return rows_of(tmp_path / name, block_bytes=block_bytes)

    return read


@pytest.fixture
def parquet(tmp_path: Path) -> Callable[..., list[Row]]:
    def read(frame: pl.DataFrame, kind: ReadAs = "text") -> list[Row]:
        frame.write_parquet(tmp_path / "f.parquet")
        return rows_of(tmp_path / "f.parquet", {"a": Form(kind)})

    return read
