"""Keeps what every run within a test worked out, so that a mutant can be tried on one relation at a time.

A plugin of pytest. Each run of the SQL leaves a world: a DuckDB file with all relations, what came in included. With it
is written down whose it is (a test's, or a fixture's that tests share), which SQL files each test read, and how long it
took.
"""

from __future__ import annotations

import json
import os
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb
import pytest
from mutation.trying import BARE

from transforms.database import warehouse

FORM = "block_size 16384, recovery_mode no_wal_writes"


class Recorder:
    """Writes worlds to a folder, and `record.json` once the tests are through."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.owner = "nobody"
        self.fixtures: dict[str, tuple[str, str]] = {}
        self.asked: dict[str, set[str]] = {}
        self.read: dict[str, set[str]] = defaultdict(set)
        self.seconds: dict[str, float] = defaultdict(float)
        self.worlds: list[dict[str, str]] = []
        self.known: dict[int, tuple[Path, set[str]]] = {}
        self.failed: list[str] = []
        self.listen()

    def listen(self) -> None:
        """Put itself between the tests and the warehouse. Must come before anything else imports the warehouse."""
        read, work_out = warehouse.sql, warehouse.work_out

        def sql(folder: str, name: str) -> str:
            self.read[self.owner].add(f"{folder}/{name}")
            return read(folder, name)

        def worked_out(con: Any, folders: Sequence[str], given: Mapping[str, Sequence[str]] | None = None) -> None:
            work_out(con, folders, given)
            self.keep(con, {name for folder in folders for name in warehouse.RELATIONS[folder]} - {"dictionary"})

        warehouse.sql, warehouse.work_out = sql, worked_out  # type: ignore[assignment]

    def keep(self, con: duckdb.DuckDBPyConnection, made: set[str]) -> None:
        """Copy what this connection holds and its world doesn't yet. What is made anew begins a new world."""
        path, kept = self.known.get(id(con), (Path(), made))
        if kept & made:
            path, kept = self.folder / f"{len(self.worlds)}.duckdb", set()
            self.known[id(con)] = path, kept
            self.worlds.append({"file": path.name, "owner": self.owner})
        found = con.execute("select distinct table_name from information_schema.tables").fetchall()
        con.execute(f"attach '{path}' as recorded ({FORM})")
        try:
            for (name,) in found:
                if name not in kept:
                    con.execute(f"create table recorded.{name} as from {name}")
                    kept.add(name)
        finally:
            con.execute("detach recorded")

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        self.owner = item.nodeid
        self.asked[item.nodeid] = set(getattr(item, "fixturenames", ()))
        return (yield)

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(self, fixturedef: Any) -> Iterator[None]:
        before = self.owner
        if fixturedef.scope != "function":
            self.owner = f"{fixturedef.baseid}::{fixturedef.argname}"
            self.fixtures[self.owner] = fixturedef.baseid, fixturedef.argname
        try:
            return (yield)
        finally:
            self.owner = before

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.seconds[report.nodeid] += report.duration
        if report.failed:
            self.failed.append(report.nodeid)

    def pytest_sessionfinish(self) -> None:
        record = {
            "worlds": self.worlds,
            "read": {owner: sorted(files) for owner, files in self.read.items()},
            "seconds": self.seconds,
            "shared_by": {
                owner: [test for test, names in self.asked.items() if test.startswith(base) and name in names]
                for owner, (base, name) in self.fixtures.items()
            },
            "failed": self.failed,
        }
        (self.folder / "record.json").write_text(json.dumps(record), encoding="utf-8")


def record(folder: Path, tests: Sequence[str]) -> None:
    """Run tests and keep what they work out. Raises RuntimeError where one fails: then nothing says what is caught."""
    folder.mkdir(parents=True)
    os.environ["DPOR_WHOLE_RUNS"] = "1"  # each world to its end, though its test looks at a part
    recorder = Recorder(folder)
    code = pytest.main([*BARE, f"--basetemp={folder}/tests", *tests], plugins=[recorder])
    if code:
        raise RuntimeError(f"{recorder.failed} failed on the SQL as it is")
