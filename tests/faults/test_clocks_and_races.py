"""A clock that jumps to and fro while a command runs changes nothing; of two commands at once one is refused, or waits.

The clock needs `libfaketime` (`apt-get install faketime`); without it that test is left out, unless it was promised.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest
from faults.killed import in_a_process
from faults.kills import Theatre, state, theatre
from faults.scenes import SCENES, Scene
from ledger.bench import SERVER

pytestmark = pytest.mark.slow

HOME = Path(__file__).resolve().parents[2]
LIBRARY = next(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"), None)
TIMED = ("run --through --close", "close --formats", "notify")
TIMED = ("run --through --close", "close --formats", "notify")
JUMPS = ("+1200d", "-4000d", "+0", "+20y", "-1h")
ROUNDS = int(os.environ.get("DPOR_RACES", "2"))


@pytest.fixture(scope="module")
def where() -> Iterator[Theatre]:
    with theatre() as made:
        yield made


@pytest.mark.parametrize("scene", [one for one in SCENES if one.name in TIMED], ids=lambda scene: scene.name)
def test_a_clock_that_jumps_changes_nothing(where: Theatre, tmp_path: Path, scene: Scene) -> None:
    if LIBRARY is None:
        assert not os.environ.get("DPOR_NEEDS_FAKETIME"), "no libfaketime is installed"
        pytest.skip("no libfaketime is installed")
    wanted = where.left(scene)
    books = where.set(scene)
    clock = tmp_path / "clock"
    clock.write_text(JUMPS[0], encoding="ascii")
    faked = {
        "LD_PRELOAD": str(LIBRARY), "FAKETIME_TIMESTAMP_FILE": str(clock), "FAKETIME_NO_CACHE": "1",
        "DONT_FAKE_MONOTONIC": "1",
    }  # fmt: skip
    command = [sys.executable, "-m", "flows.dpor", *books.arguments(*scene.words(books))]
    process = subprocess.Popen(
        command, env={**os.environ, **faked}, cwd=HOME, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    jumps = 0
    while process.poll() is None:
        jumps += 1
        (tmp_path / "next").write_text(JUMPS[jumps % len(JUMPS)], encoding="ascii")
        (tmp_path / "next").replace(clock)
        time.sleep(0.02)
    assert process.returncode == 0, process.stderr.read() if process.stderr else ""
    assert jumps > 10
    assert state(books, hidden=True) == wanted


RACED = ("run", "close", "run --through --close", "notify")


@pytest.mark.parametrize("scene", [one for one in SCENES if one.name in RACED], ids=lambda scene: scene.name)
def test_of_two_at_once_one_is_refused_or_comes_second(where: Theatre, scene: Scene) -> None:
    wanted = where.left(scene)
    random = Random(scene.name)
    for _ in range(ROUNDS):
        books = where.set(scene)
        processes, listening = [], []
        for _ in range(2):
            here, there = SERVER.Pipe(duplex=False)
            listening.append(here)  # what they tell is of no interest, but somebody has to be there
            processes.append(SERVER.Process(target=in_a_process, args=(books.arguments(*scene.words(books)), 0, there)))
        for process in processes:
            process.start()
            time.sleep(random.choice((0, 0, 0.1, 0.5)))
        for process in processes:
            process.join()
        first, second = sorted(process.exitcode for process in processes)
        assert first == 0
        assert second in (0, 4)
        assert state(books, hidden=True) == wanted
