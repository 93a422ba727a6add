"""How fast is dpor, and against what? `python -m benchmarks.measure` measures all of it and prints one table.

Every part runs in a process of its own, in turn with the others, so that what slows the machine down for a while slows
down all of them. This process imports nothing large: on Linux a child's peak memory is at least its parent's.
"""

from __future__ import annotations

import argparse
import ctypes
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from benchmarks.machine import machine, versions
from benchmarks.table import PEERS, Measured, Results, Row, as_table, rows_of, with_growth

ROOT = Path(__file__).parents[1]
DPOR = [sys.executable, "-m", "flows.dpor"]
PARTS = {
    "intake": ("intake", "csv_pass"),
    "resolution": ("resolution", "resolution_floor"),
    "month": ("month", "history"),
    "peers": ("resolution", "run", *PEERS),
}
"""What can be asked for with --only, and the parts that it takes."""

SUBREAPER = 36  # PR_SET_CHILD_SUBREAPER of Linux's prctl
LEFT_BEHIND_SECONDS = 60


class PartFailed(Exception):
    """A part ended otherwise than well."""


@dataclass(frozen=True)
class World:
    """The deliveries of so many subscriptions, and what is kept beside them from one measurement to the next."""

    size: int
    folder: Path
    peers_python: Path | None

    @property
    def deliveries(self) -> Path:
        return self.folder / "deliveries"

    @property
    def drafted(self) -> Path:
        """A store that has taken everything in, nothing closed, and the finished database of its last month."""
        return self.folder / "drafted"

    @property
    def closed(self) -> Path:
        """A store in which every month but the last is closed."""
        return self.folder / "closed"

    @property
    def scratch(self) -> Path:
        return self.folder / "scratch"

    @property
    def periods(self) -> list[str]:
        return sorted(folder.name for folder in self.deliveries.glob("[0-9]*"))


# A process of its own


def run_alone(command: list[str | Path], said: Path) -> tuple[float, float, int]:
    """Runs a command to its end; gives its wall seconds, the processor's, and the peak bytes of its largest process.

    What it says on stdout goes to `said`. Raises PartFailed with the end of what it says on stderr.
    """
    env = {name: value for name, value in os.environ.items() if name != "PREFECT_API_URL"}
    with said.open("w") as stdout, tempfile.TemporaryFile("w+", errors="replace") as stderr:
        began = time.perf_counter()
        process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=stdout, stderr=stderr)
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        processor, peak = usage_of_those_left_behind()
        processor += usage.ru_utime + usage.ru_stime
        peak = max(usage.ru_maxrss, peak) * 1024
        if process.returncode:
            stderr.seek(0)
            last = (stderr.read().strip().splitlines() or ["without a word"])[-1]
            raise PartFailed(f"ended with {process.returncode}: {last}")
    return wall, processor, peak


def adopt_those_left_behind() -> None:
    """PySpark ends before its JVM does: have what a child leaves behind handed to this process, to be waited for."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(SUBREAPER, 1, 0, 0, 0)


def usage_of_those_left_behind() -> tuple[float, int]:
    """The processor's seconds, and the largest one's peak in KiB, of what a child left behind, once all have ended."""
    processor, peak = 0.0, 0
    deadline = time.monotonic() + LEFT_BEHIND_SECONDS
    while time.monotonic() < deadline:
        try:
            pid, _, usage = os.wait3(os.WNOHANG)
        except ChildProcessError:
            break
        if not pid:
            time.sleep(0.05)
            continue
        processor += usage.ru_utime + usage.ru_stime
        peak = max(peak, usage.ru_maxrss)
    return processor, peak


# What is kept


def digest(*folders: str) -> str:
    """Of what the sources in these folders, or files, say, and of the engines' versions."""
    paths = [path for name in folders for path in [ROOT / name, *(ROOT / name).rglob("*")]]
    sources = sorted(path for path in paths if path.suffix in (".py", ".sql", ".toml"))
    whole = hashlib.sha256(versions().encode())
    for path in sources:
        whole.update(path.read_bytes())
    return whole.hexdigest()


def keep(folder: Path, made_by: str, make: Callable[[Path], None]) -> None:
    """Makes a folder, unless it is there and whole and was made by the same."""
    mark = folder.with_suffix(".made-by")
    if mark.exists() and mark.read_text() == made_by:
        return
    mark.unlink(missing_ok=True)
    shutil.rmtree(folder, ignore_errors=True)
    print(f"making {folder}", file=sys.stderr)
    make(folder)
    mark.write_text(made_by)


def prepare(world: World, parts: list[str]) -> None:
    """The deliveries and the stores that the parts need."""
    world.folder.mkdir(parents=True, exist_ok=True)
    said = world.folder / "said.txt"
    generator = digest("benchmarks/generate.py", "benchmarks/made_up")
    program = digest("flows", "schemas", "sql", "transforms")

    def make_deliveries(folder: Path) -> None:
        run_alone([sys.executable, "-m", "benchmarks.generate", str(world.size), folder], said)

    def draft(folder: Path) -> None:
        run_alone([*DPOR, "run", *options(world, folder)], said)

    def close_all_but_the_last(folder: Path) -> None:
        run_alone([*DPOR, "run", "--through", world.periods[-2], "--close", *options(world, folder)], said)

    keep(world.deliveries, generator, make_deliveries)
    if {"resolution", *PEERS} & set(parts):
        keep(world.drafted, generator + program, draft)
    if "month" in parts:
        keep(world.closed, generator + program, close_all_but_the_last)


def options(world: World, folder: Path) -> list[str | Path]:
    """Of `dpor run` on the world's deliveries, with a database in `folder`; no share of bad rows stops it."""
    read: list[str | Path] = ["--deliveries", world.deliveries, "--max-quarantine", "1"]
    return [*read, "--db", folder / "dpor.duckdb", "--out", folder / "statements"]


def link(kept: Path, folder: Path) -> None:
    """A copy of a store that takes no room: dpor replaces files and doesn't change them, but for its journal."""
    journal = "dpor.journal.jsonl"
    shutil.copytree(kept, folder, copy_function=os.link, ignore=shutil.ignore_patterns(journal), dirs_exist_ok=True)
    if (kept / journal).exists():
        shutil.copy2(kept / journal, folder / journal)


def delivered_rows(deliveries: Path, periods: list[str]) -> int:
    """The lines of the files but their headers; the worlds have no line breaks within a text."""
    rows = 0
    for path in (path for period in periods for path in (deliveries / period).glob("*.csv")):
        with path.open("rb") as file:
            rows += sum(block.count(b"\n") for block in iter(lambda: file.read(1 << 20), b"")) - 1
    return rows


# Parts


def command_of(part: str, world: World) -> list[str | Path]:
    """The process that a part is."""
    if part == "run":
        return [*DPOR, "run", *options(world, world.scratch)]
    if part in PEERS:
        python = world.peers_python or sys.executable
        store, period, out = world.drafted / "dpor.store", world.periods[-1], world.scratch / part
        return [python, "-m", f"benchmarks.peers.{part}", store, period, out]
    looked_at: dict[str, tuple[Path, Path]] = {
        "resolution": (world.deliveries, world.drafted),
        "resolution_floor": (world.drafted, world.scratch),
        "history": (world.closed, world.scratch),
    }
    return [sys.executable, "-m", "benchmarks.stages", part, *looked_at.get(part, (world.deliveries, world.scratch))]


def measure_once(part: str, world: World) -> Measured:
    """Runs a part. Raises PartFailed."""
    shutil.rmtree(world.scratch, ignore_errors=True)
    world.scratch.mkdir()
    if part == "month":
        link(world.closed, world.scratch)
    os.sync()  # what the part before has written shall not be this one's burden
    said = world.folder / "said.txt"
    wall, processor, peak = run_alone(command_of(part, world), said)
    if part == "run" or part in PEERS:
        return Measured(wall, processor, peak, {}, {}, {})
    stages = json.loads(said.read_text().splitlines()[-1])
    return Measured(
        wall,
        processor,
        peak,
        {name: stage["seconds"] for name, stage in stages.items()},
        {name: stage["processor"] for name, stage in stages.items()},
        {name: stage["peak"] for name, stage in stages.items()},
    )


def measure(world: World, parts: list[str], repetitions: int) -> Results:
    """Every part so many times, in turn. One that fails is left alone from then on."""
    results = Results(
        world.size,
        delivered_rows(world.deliveries, world.periods),
        delivered_rows(world.deliveries, world.periods[-1:]),
    )
    for repetition in range(1, repetitions + 1):
        for part in parts:
            if part in results.failures:
                continue
            try:
                one = measure_once(part, world)
            except PartFailed as failed:
                results.failures[part] = str(failed)
                print(f"{world.size:,}: {part} {failed}", file=sys.stderr)
            else:
                results.measured.setdefault(part, []).append(one)
                print(f"{world.size:,}: {repetition} of {repetitions}: {part} {one.wall:.1f} s", file=sys.stderr)
    shutil.rmtree(world.scratch, ignore_errors=True)
    return results


def main() -> int:
    given = command_line()
    adopt_those_left_behind()
    chosen = {part: None for name in given.only for part in PARTS[name]}  # each once, in order
    parts = [part for part in chosen if given.peers_python or part not in PEERS]
    all_results: list[Results] = []
    report = ""
    for size in given.sizes:
        world = World(size, given.folder.resolve() / str(size), given.peers_python)
        prepare(world, parts)
        all_results.append(measure(world, parts, given.repetitions))
        rows = [row for results in all_results for row in rows_of(results)]
        without = [Row(None, "peers", ratio="left out: no --peers-python")] if set(parts) < set(chosen) else []
        report = f"{machine(given.peers_python)}- medians of {given.repetitions} repetitions in turn\n\n"
        report += as_table([*with_growth(rows), *without])
        if given.out:
            given.out.write_text(report, encoding="utf-8")
    print(report, end="")
    return 1 if any(results.failures for results in all_results) else 0


def command_line() -> argparse.Namespace:
    def listed(text: str) -> list[str]:
        return text.split(",")

    def sizes(text: str) -> list[int]:
        return sorted(int(size) for size in listed(text))

    def known(text: str) -> list[str]:
        if unknown := set(listed(text)) - set(PARTS):
            raise argparse.ArgumentTypeError(f"{', '.join(sorted(unknown))}: choose from {', '.join(PARTS)}")
        return listed(text)

    parser = argparse.ArgumentParser(prog="python -m benchmarks.measure", description=__doc__)
    parser.add_argument("--sizes", type=sizes, default=[100_000, 1_000_000], help="subscriptions, as 100000,1000000")
    parser.add_argument("--repetitions", type=int, default=3, metavar="N")
    parser.add_argument("--only", type=known, default=list(PARTS), help=f"a list of {', '.join(PARTS)}; all without it")
    parser.add_argument(
        "--folder",
        type=Path,
        default=Path(tempfile.gettempdir(), "dpor-measure"),
        help="worlds and stores are kept here",
    )
    parser.add_argument("--peers-python", type=Path, metavar="PYTHON", help="of an environment with pandas and PySpark")
    parser.add_argument("--out", type=Path, metavar="FILE", help="the table goes here too, after each size")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
