"""The sample as its tests find it: every month run and closed, or only the last one drafted."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
from at_a_terminal import SAMPLE
from made_once import made_once

from flows.dpor import exit_code


@pytest.fixture(scope="module")
def closed_sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with dpor.duckdb, its store, and statements."""
    return made_once(tmp_path_factory, "closed-sample", close_the_sample)


def close_the_sample(folder: Path) -> None:
    options = ["--db", f"{folder}/dpor.duckdb", "--deliveries", str(SAMPLE), "--out", f"{folder}/statements"]
    assert exit_code(["run", "--through", "2015-06", "--close", *options]) == 0


@pytest.fixture(scope="module")
def closed(closed_sample: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """The database after every month of the sample was run and closed."""
    con = duckdb.connect(str(closed_sample / "dpor.duckdb"), read_only=True)
    yield con
    con.close()


@pytest.fixture(scope="module")
def drafted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which the sample was drafted."""
    return made_once(tmp_path_factory, "drafted-sample", draft_the_sample)


def draft_the_sample(folder: Path) -> None:
    options = ["--db", f"{folder}/dpor.duckdb", "--deliveries", str(SAMPLE), "--out", f"{folder}/statements"]
    assert exit_code(["run", *options]) == 0
