"""A slice of the mutation campaign: what the SQL says matters, so a change of it is caught."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import sqlglot
from mutation.campaign import SQL, TESTS
from mutation.mutants import mutants

HOME = Path(__file__).resolve().parents[2]
FILES = sorted(path for folder in TESTS for path in (SQL / folder).glob("*.sql"))

ONE = """
import os, sys
from pathlib import Path
from mutation import campaign
from mutation.mutants import Mutant, mutants
path, number, tests = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3:]
campaign.TESTS[path.parent.name] = tuple(tests)
found = mutants(path)
mutant = found[number] if number >= 0 else Mutant(path, -1, "as it is", path.read_text())
print("caught" if campaign.caught(mutant) else "survived", mutant)
"""


def tried(path: str, number: int, *tests: str) -> str:
    paths = os.pathsep.join([str(HOME), str(HOME / "tests")])
    command = [sys.executable, "-c", ONE, str(SQL / path), str(number), *tests]
    environment = {**os.environ, "PYTHONPATH": paths}
    return subprocess.run(command, cwd=HOME, env=environment, capture_output=True, text=True, check=True).stdout


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_file_is_parsed_and_each_mutant_says_something_else(path: Path) -> None:
    found = [mutant.text for mutant in mutants(path)]
    as_it_is = sqlglot.parse_one(path.read_text(encoding="utf-8"), dialect="duckdb").sql(dialect="duckdb")
    assert len({*found, as_it_is}) == len(found) + 1


@pytest.mark.slow
@pytest.mark.parametrize(
    ("path", "test"),
    [
        ("caps/cap_cuts.sql", "tests/policy/test_p20_caps.py"),
        ("earnings/period_rates.sql", "tests/policy/test_p18_p19_earnings.py"),
        ("resolution/osa_claims.sql", "tests/exhaustive"),
    ],
)
def test_a_mutant_is_caught_and_the_file_as_it_is_is_not(path: str, test: str) -> None:
    assert tried(path, 0, test).startswith("caught")
    assert tried(path, -1, test).startswith("survived")
