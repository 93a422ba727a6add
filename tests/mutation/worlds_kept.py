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

from schemas.catalogue import PUBLISHED
from schemas.words import CAP_SCOPES
from transforms.database import warehouse

ORDER = [
    (folder, name)
    for folder, names in warehouse.RELATIONS.items()
    for name in names
    if name != "dictionary" and (warehouse.SQL / folder / f"{name}.sql").exists()
]
"""Every relation of a run that SQL makes, in order."""

Digest = tuple[int, int]

HANGS_AFTER = 300
"""Seconds, for what takes milliseconds."""

LINES = "period, subscription_id, incentive, mpn_id, service, status, assigned_seats, amount_per_seat, earned, payable"
AMOUNTS = "earned, cap_reduction, adjustments, held, opening_balance, payment, closing_balance"
POSTED = "statement_period, kind, period, subscription_id, incentive, mpn_id, sum(amount)"
RESOLUTION = {
    "claims": (
        "select claim_id, source, mpn_id, customer_id, service, subscription_id, received_at, decision,"
        " decision_reason, poe_status, ended_at, end_reason from {}"
    ),
    "por_resolution": (
        "select period, subscription_id, customer_id, service, mpn_id, basis, status, reason, claim_id from {}"
    ),
}
TWIN = {
    **RESOLUTION,
    "incentive_lines": f"select {LINES} from {{}}",
    "missing_seats": "select period, subscription_id, mpn_id, status from {}",
    "statements": f"select statement_period, mpn_id, {AMOUNTS}, state from {{}}",
}
CLOSED = {
    "statements": f"select statement_period, mpn_id, {AMOUNTS}, state from {{}}",
    "statement_lines": f"select {POSTED} from {{}} group by all",
}
CAUSES = {"statement_lines": "select subscription_id, amount, cause from {} where kind = 'ADJUSTMENT'"}
COMPARED: dict[str, dict[str, str]] = {
    "tests/policy/test_twin.py": TWIN,
    "tests/exhaustive/test_every_sequence.py": RESOLUTION,
    "tests/ledger/test_closed_months.py::test_every_closed_month": CLOSED,
    "tests/ledger/test_causes.py::april": CAUSES,
}
"""What tests compare, row for row, with the twin or a table of theirs: whatever changes it is caught by them."""


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

    def direct_readers(self, file: str) -> list[str]:
        """The tests that read a SQL file and leave no world: they ask for its relation alone."""
        with_worlds = {test for _, owner in self.worlds for test in self.tests_of(owner)}
        return [test for test in self.readers(file) if test not in with_worlds]


class World:
    """One world, opened to try mutants of one relation after the other."""

    def __init__(self, owner: str, con: duckdb.DuckDBPyConnection) -> None:
        self.con = con
        self.owner = owner
        self.compared = next((compared for test, compared in COMPARED.items() if owner.startswith(test)), {})
        found = con.execute("select table_name from duckdb_tables() where database_name = 'kept'").fetchall()
        self.relations = {name for (name,) in found}
        self.kept: dict[str, Digest] = {}
        self.given: set[tuple[str, str]] = set()

    def digest(self, query: str) -> Digest:
        """The number of rows of a query and their hashes, added up."""
        asked = f"select count(*), coalesce(sum(hash(one)::hugeint), 0) from ({query}\n) as one"
        ((rows, hashes),) = self.con.execute(asked).fetchall()
        return rows, hashes

    def has(self, query: str) -> Digest:
        """What a query came to in this world, before any change."""
        if query not in self.kept:
            self.kept[query] = self.digest(query)
        return self.kept[query]

    def makes(self, folder: str, name: str) -> bool:
        """Whether this world has the relation, and made it by SQL from what is here. It may have been given it."""
        if name not in self.relations:
            return False
        try:
            return self.has(f"from kept.{name}") == self.has_made(folder, name)
        except duckdb.CatalogException:  # it was given it, and hasn't what it is made from
            return False

    def has_made(self, folder: str, name: str) -> Digest:
        key = f"made {name}"
        if key not in self.kept:
            self.kept[key] = self.says(name, warehouse.sql(folder, name))
        return self.kept[key]

    def worked_out(self, name: str, text: str) -> None:
        """Make a relation once more, in the sight of what follows."""
        if name == "cap_cuts":  # each scope sees the cuts of those before it
            self.con.execute("create temp table cap_cuts as from kept.cap_cuts limit 0")
            for scope in CAP_SCOPES:
                self.con.execute(f"insert into cap_cuts {text}", {"scope": scope})
        else:
            self.con.execute(f"create temp table {name} as {text}")

    def says(self, name: str, text: str) -> Digest:
        """What the text of a relation comes to, with all else as it is."""
        if name != "cap_cuts":
            return self.digest(text)
        try:
            self.worked_out(name, text)
            return self.digest(f"from {name}")
        finally:
            self.con.execute("drop table if exists temp.cap_cuts")

    def forget(self) -> None:
        found = self.con.execute("select table_name from duckdb_tables() where database_name = 'temp'").fetchall()
        for (name,) in found:
            self.con.execute(f"drop table temp.{name}")

    def caught_by(self, folder: str, name: str, text: str) -> str | None:
        """What catches a mutant here: an error, the twin, an invariant. Empty where something that is published differs
        and no one of these says so; None where nothing does.
        """
        meant = self.has_made(folder, name)
        timer = Timer(HANGS_AFTER, self.con.interrupt)
        timer.start()
        try:
            if self.says(name, text) == meant:
                return None
            while True:
                by, differ = self.found_later(folder, name, text)
                self.forget()
                given = {one for one in following(folder, name) if one[1] in differ and not self.makes(*one)}
                if not given:
                    return by
                self.given |= given
        except duckdb.Error as error:
            return type(error).__name__
        finally:
            timer.cancel()
            self.forget()

    def found_later(self, folder: str, name: str, text: str) -> tuple[str | None, set[str]]:
        """Work out what follows from a changed relation, as far as it differs: who objects, and what differs."""
        self.worked_out(name, text)
        differ = {name}
        if self.unlike_the_twin(name):
            return "the twin", differ
        for later_folder, later in following(folder, name):
            later_text = warehouse.sql(later_folder, later)
            untouched = not differ & set(re.findall(r"\w+", later_text))
            if untouched or later not in self.relations or (later_folder, later) in self.given:
                continue
            self.worked_out(later, later_text)
            if self.digest(f"from {later}") == self.has(f"from kept.{later}"):
                self.con.execute(f"drop table temp.{later}")
                continue
            differ.add(later)
            if self.unlike_the_twin(later):
                return "the twin", differ
        if not differ & PUBLISHED.keys():
            return None, differ
        if self.relations >= {one for _, one in ORDER}:
            for check in sorted((warehouse.SQL / "checks").glob("*.sql")):
                if self.con.execute(check.read_text(encoding="utf-8")).fetchall():
                    return "an invariant", differ
        return "", differ

    def unlike_the_twin(self, name: str) -> bool:
        query = self.compared.get(name)
        return query is not None and self.digest(query.format(name)) != self.digest(query.format(f"kept.{name}"))


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
        yield World(owner, con)
    finally:
        con.execute("use memory")
        con.execute("detach kept")
