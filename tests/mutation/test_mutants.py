"""A slice of the mutation campaigns: they catch what they should, and what they explain is of the SQL as it is."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from mutation.campaign import explained
from mutation.mutants import mutants
from mutation.python_mutants import put_in, python_mutants

from schemas import one_line

pytestmark = pytest.mark.slow
HOME = Path(__file__).resolve().parents[2]
SQL = HOME / "sql"

SLICE = """
import sys
from pathlib import Path
from mutation import campaign
campaign.RECORDED = {"caps": tuple(sys.argv[2:])}
sys.exit(campaign.main(["--record", sys.argv[1], "--file", "caps/cap_amounts", "--only", "flip: cap.fiscal_year"]))
"""


def test_a_cap_of_another_fiscal_year_is_noticed(tmp_path: Path) -> None:
    """The whole way: a test is recorded, the mutant is tried on its world, then by the test itself."""
    test = "tests/policy/test_p20_caps.py::test_no_row_no_cap"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(HOME), str(HOME / "tests")])}
    command = [sys.executable, "-c", SLICE, str(tmp_path), test]
    done = subprocess.run(command, cwd=HOME, env=environment, capture_output=True, text=True, check=False)
    assert "caps/cap_amounts: 1 of 1 caught" in done.stdout, done.stdout + done.stderr
    assert done.returncode == 0


@pytest.mark.parametrize("file", ["resolution/dpor_events", "caps/cap_cuts", "statements/drafted_statements"])
def test_each_mutant_of_a_file_has_a_name_and_a_text_of_its_own(file: str) -> None:
    found = mutants(SQL / f"{file}.sql")
    assert len(found) > 10
    assert len({one.name for one in found}) == len({one.text for one in found}) == len(found)


@pytest.mark.parametrize("file", sorted({file for file, _ in explained()}))
def test_every_survivor_that_is_explained_is_a_mutant_of_the_sql_as_it_is(file: str) -> None:
    there = {one.name for one in mutants(SQL / f"{file}.sql")}
    assert [name for of, name in explained() if of == file and name not in there] == []


def test_a_mutant_of_python_is_put_into_the_function_that_others_hold() -> None:
    held = one_line.one_line
    source = (HOME / "schemas/one_line.py").read_text(encoding="utf-8")
    mutant = next(one for one in python_mutants(HOME / "schemas/one_line.py") if one.name.startswith("nothing"))
    try:
        put_in("schemas.one_line", mutant.source, mutant.function)
        assert held("a") is None
    finally:
        put_in("schemas.one_line", source)
    assert held("a") == "a"
