"""Books that tests start from. They are made once; each test works on a copy of its own."""

from __future__ import annotations

from pathlib import Path

import pytest
from ledger.bench import Books, deliver_four_months
from made_once import made_once


@pytest.fixture
def books(tmp_path: Path) -> Books:
    return Books(tmp_path)


@pytest.fixture(scope="session")
def three_closed(tmp_path_factory: pytest.TempPathFactory) -> Books:
    """February to April are closed, May is drafted. Tests copy it, and change the copy."""
    return Books(made_once(tmp_path_factory, "three-closed", close_three))


def close_three(folder: Path) -> None:
    made = Books(folder)
    deliver_four_months(made)
    made.does("run", "--through", "2015-04", "--close")
    made.does("run", "--period", "2015-05")


@pytest.fixture
def closed(three_closed: Books, tmp_path: Path) -> Books:
    """February to April 2015 closed and May drafted, in a copy."""
    return three_closed.copied(tmp_path)
