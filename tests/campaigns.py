"""Every campaign, in turn, within some minutes: `python -m tests.campaigns --budget 60` prints one table.

Each gets an equal part of the time, in slices; no two slices of one are alike, and those of another `--seed` are
others. What a campaign said when it failed stands above the table. The exit code is 1 if any did.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

HOME = Path(__file__).resolve().parents[1]
PYTEST = ("-m", "pytest", "-n0", "-m", "slow or not slow")
MUTATED = (
    *("inputs", "current", "resolution", "earnings", "caps", "ledger", "adjustments", "statements", "closing"),
    *("notifications", "payments", "reconcile", "checks"),
)
SEEDS_A_SLICE, ROWS_A_SLICE, FILES_A_SLICE, KILLS_A_SLICE = 4, 4000, 80, 40


@dataclass(frozen=True)
class Slice:
    """What Python is told, the environment beside ours, and what is tried, in words."""

    arguments: Sequence[str]
    environment: dict[str, str]
    tries: str


def twin(number: int) -> Slice:
    first = 10_000 + SEEDS_A_SLICE * number
    seeds = {"DPOR_TWIN_SEEDS": f"{first}-{first + SEEDS_A_SLICE - 1}"}
    return Slice([*PYTEST, "tests/policy/test_twin.py"], seeds, f"{SEEDS_A_SLICE} worlds")


def closed_months(number: int) -> Slice:
    world = {"DPOR_CAMPAIGN": "1", "DPOR_FIRST_WORLD": str(10_000 + number)}
    return Slice([*PYTEST, "tests/ledger/test_closed_months.py", "-k", "twins_to_the_cent"], world, "17 months")


def fuzz(number: int) -> Slice:
    drawn = {
        "DPOR_FUZZ_ROWS": str(ROWS_A_SLICE),
        "DPOR_FUZZ_FILES": str(FILES_A_SLICE),
        "DPOR_FUZZ_SEED": str(number),
    }
    return Slice([*PYTEST, "tests/fuzz"], drawn, f"{ROWS_A_SLICE} rows, {FILES_A_SLICE} files")


def kills(number: int) -> Slice:
    asked = ["--kills", str(KILLS_A_SLICE), "--seed", str(number)]
    return Slice(["-m", "faults.campaign", *asked], {}, f"{KILLS_A_SLICE} kills")


def sequences(number: int) -> Slice:
    """One of 400 parts of all histories of four events."""
    return Slice(["-m", "exhaustive.campaign", "--events", "4", "--part", f"{number % 400 + 1}/400"], {}, "part of 400")


def mutants(number: int) -> Slice:
    files = sorted((HOME / "sql").glob("*/*.sql"))
    files = [path for path in files if path.parent.name in MUTATED]
    path = files[number % len(files)]
    asked = ["--file", f"{path.parent.name}/{path.stem}", "--record", f"{tempfile.gettempdir()}/dpor-record"]
    return Slice(["-m", "mutation.campaign", *asked], {"DPOR_WHOLE_RUNS": "1"}, "files of the SQL")


CAMPAIGNS: dict[str, Callable[[int], Slice]] = {
    "random worlds and their twin": twin,
    "closed months": closed_months,
    "fuzz": fuzz,
    "kills": kills,
    "histories of four events": sequences,
    "mutants of the SQL": mutants,
}


def carried_out(slice_: Slice) -> tuple[bool, str]:
    """Whether a slice found nothing wrong, and all that it said."""
    paths = os.pathsep.join([str(HOME), str(HOME / "tests")])
    environment = {**os.environ, "PYTHONPATH": paths, **slice_.environment}
    done = subprocess.run(
        [sys.executable, *slice_.arguments], cwd=HOME, env=environment, capture_output=True, text=True, check=False
    )
    return done.returncode == 0, done.stdout + done.stderr


def main(arguments: Sequence[str]) -> int:
    asked = argparse.ArgumentParser(prog="tests.campaigns", description=__doc__)
    asked.add_argument("--budget", type=float, default=60, help="minutes in all; a slice that was begun is finished")
    asked.add_argument("--seed", type=int, default=0, help="where to begin: slices from 1,000 times this number on")
    asked.add_argument("--only", default="", help="a part of a campaign's name")
    given = asked.parse_args(arguments)
    chosen = {name: of for name, of in CAMPAIGNS.items() if given.only in name}
    table, wrong = [], 0
    for name, of in chosen.items():
        began, number, failed, tries = time.monotonic(), 0, 0, ""
        while number == 0 or time.monotonic() - began < given.budget * 60 / len(chosen):
            slice_ = of(1000 * given.seed + number)
            well, said = carried_out(slice_)
            number, failed, wrong, tries = number + 1, failed + (not well), wrong + (not well), slice_.tries
            if not well:
                print(f"== {name}: {slice_.environment} {' '.join(slice_.arguments)}\n{said[-5000:]}", flush=True)
        table.append(f"{name:30} {number:6} x {tries:22} {failed:8} {time.monotonic() - began:8.0f}")
    print(f"{'campaign':30} {'slices':>6}   {'each':22} {'failed':>8} {'seconds':>8}", *table, sep="\n")
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
