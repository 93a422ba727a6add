"""The sample as its tests find it: every month run and closed."""

from __future__ import annotations

from pathlib import Path

import pytest
from made_once import made_once

from flows.dpor import exit_code

SAMPLE = Path(__file__).resolve().parents[2] / "data" / "sample"


@pytest.fixture(scope="module")
def closed_sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with dpor.duckdb, its store, and statements."""
    return made_once(tmp_path_factory, "closed-sample", close_the_sample)


def close_the_sample(folder: Path) -> None:
    options = ["--db", f"{folder}/dpor.duckdb", "--deliveries", str(SAMPLE), "--out", f"{folder}/statements"]
    assert exit_code(["run", "--through", "2015-06", "--close", *options]) == 0
