"""The house as CONTRIBUTING.md draws it: which folder stands on which."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from pathlib import Path

import pytest

HOME = Path(__file__).resolve().parents[1]
FROM_THE_GROUND_UP = [
    "schemas",
    "transforms",
    "transforms/files",
    "transforms/database",
    "transforms/reading",
    "transforms/intake",
    "transforms/books",
    "transforms/answers",
    "transforms/statements",
    "transforms/payments",
    "transforms/messages",
    "flows/command_line",
    "flows/clusters",
    "flows/month",
]
"""On these stand the files of `flows/` itself and `flows/commands`: the program, its commands, the Prefect flow."""


@pytest.mark.parametrize("folder", FROM_THE_GROUND_UP)
def test_a_folder_imports_only_from_those_below_it(folder: str) -> None:
    below = FROM_THE_GROUND_UP[: FROM_THE_GROUND_UP.index(folder)]
    files = [path for path in (HOME / folder).rglob("*.py") if floor_of(path.relative_to(HOME).parts[:-1]) == folder]
    assert files
    assert {floor for path in files for floor in imported(path)} - {folder, *below} == set()


def imported(file: Path) -> set[str]:
    """The folders of ours that a file imports from."""
    nodes = list(ast.walk(ast.parse(file.read_text(encoding="utf-8"))))
    modules = [
        *(node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)),
        *(name.name for node in nodes if isinstance(node, ast.Import) for name in node.names),
    ]
    return {floor_of(module.split(".")) for module in modules if (HOME / module.partition(".")[0]).is_dir() and module}


def floor_of(parts: Sequence[str]) -> str:
    """The folder that a module is counted to: the second one at most."""
    return "/".join(parts[:2]) if (HOME / "/".join(parts[:2])).is_dir() else parts[0]
