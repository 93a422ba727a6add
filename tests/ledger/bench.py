"""The ledger's bench: deliveries written as small tables, `dpor` run on them, and all that it left behind, to compare.

A table is a header of column names and rows of values, both parted by spaces; `-` is empty. Columns that say nothing in
a test may be left out: DEFAULTS fills them. Partners go by the names in PARTNERS, in what comes in and is compared.
"""

from __future__ import annotations

import csv
import io
import multiprocessing
import os
import shutil
import signal
import sys
from collections.abc import Callable, Iterable
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

import duckdb
import worlds

from flows.dpor import exit_code

CAMPAIGN = int(os.environ.get("DPOR_CAMPAIGN", "0"))
"""How many kills or worlds a campaign tries; 0 is the normal suite."""

PARTNERS = {"L": "1100001", "R": "1200001", "C": "0300001"}
NAMES = {mpn_id: name for name, mpn_id in PARTNERS.items()}

DEFAULTS: dict[str, dict[str, str]] = {
    "partners": {
        "partner_name": "Partner", "hq_mpn_id": "-", "region": "NA", "country": "US", "ppc_name": "Contact",
        "ppc_email": "contact@example.com", "eligible_from": "2014-01-01", "eligible_to": "-",
    },
    "customers": {"organization_name": "Customer", "country": "US", "address": "Street", "phone": "1"},
    "subscriptions": {
        "agreement_id": "ea-1", "program": "EA", "service": "O365", "offer": "E3", "start_date": "2014-01-01",
        "end_date": "-",
    },
    "osa_forms": {"service": "O365", "received_on": "2014-08-20"},
    "dpor_attachments": {"action": "ADD", "portal": "OFFICE"},
    "poe_reviews": {"requested_on": "2015-03-10", "decided_on": "-", "outcome": "-"},
    "assigned_seats": {},
    "rates": {"incentive": "DEPLOY", "service": "O365", "valid_from": "2014-01-01", "valid_to": "-"},
    "caps": {"mpn_id": "*", "scope": "PARTNER", "service": "*", "fiscal_year": "FY15"},
}  # fmt: skip

READS_DELIVERIES = ("run", "close", "status", "check")
WRITES_STATEMENTS = ("run", "close")
SETTLED = "select * from {} order by all"


def table(text: str) -> list[dict[str, str]]:
    """The rows of a table, as it was written. Raises ValueError where a row is longer or shorter than the header."""
    header, *lines = [line.split() for line in text.splitlines() if line.strip()]
    return [dict(zip(header, line, strict=True)) for line in lines]


def rows_of(feed: str, text: str) -> list[dict[str, str]]:
    """The rows of a feed with all of its columns, as they stand in a file."""
    rows = []
    for given in table(text):
        row = {**DEFAULTS[feed], **given}
        if feed == "assigned_seats":
            row.setdefault("exported_at", f"{row['snapshot_date']}T20:00:00Z")
            row.setdefault("purchased_seats", row["assigned_seats"])
        if feed == "poe_reviews" and "decided_on" not in given and row["outcome"] != "-":
            row["decided_on"] = row["requested_on"]
        named = {column: PARTNERS.get(value, value) for column, value in row.items()}
        rows.append({column: "" if value == "-" else value for column, value in named.items()})
    return rows


def write_feed(path: Path, feed: str, rows: Iterable[dict[str, str]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(worlds.COLUMNS[feed]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def files_in(folder: Path) -> dict[str, bytes]:
    """Every file with its content, what is hidden left out."""
    names = {path: path.relative_to(folder) for path in sorted(folder.rglob("*")) if path.is_file()}
    return {
        name.as_posix(): path.read_bytes()
        for path, name in names.items()
        if not any(part.startswith(".") for part in name.parts)
    }


class Books:
    """One folder of deliveries with its database, store and statements."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.deliveries = folder / "deliveries"
        self.database = folder / "dpor.duckdb"
        self.store = folder / "dpor.store"
        self.statements = folder / "statements"
        self.said = ""
        self.complained = ""

    def copied(self, folder: Path) -> Books:
        """The same books once more, in another folder."""
        shutil.copytree(self.folder, folder, dirs_exist_ok=True)
        return Books(folder)

    def deliver(self, period: str, part: str = "", **feeds: str) -> None:
        """Write a file per feed into a delivery; `part` is added to the names, so that other files stay."""
        (self.deliveries / period).mkdir(parents=True, exist_ok=True)
        for feed, text in feeds.items():
            write_feed(self.deliveries / period / f"{feed}{part}.csv", feed, rows_of(feed, text))

    def arguments(self, command: str, *arguments: str) -> list[str]:
        given = [command, "--db", str(self.database), *arguments]
        given += ["--deliveries", str(self.deliveries)] if command in READS_DELIVERIES else []
        return [*given, *(["--out", str(self.statements)] if command in WRITES_STATEMENTS else [])]

    def dpor(self, command: str, *arguments: str) -> int:
        """Run one command in this process; what it said on stdout and stderr is in `said` and `complained`."""
        out, err = io.StringIO(), io.StringIO()
        with redirect_stdout(out), redirect_stderr(err):
            code = exit_code(self.arguments(command, *arguments))
        self.said, self.complained = out.getvalue(), err.getvalue()
        return code

    def does(self, command: str, *arguments: str) -> None:
        """Run one command and expect no problem."""
        code = self.dpor(command, *arguments)
        assert code == 0, f"{command} {arguments}: exit {code}\n{self.complained}{self.said}"

    def refuses(self, command: str, *arguments: str, because: Iterable[str]) -> None:
        """Run one command; it must exit with 4, say all of `because` on stderr, and leave every byte as it was."""
        before = self.bytes()
        code = self.dpor(command, *arguments)
        assert code == 4, f"{command} {arguments}: exit {code}\n{self.complained}{self.said}"
        assert [words for words in because if words not in self.complained] == [], self.complained
        assert "Traceback" not in self.complained
        assert self.bytes() == before

    def rows(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        with duckdb.connect(str(self.database), read_only=True) as con:
            return con.execute(query, list(values)).fetchall()

    def shows(self, query: str, expected: str) -> None:
        """Asserts that a query gives the rows of the table `expected`, in its columns, in any order."""
        wanted = table(expected)
        with duckdb.connect(str(self.database), read_only=True) as con:
            answer = con.execute(query)
            names = [column[0] for column in answer.description or ()]
            found = [dict(zip(names, row, strict=True)) for row in answer.fetchall()]
        seen = [{name: written(row[name]) for name in wanted[0]} for row in found]
        assert sorted(map(str, seen)) == sorted(map(str, wanted)), "\n".join(map(str, seen))

    def bytes(self) -> dict[str, bytes]:
        """Every file of the store, the statements and the database."""
        return {
            **{f"store/{name}": content for name, content in files_in(self.store).items()},
            **{f"statements/{name}": content for name, content in files_in(self.statements).items()},
            **({"database": self.database.read_bytes()} if self.database.exists() else {}),
        }

    def relations(self) -> dict[str, list[tuple[Any, ...]]]:
        """Every row of every table and view of the database."""
        with duckdb.connect(str(self.database), read_only=True) as con:
            names = con.execute("select table_name from information_schema.tables order by 1").fetchall()
            return {name: con.execute(SETTLED.format(name)).fetchall() for (name,) in names}

    def everything(self) -> dict[str, Any]:
        """All that a run leaves, for comparing one with another: the store, the statements, every row."""
        found: dict[str, Any] = dict(self.bytes())
        found.pop("database", None)
        return found | self.relations()


def written(value: Any) -> str:
    return "-" if value is None else NAMES.get(str(value), str(value))


def unlike(one: dict[str, Any], other: dict[str, Any]) -> list[str]:
    """What differs between two lots of everything, by name: short enough to read."""
    return [name for name in sorted({*one, *other}) if name not in one or name not in other or one[name] != other[name]]


# What is delivered


OF_A_FORM = {
    "partners": "mpn_id\n L",
    "customers": "customer_id\n cust",
    "subscriptions": "subscription_id customer_id\n sub cust",
    "osa_forms": "form_id customer_id mpn_id\n form cust L",
    "assigned_seats": "subscription_id snapshot_date assigned_seats\n sub 2015-03-31 1000",
}
"""A subscription that earns by an uncontested form, without rates."""


def deliver_four_months(books: Books) -> None:
    """L is paid in February, owes in March, is below the minimum in April and reaches it in May; R waits for its proof
    in March and has it in April; what C had to wait for in February goes away in March."""
    books.deliver(
        "2015-02",
        partners="mpn_id\n L\n R\n C",
        customers="customer_id\n contoso\n tailspin",
        subscriptions="subscription_id customer_id\n e1 contoso\n e3 contoso\n t1 tailspin",
        rates="amount_per_seat\n 10.00",
        osa_forms="form_id customer_id mpn_id\n contoso-l contoso L\n tailspin-c tailspin C",
        poe_reviews="poe_id claim_id mpn_id requested_on\n p0 tailspin-c C 2015-01-10",
        assigned_seats="""
            subscription_id  snapshot_date  assigned_seats
            e1               2015-01-31     30
            e1               2015-02-28     30
            t1               2015-02-28     70
        """,
    )
    books.deliver(
        "2015-03",
        subscriptions="subscription_id customer_id program\n t1 tailspin MOSA",
        dpor_attachments="event_id occurred_at subscription_id mpn_id\n d1 2015-03-16T12:00:00Z e3 R",
        assigned_seats="""
            subscription_id  snapshot_date  exported_at           assigned_seats
            e1               2015-02-28     2015-03-05T00:00:00Z  5
            e3               2015-03-31     2015-03-31T20:00:00Z  50
        """,
    )
    books.deliver(
        "2015-04",
        customers="customer_id\n fabrikam",
        subscriptions="subscription_id customer_id\n f1 fabrikam",
        osa_forms="form_id received_on customer_id mpn_id\n fabrikam-l 2015-04-10 fabrikam L",
        poe_reviews="poe_id claim_id mpn_id requested_on decided_on outcome\n p1 d1 R 2015-04-01 2015-04-09 PASS",
        assigned_seats="""
            subscription_id  snapshot_date  assigned_seats
            e3               2015-04-30     15
            f1               2015-04-30     40
        """,
    )
    books.deliver("2015-05", assigned_seats="subscription_id snapshot_date assigned_seats\n f1 2015-05-31 5")


def from_month(deliveries: worlds.Deliveries, first: str, last: str) -> worlds.Deliveries:
    """The deliveries up to a last month, all before the first month put into the first's."""
    merged: worlds.Deliveries = {}
    for period in sorted(period for period in deliveries if period <= last):
        for feed, rows in deliveries[period].items():
            merged.setdefault(max(period, first), {}).setdefault(feed, []).extend(rows)
    return merged


# Real processes, that can be killed. A server that has imported `dpor` forks them, which spares each some seconds.

SERVER = multiprocessing.get_context("forkserver")
SERVER.set_forkserver_preload(["flows.dpor", "faults.killed"])


def in_a_process(arguments: list[str], dies_at: int, dies_before: str, counted: str) -> None:
    """Run one command. Before the `dies_at`-th change of a name in the file system, kill this process the hard way; or
    before the first that names a path with `dies_before` in it.

    `counted` is a file that is told how many there were, if it comes to the end.
    """
    changes = 0

    def dying(change: Callable[..., None]) -> Callable[..., None]:
        def changed(*given: Any, **more: Any) -> None:
            nonlocal changes
            changes += 1
            is_asked = change.__name__ == "rmdir"  # of a file: whether it can be replaced
            named = dies_before and not is_asked and any(dies_before in str(path) for path in given)
            if changes == dies_at or named:
                os.kill(os.getpid(), signal.SIGKILL)
            return change(*given, **more)

        return changed

    for name in ("rename", "replace", "unlink", "rmdir", "mkdir"):
        setattr(os, name, dying(getattr(os, name)))
    with open(os.devnull, "w", encoding="utf-8") as nowhere, redirect_stdout(nowhere), redirect_stderr(nowhere):
        code = exit_code(arguments)
    if counted:
        Path(counted).write_text(str(changes), encoding="utf-8")
    sys.stdout.flush()
    os._exit(code)


def started(arguments: list[str], dies_at: int = 0, dies_before: str = "", counted: str = "") -> Any:
    """A process that runs one command."""
    process = SERVER.Process(target=in_a_process, args=(arguments, dies_at, dies_before, counted))
    process.start()
    return process
