"""A file of the store that may not be read is told apart from one that is damaged."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from schemas.problems import Refused
from transforms.books.stored import Closed, read_manifest
from transforms.files.sealed_json import write_sealed


@pytest.mark.parametrize("code", [errno.EACCES, errno.EIO, errno.ESTALE])
def test_a_manifest_that_can_not_be_read_is_not_called_damaged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    """A share that is away for a moment has lost nothing: Prefect tries again what such a fault has caused."""
    path = tmp_path / "manifest.json"
    write_sealed(path, {})

    def denied(self: Path) -> bytes:
        raise OSError(code, os.strerror(code), str(self))

    monkeypatch.setattr(Path, "read_bytes", denied)
    with pytest.raises(Refused) as caught:
        read_manifest(tmp_path)
    assert caught.value.problems == (f"{path}: can't be read: {os.strerror(code)}",)
    assert isinstance(caught.value.__cause__, OSError)


@pytest.mark.parametrize(
    ("kind", "code"), [(PermissionError, errno.EACCES), (OSError, errno.EIO), (OSError, errno.ESTALE)]
)
def test_nor_is_a_relation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: type[OSError], code: int) -> None:
    """Polars says it in words alone."""
    path = tmp_path / "posted_statements.parquet"
    path.touch()

    def denied(path: Path, **_: Any) -> pl.DataFrame:
        raise kind(f"{os.strerror(code)} (os error {code}): {path}")

    monkeypatch.setattr(pl, "read_parquet", denied)
    with pytest.raises(Refused) as caught:
        Closed("2015-03", tmp_path, "", {}).partners  # noqa: B018
    assert caught.value.problems == (f"{path}: can't be read: {os.strerror(code)}",)
    assert isinstance(caught.value.__cause__, OSError)
