"""A bench for policy tests: feeds as small tables in the test, worked out by the pipeline's own SQL, shown as tables.

A table is a header of column names and rows of values, both parted by spaces; `-` is null, `''` is empty text. Columns
that say nothing in a test may be left out: DEFAULTS fills them. Partners, customers and subscriptions that rows name
and no table describes are there all the same: eligible for ever, and one open EA subscription to contoso's O365.
Partners go by the names in PARTNERS, in what comes in and in what is compared.

A run goes as far as a test looks: one that asks only who is partner of record has nothing paid. Every run is held
against the models and the invariants of what it has made, so every test proves them too; with DPOR_WHOLE_RUNS=1 each
goes to its end. The database lies in memory and has no COMMENTs.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir
from typing import Any

import duckdb
import polars as pl

from schemas.catalogue import CURRENT, PUBLISHED, VIEWS
from schemas.feeds import FEEDS
from schemas.policy import Policy, default_policy
from transforms.books.ledger import import_ledger, leave_room, let_subscriptions_stay
from transforms.database import warehouse
from transforms.database.connections import connect
from transforms.database.finishing import hold_to_its_promises
from transforms.database.published import InvariantBroken, broken_promises, misshapen

Row = dict[str, Any]

PARTNERS = {
    "A": "1000001",
    "B": "1000002",
    "C": "1000003",
    "D": "0000004",
    "Litware": "1100001",
    "Relecloud": "1200001",
}
NAMES = {mpn_id: name for name, mpn_id in PARTNERS.items()}

DEFAULTS: dict[str, dict[str, str]] = {
    "partners": {
        "partner_name": "Partner", "hq_mpn_id": "-", "region": "NA", "country": "US", "ppc_name": "Contact",
        "ppc_email": "contact@example.com", "eligible_from": "2014-01-01", "eligible_to": "-",
    },
    "customers": {"organization_name": "Customer", "country": "US", "address": "Street", "phone": "1"},
    "subscriptions": {
        "customer_id": "contoso", "agreement_id": "ea-1", "program": "EA", "service": "O365", "offer": "E3",
        "start_date": "2014-01-01", "end_date": "-",
    },
    "osa_forms": {"customer_id": "contoso", "service": "O365"},
    "dpor_attachments": {"subscription_id": "e3", "action": "ADD", "portal": "OFFICE"},
    "poe_reviews": {"requested_on": "2015-03-31"},
    "assigned_seats": {"subscription_id": "e3"},
    "rates": {"incentive": "DEPLOY", "service": "O365", "valid_from": "2014-01-01", "valid_to": "-"},
    "caps": {"mpn_id": "*", "service": "*", "fiscal_year": "FY15"},
}  # fmt: skip
"""What a column holds where a test doesn't say. Reviews, seats and deliveries have a few more, in `_filled`."""

FOLDERS = tuple(warehouse.RELATIONS)
OF_RESOLUTION = ("claims_are_complete", "resolution_is_complete")
OF_LINES = (
    "earners_have_lines_or_a_reason",
    "lines_are_what_seats_earn",
    "lines_have_their_por",
    "lines_pay_at_most_what_they_earn",
)
DEPTHS = {"resolution": OF_RESOLUTION, "caps": (*OF_RESOLUTION, *OF_LINES), "analysis": ()}
"""The last folder of `sql/` that a run goes through, with the checks that can be asked then; at the end it is all."""


@dataclass(frozen=True)
class Outcome:
    """What a run of `period` worked out: the rows of every relation, typed."""

    period: str
    relations: Mapping[str, list[Row]]

    def rows(self, relation: str, **only: Any) -> list[Row]:
        """The relation's rows in which each column of `only` has its value."""
        return [row for row in self.relations[relation] if all(row[name] == value for name, value in only.items())]

    def shows(self, relation: str, expected: str, **only: str) -> None:
        """Asserts that the relation has exactly the rows of the table `expected`, in any order, in its columns.

        A relation by period is looked at for the periods that the table names; for the run's own, where it names none;
        statements and their lines are looked at whole.
        `only` leaves rows of other values out of sight.
        """
        header, *lines = cells(expected)
        seen = [{name: written(value) for name, value in row.items()} for row in self.relations[relation]]
        if seen and "period" in seen[0] and "statement_period" not in seen[0] and "period" not in only:
            named = {line[header.index("period")] for line in lines} if "period" in header else set()
            seen = [row for row in seen if row["period"] in (named or {self.period})]
        seen = [row for row in seen if all(row[name] == value for name, value in only.items())]
        found = sorted([row[name] for name in header] for row in seen)
        if found != sorted(lines):
            told = f"{relation} of the run of {self.period}"
            meant = aligned([header, *sorted(lines)])
            raise AssertionError(f"{told} shows\n{aligned([header, *found])}\nnot\n{meant}")


def run(period: str, *, policy: Mapping[str, Any] | None = None, state: str = "DRAFT", **feeds: str) -> Outcome:
    """What a run of `period` works out from the tables in `feeds`; `policy` changes parameters of the default.

    With the state CLOSED, what it works out when it closes the period.
    """
    world = {feed: _filled(feed, table) for feed, table in feeds.items()}
    _complete(world)
    typed = {feed: [_typed(feed, row) for row in rows] for feed, rows in world.items()}
    changed = _changed(policy or {})
    return Outcome(period, _AsAsked(lambda last: work_out(typed, period, changed, state, last).relations))


class _AsAsked(Mapping[str, list[Row]]):
    """The relations of a run that goes on when one is asked for that it hasn't made yet."""

    def __init__(self, worked_out: Callable[[str], Mapping[str, list[Row]]]) -> None:
        self._worked_out = worked_out
        self._known: Mapping[str, list[Row]] = worked_out("analysis") if os.environ.get("DPOR_WHOLE_RUNS") else {}

    def __getitem__(self, relation: str) -> list[Row]:
        if relation not in self._known:
            made_in = [FOLDERS.index(folder) for folder, names in warehouse.RELATIONS.items() if relation in names]
            last = next((last for last in DEPTHS if made_in and made_in[0] <= FOLDERS.index(last)), "analysis")
            self._known = self._worked_out(last)
        return self._known[relation]

    def __iter__(self) -> Iterator[str]:
        return iter(self._worked_out("analysis"))

    def __len__(self) -> int:
        return len(self._worked_out("analysis"))


def work_out(
    world: Mapping[str, Iterable[Row]],
    period: str,
    policy: Policy | None = None,
    state: str = "DRAFT",
    last: str = "analysis",
) -> Outcome:
    """What a run of `period` works out from typed rows, in the order delivered, where nothing has been closed yet.

    A row's `delivery` is 2014-10 where it has none. `last` names the last folder of `sql/` that it goes through.
    """
    with TemporaryDirectory() as name, _database() as con:
        folder = Path(name)
        files = {feed: [_write(folder, feed, list(rows))] for feed, rows in world.items() if rows}
        inputs = warehouse.Inputs(files, [_write_nothing(folder, "quarantine")], [_write_log(folder, world)])
        warehouse.import_inputs(con, inputs, policy or default_policy(), period, state)
        before = [name for name in warehouse.BEFORE_THE_LEDGER if FOLDERS.index(name) <= FOLDERS.index(last)]
        warehouse.work_out(con, before)
        if last == "analysis":
            import_ledger(con, [])
            warehouse.work_out(con, ["ledger"])
            leave_room(con, [], folder)
            let_subscriptions_stay(con, [], warehouse.Inputs({}, [], []), period, folder)
            warehouse.work_out(con, ["adjustments", "statements", "notifications", "analysis"])
            hold_to_its_promises(con)
        made = {name for folder in FOLDERS[: FOLDERS.index(last) + 1] for name in warehouse.RELATIONS[folder]}
        shown = [name for name in PUBLISHED if name in made and name not in CURRENT]
        if last != "analysis":
            hold_what_was_made(con, shown, DEPTHS[last])
        relations = {}
        for relation in shown:
            answer = con.execute(f"from {relation}")
            columns = [column[0] for column in answer.description or ()]
            relations[relation] = [dict(zip(columns, row, strict=True)) for row in answer.fetchall()]
    return Outcome(period, relations)


def hold_what_was_made(con: duckdb.DuckDBPyConnection, made: Iterable[str], checks: Iterable[str]) -> None:
    """Hold some relations against their models, and ask some checks. Raises InvariantBroken."""
    schemas = {name: PUBLISHED[name] for name in made}
    tables = {name: schema for name, schema in schemas.items() if name not in VIEWS}
    problems = [*misshapen(con, schemas), *broken_promises(con, tables)]
    for check in checks:
        problems += [f"{check}: {row}" for row in con.execute(warehouse.sql("checks", check)).fetchmany(3)]
    if problems:
        raise InvariantBroken(problems)


@contextmanager
def _database() -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection whose default database is a new one in memory."""
    con = _engine().cursor()
    con.execute("attach ':memory:' as published; use published")
    try:
        yield con
    finally:
        con.execute("use memory; detach published")
        con.close()


@cache
def _engine() -> duckdb.DuckDBPyConnection:
    """DuckDB, started once, with one thread: so few rows are too little work for two."""
    con = connect(Path(gettempdir()) / "dpor-harness")
    con.execute("set threads = 1")
    return con


# Tables


def cells(table: str) -> list[list[str]]:
    """A table's header and rows. Raises ValueError where a row is longer or shorter than the header."""
    lines = [line.split() for line in table.splitlines() if line.strip()]
    for line in lines:
        if len(line) != len(lines[0]):
            raise ValueError(f"{line} has not the columns {lines[0]}")
    return lines


def aligned(lines: list[list[str]]) -> str:
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return "\n".join("    " + "  ".join(map(str.ljust, line, widths)) for line in lines)


def written(value: Any) -> str:
    """A value as it stands in a table."""
    if value is None:
        return "-"
    if value == "":
        return "''"
    if isinstance(value, datetime):
        return value.isoformat()
    return NAMES.get(str(value), str(value))


def _filled(feed: str, table: str) -> list[dict[str, str]]:
    header, *lines = cells(table)
    unknown = set(header) - set(FEEDS[feed].dtypes) - {"delivery"}
    if unknown:
        raise ValueError(f"{feed} has no column {unknown}")
    rows = [{**DEFAULTS[feed], **dict(zip(header, line, strict=True))} for line in lines]
    for number, row in enumerate(rows, 1):
        if feed == "assigned_seats":
            row.setdefault("exported_at", row["snapshot_date"])
            row.setdefault("purchased_seats", row["assigned_seats"])
        elif feed == "poe_reviews":
            row.setdefault("poe_id", f"poe-{number}")
            row.setdefault("decided_on", "-" if row["outcome"] == "-" else row["requested_on"])
    return rows


def _complete(world: dict[str, list[dict[str, str]]]) -> None:
    """Adds the partners of the reviews, and each subscription, customer and partner that is named and not described."""
    claimants = {row["event_id"]: row["mpn_id"] for row in world.get("dpor_attachments", [])}
    claimants |= {row["form_id"]: row["mpn_id"] for row in world.get("osa_forms", [])}
    for review in world.get("poe_reviews", []):
        review.setdefault("mpn_id", claimants[review["claim_id"]])
    if "subscriptions" not in world and not {"dpor_attachments", "assigned_seats"} & world.keys():
        world["subscriptions"] = [{**DEFAULTS["subscriptions"], "subscription_id": "e3"}]
    for feed, key in (("subscriptions", "subscription_id"), ("customers", "customer_id"), ("partners", "mpn_id")):
        described = {row[key] for row in world.get(feed, [])} | {"*", "-"}
        named = {row[key] for rows in world.values() for row in rows if key in row}
        rows = world.setdefault(feed, [])
        rows += [{**DEFAULTS[feed], key: value} for value in sorted(named - described)]


def _typed(feed: str, row: dict[str, str]) -> Row:
    typed = {column: _read(row[column], dtype) for column, dtype in _dtypes(feed).items()}
    return typed | ({"delivery": row["delivery"]} if "delivery" in row else {})


def _read(text: str, dtype: pl.DataType) -> Any:
    if text == "-":
        return None
    match dtype:
        case pl.Date:
            return date.fromisoformat(text)
        case pl.Datetime():
            return datetime.fromisoformat(text)
        case pl.Decimal():
            return Decimal(text)
        case pl.Int32:
            return int(text)
    return PARTNERS.get(text, text)


def _changed(parameters: Mapping[str, Any]) -> Policy:
    sections = default_policy().model_dump()
    for name, value in parameters.items():
        next(section for section in sections.values() if name in section)[name] = value
    return Policy.model_validate(sections)


# Files, as the store holds them


@cache
def _dtypes(feed: str) -> dict[str, pl.DataType]:
    return FEEDS[feed].dtypes


def _write(folder: Path, feed: str, rows: list[Row]) -> Path:
    columns = {column: [row[column] for row in rows] for column in _dtypes(feed)}
    deliveries = pl.Series([row.get("delivery", "2014-10") for row in rows], dtype=pl.String)
    frame = pl.DataFrame(columns, schema=_dtypes(feed)).with_columns(
        delivery=deliveries,
        file=pl.lit(_file(feed)),
        row_number=pl.int_range(2, pl.len() + 2),
        accepted_in=deliveries,
    )
    frame.write_parquet(folder / f"{feed}.parquet")
    return folder / f"{feed}.parquet"


def _file(feed: str) -> str:
    return f"{feed}.csv"


def _write_log(folder: Path, world: Mapping[str, Iterable[Row]]) -> Path:
    """The intake log of files of which every row is accepted."""
    rows_of = Counter((row.get("delivery", "2014-10"), feed) for feed, rows in world.items() for row in rows)
    log = [(delivery, feed, _file(feed), "", rows, rows, 0, 0) for (delivery, feed), rows in rows_of.items()]
    pl.DataFrame(log, schema=_columns("intake_log"), orient="row").write_parquet(folder / "intake_log.parquet")
    return folder / "intake_log.parquet"


def _columns(relation: str) -> dict[str, Any]:
    return {name: column.dtype.type for name, column in PUBLISHED[relation].columns.items()}


def _write_nothing(folder: Path, relation: str) -> Path:
    columns = {name: dtype for name, dtype in _columns(relation).items() if name != "released_by"}
    pl.DataFrame(schema=columns).write_parquet(folder / f"{relation}.parquet")
    return folder / f"{relation}.parquet"
