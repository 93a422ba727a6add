"""Runs tests after a change, in processes forked off one that has imported everything and opened nothing."""

from __future__ import annotations

import multiprocessing
import os
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

HOME = Path(__file__).resolve().parents[2]
PATIENCE = 600
"""Seconds for some tests, at least. A mutant that takes ten times as long as they do, and longer, is caught."""

PASSES = "tests/policy/test_p20_caps.py::test_no_row_no_cap"

SERVER = multiprocessing.get_context("forkserver")
IMPORTED = ["harness", "twin", "worlds", "exhaustive.bench", "flows.dpor", "pytest"]
BARE = ["-o", "addopts=", "--import-mode=importlib", "-p", "no:cacheprovider", "--assert=plain"]
"""Options of pytest that spare it the plugins, which take longer to load than a test to run."""


def start() -> None:
    """Start the process that the others are forked off."""
    os.environ["PYTHONPATH"] = os.pathsep.join([str(HOME), str(HOME / "tests")])
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    SERVER.set_forkserver_preload(IMPORTED)
    if fails(nothing, [PASSES]):
        raise RuntimeError(f"{PASSES} fails or hangs where nothing has been changed, so every mutant would seem caught")


def nothing(_: Path) -> None:
    """Change nothing."""


def aside(work: Callable[..., None], *given: Any) -> None:
    """Do some work in a process of its own, new and not forked, since it imports things in its own order."""
    process = multiprocessing.get_context("spawn").Process(target=work, args=given)
    process.start()
    process.join()
    if process.exitcode:
        raise RuntimeError(f"{work.__name__} ended with {process.exitcode}")


def fails(change: Callable[[Path], None], tests: Sequence[str], seconds: float = 0) -> bool:
    """Whether one of the tests fails where a change has been made; the change is given a folder of its own.

    `seconds` are what the tests take where nothing is changed.
    """
    with TemporaryDirectory() as name:
        process = SERVER.Process(target=tried, args=(Path(name), change, tests))
        process.start()
        process.join(max(PATIENCE, 10 * seconds))
        if process.is_alive():
            process.kill()
            process.join()
        return process.exitcode != 0


def tried(folder: Path, change: Callable[[Path], None], tests: Sequence[str]) -> None:
    import pytest

    quiet = os.open(os.devnull, os.O_WRONLY)
    os.dup2(quiet, 1)
    os.dup2(quiet, 2)
    os.chdir(HOME)
    try:
        change(folder)
        code = int(pytest.main([*BARE, "-x", f"--basetemp={folder}/tests", *tests]))
    except BaseException:
        code = 1
    os._exit(code)


def put_in_sql(file: Path, text: str, folder: Path) -> None:
    """Let the pipeline read its SQL from a copy, in which a file has another text."""
    from transforms.database import warehouse

    changed = shutil.copytree(HOME / "sql", folder / "sql", dirs_exist_ok=True)
    (changed / file).write_text(text, encoding="utf-8")
    warehouse.SQL = changed
    warehouse.sql.cache_clear()
