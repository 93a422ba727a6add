"""The bench that every test of the intake starts from."""

from __future__ import annotations

from pathlib import Path

import pytest
from intake.desk import Desk


@pytest.fixture
def desk(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Desk:
    return Desk(tmp_path, capsys)
