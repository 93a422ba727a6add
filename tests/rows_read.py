"""A delivered file's rows, or what is wrong with it, for the tests of reading."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from schemas.columns import TEXT, Form
from schemas.problems import UnusableInput
from transforms.reading.delivered_file import FileReading

TEXTS = {"a": TEXT, "b": TEXT}

Row = dict[str, Any]


def rows_of(path: Path, columns: Mapping[str, Form] = TEXTS, block_bytes: int = 1 << 20) -> list[Row]:
    return [
        row
        for block in FileReading(path, columns, label="d/f", block_bytes=block_bytes).blocks()
        for row in block.to_dicts()
    ]


def problems(read: Callable[[], object]) -> list[str]:
    with pytest.raises(UnusableInput) as caught:
        read()
    assert all(problem.startswith("d/f: ") for problem in caught.value.problems)
    return list(caught.value.problems)
