"""Mutates the SQL and says which mutants no test catches.

`PYTHONPATH=.:tests python -m mutation.campaign caps earnings`, by folders of `sql/`. Each mutant is a child of a
process that has imported everything; it runs the folder's tests until one fails. Each survivor is named, and the last
line has the figures.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from mutation.mutants import Mutant, mutants

from transforms import warehouse

HOME = Path(__file__).resolve().parents[2]
SQL = HOME / "sql"
PATIENCE = 300

POLICY, TWIN, EVERY = "tests/policy", "tests/policy/test_twin.py", "tests/exhaustive"
TESTS: dict[str, tuple[str, ...]] = {
    "resolution": (EVERY, POLICY),
    "earnings": ("tests/policy/test_p17_assigned_seats.py", "tests/policy/test_p18_p19_earnings.py", TWIN, POLICY),
    "caps": ("tests/policy/test_p20_caps.py", TWIN, POLICY),
    "statements": ("tests/policy/test_p21_to_p23_statements.py", TWIN, "tests/ledger/test_closing.py"),
    "adjustments": ("tests/ledger/test_causes.py", "tests/ledger/test_closed_months.py"),
}
"""What is run for a folder's mutants, what is likeliest to catch them first."""


def caught(mutant: Mutant) -> bool:
    """Whether a test fails on the mutant. It is tried in a child, so that it leaves nothing behind."""
    with tempfile.TemporaryDirectory() as name:
        changed = shutil.copytree(SQL, Path(name) / "sql")
        (changed / mutant.path.relative_to(SQL)).write_text(mutant.text, encoding="utf-8")
        child = os.fork()
        if child == 0:
            os._exit(tried(changed, TESTS[mutant.path.parent.name], Path(name)))
        return ended(child) != 0


def tried(changed: Path, tests: Sequence[str], folder: Path) -> int:
    quiet = os.open(os.devnull, os.O_WRONLY)
    os.dup2(quiet, 1)
    os.dup2(quiet, 2)
    warehouse.SQL = changed
    warehouse.sql.cache_clear()
    try:
        return int(pytest.main(["-x", "-q", "-n0", f"--basetemp={folder}/tests", *tests]))
    except BaseException:
        return 1


def ended(child: int) -> int:
    """The child's exit code. One that takes too long is caught: it never comes to an end."""
    for _ in range(PATIENCE * 10):
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.1)
    os.kill(child, 9)
    os.waitpid(child, 0)
    return 1


def main(folders: Sequence[str]) -> None:
    os.chdir(HOME)
    found = [one for folder in folders for path in sorted((SQL / folder).glob("*.sql")) for one in mutants(path)]
    survivors = 0
    with ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:
        for number, (mutant, was) in enumerate(zip(found, pool.map(caught, found), strict=True), 1):
            if not was:
                survivors += 1
                print(f"survived {mutant}", flush=True)
            if number % 50 == 0:
                print(f"{number} of {len(found)} tried, {number - survivors} caught", flush=True)
    print(f"{', '.join(folders)}: {len(found) - survivors} of {len(found)} mutants caught")


if __name__ == "__main__":
    main(sys.argv[1:])
