"""The worlds that a record kept, and what a mutant makes of one: the same, or something else, and who objects to that.

A mutant changes one relation. So it is tried on the relations that a world already has: where its own comes out the
same, so does all that follows. Only where it differs is the rest worked out, and held against what the world has, as
far as the world's test compares it with the twin, and against the invariants of `sql/checks`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from threading import Timer

import duckdb
from exhaustive.bench import CLAIMED, RESOLVED

from schemas.relations import CAP_SCOPES
from transforms import warehouse

ORDER = [
    (folder, name)
    for folder, names in warehouse.RELATIONS.items()
    for name in names
    if name != "dictionary" and (warehouse.SQL / folder / f"{name}.sql").exists()
]
"""Every relation of a run that SQL makes, in order."""

HANGS_AFTER = 300
"""Seconds, for what takes milliseconds."""

LINES = "period, subscription_id, incentive, mpn_id, service, status, assigned_seats, amount_per_seat, earned, payable"
AMOUNTS = "earned, cap_reduction, adjustments, held, opening_balance, payment, closing_balance"
POSTED = "statement_period, kind, period, subscription_id, incentive, mpn_id, sum(amount)"
RESOLUTION = {
    "claims": f"select {', '.join(CLAIMED)} from claims",
    "por_resolution": f"select {', '.join(RESOLVED)} from por_resolution",
}
TWIN = {
    **RESOLUTION,
    "incentive_lines": f"select {LINES} from incentive_lines",
    "missing_seats": "select period, subscription_id, mpn_id, status from missing_seats",
    "statements": f"select statement_period, mpn_id, {AMOUNTS}, state from statements",
}
CLOSED = {
    "statements": f"select statement_period, mpn_id, {AMOUNTS}, state from statements",
    "statement_lines": f"select {POSTED} from statement_lines group by all",
}
COMPARED: dict[str, dict[str, str]] = {
    "tests/policy/test_twin.py": TWIN,
    "tests/exhaustive/test_every_sequence.py": RESOLUTION,
    "tests/ledger/test_closed_months.py::test_every_closed_month": CLOSED,
}
"""What tests compare with the twin, row for row: whatever changes it is caught by them."""


@dataclass(frozen=True)
class Record:
    """What `recording` kept in some folders: worlds with the test or fixture that made them."""

    folders: Sequence[Path]
    worlds: list[tuple[Path, str]] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)
    read: dict[str, list[str]] = field(default_factory=dict)
    shared_by: dict[str, list[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for folder in self.folders:
            record = json.loads((folder / "record.json").read_text(encoding="utf-8"))
            self.worlds.extend((folder / world["file"], world["owner"]) for world in record["worlds"])
            for name in ("seconds", "read", "shared_by"):
                getattr(self, name).update(record[name])

    def tests_of(self, owner: str) -> list[str]:
        """The test itself, or those that a fixture is made for, the fastest first."""
        return sorted(self.shared_by.get(owner, [owner]), key=lambda test: self.seconds.get(test, 0))

    def readers(self, file: str) -> list[str]:
        """The tests that read a SQL file, or whose fixtures do."""
        found = {test for owner, files in self.read.items() if file in files for test in self.tests_of(owner)}
        return sorted(found & self.seconds.keys(), key=lambda test: self.seconds[test])


class World:
    """One world, opened to try mutants of one relation after the other."""

    def __init__(self, path: Path, owner: str, con: duckdb.DuckDBPyConnection) -> None:
        self.con = con
        self.owner = owner
        self.compared = next((compared for test, compared in COMPARED.items() if owner.startswith(test)), {})
        found = con.execute("select table_name from duckdb_tables() where database_name = 'kept'").fetchall()
        self.relations = {name for (name,) in found}
        self.meant = {name: self.digest(query) for name, query in self.compared.items()}

    def digest(self, query: str) -> tuple[int, int]:
        """The number of rows of a query and their hashes, added up."""
        asked = f"select count(*), coalesce(sum(hash(one)::hugeint), 0) from ({query}\n) as one"
        ((rows, hashes),) = self.con.execute(asked).fetchall()
        return rows, hashes

    def worked_out(self, name: str, text: str) -> None:
        """Make a relation once more, in the sight of what follows."""
        if name == "cap_cuts":  # each scope sees the cuts of those before it
            self.con.execute("create temp table cap_cuts as from kept.cap_cuts limit 0")
            for scope in CAP_SCOPES:
                self.con.execute(f"insert into cap_cuts {text}", {"scope": scope})
        else:
            self.con.execute(f"create temp table {name} as {text}")

    def says(self, name: str, text: str) -> tuple[int, int]:
        """What the text of a relation comes to."""
        if name != "cap_cuts":
            return self.digest(text)
        try:
            self.worked_out(name, text)
            return self.digest(f"from {name}")
        finally:
            self.forget()

    def forget(self) -> None:
        found = self.con.execute("select table_name from duckdb_tables() where database_name = 'temp'").fetchall()
        for (name,) in found:
            self.con.execute(f"drop table temp.{name}")

    def caught_by(self, folder: str, name: str, meant: tuple[int, int], text: str) -> str | None:
        """What catches a mutant here: an error, the twin, an invariant; empty where it differs and no one of these
        says so, None where it makes no difference.
        """
        timer = Timer(HANGS_AFTER, self.con.interrupt)
        timer.start()
        try:
            if self.says(name, text) == meant:
                return None
            self.worked_out(name, text)
            return self.found_later(folder, name)
        except duckdb.Error as error:
            return type(error).__name__
        finally:
            timer.cancel()
            self.forget()

    def found_later(self, folder: str, name: str) -> str:
        """Work out what follows from a changed relation, as far as need be; says who objects, if anybody does."""
        if self.unlike_the_twin(name):
            return "the twin"
        for later_folder, later in following(folder, name):
            if later in self.relations:
                self.worked_out(later, warehouse.sql(later_folder, later))
                if self.unlike_the_twin(later):
                    return "the twin"
        if self.relations >= {one for _, one in ORDER}:
            for check in sorted((warehouse.SQL / "checks").glob("*.sql")):
                if self.con.execute(check.read_text(encoding="utf-8")).fetchall():
                    return "an invariant"
        return ""

    def unlike_the_twin(self, name: str) -> bool:
        return name in self.meant and self.digest(self.compared[name]) != self.meant[name]


@cache
def following(folder: str, name: str) -> list[tuple[str, str]]:
    """What is made from a relation, at first or second hand, in order."""
    changed, found = {name}, []
    for later_folder, later in ORDER[ORDER.index((folder, name)) + 1 :]:
        if changed & set(re.findall(r"\w+", warehouse.sql(later_folder, later))):
            changed.add(later)
            found.append((later_folder, later))
    return found


@contextmanager
def opened(path: Path, owner: str, con: duckdb.DuckDBPyConnection) -> Iterator[World]:
    con.execute(f"attach '{path}' as kept (read_only)")
    con.execute("use kept")
    try:
        yield World(path, owner, con)
    finally:
        con.execute("use memory")
        con.execute("detach kept")
