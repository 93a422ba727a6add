"""Ctrl-C is no bug: it ends with 130 and says what stands, wherever it comes."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from flows.dpor import exit_code
from transforms.books.store import Store


@pytest.mark.parametrize(
    "told",
    [
        KeyboardInterrupt(),
        RuntimeError("Query interrupted"),
        duckdb.InterruptException("INTERRUPT Error: Interrupted!"),
    ],
    ids=["in Python", "in the middle of a query", "by DuckDB's own word"],
)
def test_ctrl_c_says_what_stands(
    told: BaseException, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(*_: object) -> None:
        raise told

    monkeypatch.setattr(Store, "published_last", interrupted)
    assert exit_code(["status", "--db", str(tmp_path / "dpor.duckdb")]) == 130
    said = capsys.readouterr().err
    assert (
        said == "dpor: interrupted; what was published before still stands, and the same command goes on from there\n"
    )
