"""Mutates the functions of `transforms/` and says which mutants no test catches, for so many minutes.

`PYTHONPATH=.:tests python -m mutation.python_campaign --budget 30 --seed 1 judging verdicts`, by modules; all, if none
is named.

The tests run once, with every function told to write down who calls it. A mutant, drawn by the seed, is tried by the
tests that call its function, the fastest first, in a process that has imported everything.
"""

from __future__ import annotations

import argparse
import ast
import json
import os
import random
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from mutation import trying
from mutation.python_mutants import HOME, PythonMutant, functions, name_of, put_in, python_mutants

MODULES = (
    *(
        "validation",
        "verdicts",
        "judging",
        "admission",
        "store",
        "stored",
        "staging",
        "staged",
        "ledger",
        "published",
        "journal",
    ),
    *("export", "made", "control_totals", "notifications", "sending", "mail", "shards"),
    *("delivered_file", "parquet_text", "neutral", "csv_records"),
)
TESTS = (
    *("tests/transforms", "tests/intake", "tests/fuzz", "tests/ledger/test_payments.py", "tests/ledger/notify"),
    *("tests/ledger/test_verify.py", "tests/ledger/test_closing.py", "tests/ledger/test_causes_of_rules.py"),
    *("tests/ledger/test_sealed_deliveries.py", "tests/ledger/test_closing_on_disk.py"),
    *("tests/ledger/test_lost_databases.py", "tests/ledger/test_months_in_order.py"),
    *("tests/ledger/test_reconcile.py", "tests/ledger/test_closed_months.py", "tests/flows/test_shards.py"),
    *("tests/policy/test_p20_caps.py", "tests/policy/test_p26_notifications.py", "tests/security"),
)
TOGETHER = 40
"""How many tests a mutant is tried by first, the fastest of those that call its function; then by the others."""


def place(module: str) -> Path:
    """The file of a module of `transforms/`, whatever its folder."""
    (file,) = (HOME / "transforms").rglob(f"{module}.py")
    return file


class Calls:
    """A plugin of pytest: which test calls which function of `transforms/`, and how long it takes."""

    def __init__(self, modules: Sequence[str]) -> None:
        self.called: dict[str, set[str]] = defaultdict(set)
        self.seconds: dict[str, float] = defaultdict(float)
        self.failed: list[str] = []
        self.owner = "nobody"
        for module in modules:
            name = name_of(place(module))
            tree = ast.parse(place(module).read_text(encoding="utf-8"))
            for function, node in functions(tree):
                documented = isinstance(node.body[0], ast.Expr) and isinstance(node.body[0].value, ast.Constant)
                node.body.insert(int(documented), ast.parse(f"_calls({f'{name}.{function}'!r})").body[0])
            put_in(name, ast.unparse(tree), calls=self.call)

    def call(self, function: str) -> None:
        self.called[self.owner].add(function)

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        self.owner = nodeid

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.seconds[report.nodeid] += report.duration
        if report.failed:
            self.failed.append(report.nodeid)


def calls(path: Path, modules: Sequence[str], tests: Sequence[str]) -> None:
    """Run the tests and write down who calls what. Raises RuntimeError where one fails."""
    recorder = Calls(modules)
    with TemporaryDirectory() as name:
        pytest.main([*trying.BARE, f"--basetemp={name}/tests", *tests], plugins=[recorder])
    if recorder.failed:
        raise RuntimeError(f"{recorder.failed} failed on the code as it is")
    called = {test: sorted(functions) for test, functions in recorder.called.items()}
    path.write_text(json.dumps({"called": called, "seconds": recorder.seconds}), encoding="utf-8")


def changed(mutant: PythonMutant, _: Path) -> None:
    put_in(mutant.module, mutant.source, mutant.function)


def caught(mutant: PythonMutant, known: dict[str, Any]) -> bool | None:
    """Whether a test that calls the function fails; None where no test calls it."""
    tests = [test for test, called in known["called"].items() if mutant.place in called and test in known["seconds"]]
    if not tests:
        return None
    tests.sort(key=lambda test: known["seconds"][test])
    for some in (tests[:TOGETHER], tests[TOGETHER:]):
        if some and trying.fails(partial(changed, mutant), some, sum(known["seconds"][test] for test in some)):
            return True
    return False


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("modules", nargs="*", default=list(MODULES))
    parser.add_argument("--budget", type=float, default=30, help="minutes")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--calls", type=Path, default=None, help="where it is kept who calls what")
    parser.add_argument("--tests", nargs="*", default=list(TESTS))
    asked = parser.parse_args(arguments)
    os.chdir(HOME)
    found = [one for module in asked.modules for one in python_mutants(place(module))]
    random.Random(asked.seed).shuffle(found)
    with TemporaryDirectory() as name:
        kept = asked.calls or Path(name) / "calls.json"
        trying.start()
        if not kept.exists():
            trying.aside(calls, kept, MODULES, asked.tests)
        known = json.loads(kept.read_text(encoding="utf-8"))
    until = time.monotonic() + 60 * asked.budget
    tried, dead, unseen = Counter[str](), Counter[str](), Counter[str]()
    for mutant in found:
        if time.monotonic() > until:
            break
        was = caught(mutant, known)
        tried[mutant.module] += 1
        dead[mutant.module] += bool(was)
        unseen[mutant.module] += was is None
        if not was:
            print(f"{'survived' if was is False else 'no test calls it'}: {mutant}", flush=True)
    print(f"\n{'module':<30}{'tried':>8}{'caught':>8}{'survived':>10}{'not called':>12}")
    for module in sorted(tried):
        left = tried[module] - dead[module] - unseen[module]
        print(f"{module:<30}{tried[module]:>8}{dead[module]:>8}{left:>10}{unseen[module]:>12}")
    print(f"{tried.total()} of {len(found)} mutants tried, seed {asked.seed}: {dead.total()} caught")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
