"""The one place that owns a DuckDB connection: it runs the SQL files in the order written here, and checks them."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from decimal import Decimal
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb

from schemas.catalogue import PUBLISHED, VIEWS
from schemas.counts import count_of
from schemas.feeds import FEEDS
from schemas.policy import Policy
from schemas.problems import Refused
from schemas.words import CAP_SCOPES
from transforms.full_disks import NO_ROOM_TO_SPILL, want_of_room
from transforms.published import InvariantBroken, broken_promises, comments, definition, literal, misshapen

ANALYSTS_FORMAT = "v1.4.0"
"""The oldest DuckDB that must open the database."""

MOST_MONEY = Decimal("9999999999999999.99")
"""DECIMAL(18,2), as promised."""

SQL = Path(__file__).resolve().parents[1] / "sql"
"""One bare SELECT a file: the file's name is the relation's."""

BEFORE_THE_LEDGER = ("current", "resolution", "earnings", "caps")
RELATIONS: dict[str, tuple[str, ...]] = {
    "current": (
        "current_partners",
        "current_customers",
        "current_subscriptions",
        "current_poe_reviews",
        "current_rates",
        "current_caps",
    ),
    "resolution": (
        "periods",
        "subscription_terms",
        "dpor_events",
        "dpor_claims",
        "osa_form_decisions",
        "latest_reviews",
        "osa_claims",
        "dpor_proofs",
        "claims",
        "turning_points",
        "por_intervals",
        "interval_ends",
        "por_spans",
        "por_resolution",
    ),
    "earnings": ("counted_seats", "earning_seats", "missing_seats", "period_rates", "earned_lines"),
    "caps": ("earned_totals", "cap_amounts", "cap_cuts", "incentive_lines"),
    "ledger": (
        "last_closed",
        "differing_subscriptions",
        "lines_posted",
        "lines_before",
        "states_posted",
        "states_before",
        "rates_before",
        "states_now",
        "states_judged",
        "rates_judged",
        "lines_judged",
        "subscriptions_stayed",
    ),
    "adjustments": (
        "rooms",
        "differences",
        "proofs_before",
        "partners_before",
        "differing_states",
        "differing_facts",
        "stages",
        "adjustments",
    ),
    "statements": (
        "new_lines",
        "drafted_lines",
        "statement_lines",
        "drafted_statements",
        "statements",
        "balances",
        "hq_rollup",
    ),
    "notifications": (
        "support_addresses",
        "attachment_notices",
        "end_notices",
        "refusal_notices",
        "proof_notices",
        "drafted_notifications",
        "notifications",
    ),
    "analysis": (
        "remedies",
        "por_history",
        "statement_changes",
        "unpaid_seats",
        "cap_usage",
        "proof_ageing",
        "dictionary",
    ),
}
"""Every relation that the run works out, by folder of `sql/`, in the order in which they are made."""


@contextmanager
def new_database(path: Path, spill: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection whose default database is a new file at `path`; working tables are temporary and spill to `spill`.

    The file is whole once `finish` is through. One that is left half made is of no use to anyone, so there is no
    write-ahead log, which would wait for the disk at every relation.
    """
    con = connect(spill)
    form = f"storage_version {literal(ANALYSTS_FORMAT)}, recovery_mode no_wal_writes"
    try:
        con.execute(f"attach {literal(str(path))} as published ({form})")
        con.execute("use published")
        con.execute("set lock_configuration = true")
        yield con
    finally:
        con.close()


LOOKED_AT_ONCE = frozenset(
    {
        "accepted_rows",
        "turning_points",
        "interval_ends",
        "last_closed",
        "lines_posted",
        "lines_before",
        "states_posted",
        "rates_before",
        "states_now",
        "states_judged",
        "rates_judged",
        "lines_judged",
        "adjustments",
        "new_lines",
        "drafted_lines",
        "balances",
        "support_addresses",
        "attachment_notices",
        "end_notices",
        "refusal_notices",
        "proof_notices",
        "drafted_notifications",
    }
)
"""Working relations that aren't worth a table of their own."""


class DatabaseUnreadable(Exception):
    """There is no database, or not one that DuckDB can read, or one of another version's relations."""


class DatabaseHeld(DatabaseUnreadable):
    """Another program has the database open for writing."""


@contextmanager
def reading(path: Path, beside: Path | None = None) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection that can only read: the published database, and files in the folder `beside`.

    Whatever it is asked, it writes nothing, opens no other file, loads no extension and reaches no network. Raises
    DatabaseUnreadable where the file is to blame, OSError where there is no room to spill to; what else DuckDB refuses
    is passed on as it is.
    """
    # Who may only read has no place to spill to beside the database.
    with TemporaryDirectory(prefix="dpor-") as spill:
        con = _opened_to_read(path, beside, spill)
        try:
            yield con
        except duckdb.Error as error:
            if (code := want_of_room(error)) is not None and (spill in str(error) or NO_ROOM_TO_SPILL in str(error)):
                raise OSError(code, os.strerror(code), str(Path(spill).parent)) from error
            if _tells_of_a_broken_file(error, path):
                raise DatabaseUnreadable(f"{path}: {error}") from error
            if _is_of_another_version(con):
                raise DatabaseUnreadable(
                    f"{path}: made by another version: its relations aren't those of this one"
                ) from error
            raise
        finally:
            con.close()


def _opened_to_read(path: Path, beside: Path | None, spill: str) -> duckdb.DuckDBPyConnection:
    if path.exists() and not path.is_file():
        raise DatabaseUnreadable(f"{path}: not a file")
    con = None
    try:
        con = duckdb.connect(str(path), read_only=True, config={"autoinstall_known_extensions": "false"})
        con.execute(f"set temp_directory = {literal(spill)}")
        _keep_within_memory(con)
        if beside is not None:
            # What is asked for is held against these before its escapes are read, and what is found after it.
            (pattern,) = file_names([beside])
            con.execute(f"set allowed_directories = [{literal(str(beside))}, {literal(pattern)}]")
        con.execute("set enable_external_access = false")
        con.execute("set lock_configuration = true")
    except (duckdb.Error, OSError) as error:
        if con is not None:
            con.close()
        kind = DatabaseHeld if "Conflicting lock" in str(error) else DatabaseUnreadable
        raise kind(f"{path}: {error}") from error
    return con


def _tells_of_a_broken_file(error: duckdb.Error, path: Path) -> bool:
    """Of a block whose checksum is wrong DuckDB tells by no class of its own, but by these words."""
    return "Corrupt database file" in str(error) or (isinstance(error, duckdb.IOException) and str(path) in str(error))


def _is_of_another_version(con: duckdb.DuckDBPyConnection) -> bool:
    try:
        return any(misshapen(con, PUBLISHED))
    except duckdb.Error:  # a relation isn't there at all
        return True


MOST_SHOWN = 3
"""So many of the rows that break a check are told, and how many there are."""

MOST_MEMORY = 5 * 1024**3
"""In bytes. DuckDB would take four fifths of the machine or container: less, where that is less. Beyond it spills."""


def connect(spill: Path) -> duckdb.DuckDBPyConnection:
    """An in-memory connection in UTC that reaches for no extension and no network."""
    con = duckdb.connect(
        ":memory:",
        config={
            "temp_directory": str(spill),
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
            "preserve_insertion_order": "false",  # writing is twice as fast in no order
            "partitioned_write_flush_threshold": "65536",  # rows a thread; with more, statements take twice the memory
        },
    )
    con.execute("set TimeZone = 'UTC'")
    _keep_within_memory(con)
    return con


def _keep_within_memory(con: duckdb.DuckDBPyConnection) -> None:
    ((own,),) = con.execute("select parse_formatted_bytes(current_setting('memory_limit'))").fetchall()
    con.execute(f"set memory_limit = '{min(own, MOST_MEMORY)} bytes'")


def import_inputs(
    con: duckdb.DuckDBPyConnection,
    accepted: Mapping[str, Sequence[Path]],
    quarantine: Sequence[Path],
    intake_log: Sequence[Path],
    policy: Policy,
    period: str,
    state: str = "DRAFT",
    run_inputs: str = "",
    as_known_on: str | None = None,
) -> None:
    """Bring the store's Parquet files into the database: each feed's accepted rows, quarantine, intake log, policy."""
    for feed in FEEDS:
        con.execute(definition(feed, PUBLISHED[feed]))
        if accepted.get(feed):
            con.execute(
                f"insert into {feed} by name {sql('inputs', 'stored_rows')}", {"files": file_names(accepted[feed])}
            )
    make(con, "inputs", "accepted_rows")
    make(con, "inputs", "released_rows")
    make(con, "inputs", "quarantine", files=file_names(quarantine))
    make(con, "inputs", "intake_log", files=file_names(intake_log))
    import_policy(con, policy, period, state, run_inputs, as_known_on)


def import_policy(
    con: duckdb.DuckDBPyConnection,
    policy: Policy,
    period: str,
    state: str = "DRAFT",
    run_inputs: str = "",
    as_known_on: str | None = None,
) -> None:
    """Make the relation `policy`: its values, the run's own period, and what it works from, unless it's all aside."""
    make(
        con,
        "inputs",
        "policy",
        run_period=period,
        run_state=state,
        run_inputs=run_inputs,
        as_known_on=as_known_on,
        **policy.dates.model_dump(),
        **policy.program.model_dump(),
        **policy.payment.model_dump(),
    )


def show_files(con: duckdb.DuckDBPyConnection, name: str, files: Sequence[Path]) -> None:
    """Make a view on Parquet files, so that only what is asked for is read.

    A view holds no bound values: a variable names the files.
    """
    con.execute(f"set variable files_of_{name} = $files", {"files": file_names(files)})
    con.execute(
        f"create temp view {name} as from read_parquet(getvariable('files_of_{name}'), hive_partitioning = false)"
    )


def work_out(
    con: duckdb.DuckDBPyConnection, folders: Sequence[str], given: Mapping[str, Sequence[str]] | None = None
) -> int:
    """Make the relations of some folders of RELATIONS, in order; returns how many.

    `given` names the Parquet files of relations that were worked out elsewhere and are taken as they are; one without
    files was needed only there.
    """
    for folder in folders:
        for name in RELATIONS[folder]:
            if given and name in given:
                _take(con, name, given[name])
            elif name == "cap_cuts":
                _make_once_a_scope(con, folder, name)
            elif name == "dictionary":
                con.execute(definition(name, PUBLISHED[name]))  # `finish` fills it, from the comments that it gives
            else:
                make(con, folder, name)
    return sum(len(RELATIONS[folder]) for folder in folders)


def _take(con: duckdb.DuckDBPyConnection, name: str, files: Sequence[str]) -> None:
    if files:
        kept = "" if name in PUBLISHED else "temp "
        con.execute(f"create {kept}table {name} as {sql('inputs', 'stored_rows')}", {"files": file_names(files)})


def see_that_sums_fit(con: duckdb.DuckDBPyConnection) -> None:
    """Raises Refused where all that is earned comes to more than an amount can say."""
    ((earned, subscription_id, its_own),) = con.execute(sql("caps", "earned_in_all")).fetchall()
    if earned is not None and earned > MOST_MONEY:
        raise Refused(
            f"all that is earned comes to {earned:,.2f}, and no amount can be more than {MOST_MONEY:,.2f}",
            f"{subscription_id} earns the most of it, {its_own:,.2f}: are its seats and rates right? Correct them in"
            " the delivery that brought them, or have the rows taken out of it",
        )


def make(con: duckdb.DuckDBPyConnection, folder: str, name: str, **values: Any) -> None:
    """Make the relation that a SQL file selects: in the database where it is published, else for this run only."""
    kept = "" if name in PUBLISHED else "temp "
    kind = "view" if name in VIEWS | LOOKED_AT_ONCE else "table"
    con.execute(f"create {kept}{kind} {name} as {sql(folder, name)}", values)


def finish(con: duckdb.DuckDBPyConnection) -> None:
    """Hold what was made against its models and the invariants, then give every relation and column its COMMENT.

    Raises InvariantBroken.
    """
    hold_to_its_promises(con)
    con.execute("begin")
    for statement in comments(PUBLISHED, VIEWS):
        con.execute(statement)
    con.execute(f"insert into dictionary {sql('analysis', 'dictionary')}")
    con.execute("commit")
    con.execute("checkpoint")


def hold_to_its_promises(con: duckdb.DuckDBPyConnection) -> None:
    """Raises InvariantBroken, naming every model or check that something of what was made breaks.

    The rows of a view aren't looked at again: they are those of its tables, and what it adds is in `sql/checks/`.
    """
    tables = {name: schema for name, schema in PUBLISHED.items() if name not in VIEWS}
    problems = [*misshapen(con, PUBLISHED), *broken_promises(con, tables), *broken_checks(con)]
    if problems:
        raise InvariantBroken(problems)


def broken_checks(con: duckdb.DuckDBPyConnection) -> Iterator[str]:
    """A line for every check in `sql/checks/` that returns a row: how many, and the first of them."""
    for check in sorted(path.stem for path in (SQL / "checks").glob("*.sql")):
        first = con.execute(
            f"select *, count(*) over () from ({sql('checks', check)}) order by all limit {MOST_SHOWN}"  # noqa: S608
        ).fetchall()
        if first:
            yield f"{check} on {count_of(first[0][-1], 'row')}: {'; '.join(str(row[:-1]) for row in first)}"


def dicts(con: duckdb.DuckDBPyConnection, query: str, values: Mapping[str, Any] | None = None) -> list[dict[str, Any]]:
    """What a query answers, each row by the names of its columns. `values` are bound."""
    answer = con.execute(query, values)
    names = [column[0] for column in answer.description or ()]
    return [dict(zip(names, row, strict=True)) for row in answer.fetchall()]


def file_names(files: Iterable[Path | str]) -> list[str]:
    """Files as `read_parquet` is to be given them: it takes names for patterns, and one in `x[1]` for files of `x1`.

    It must be told `hive_partitioning = false` too, lest a folder named `delivery=7` be a column.
    """
    return [re.sub(r"([\[*?])", r"[\1]", str(file)) for file in files]


@cache
def sql(folder: str, name: str) -> str:
    """The text of a SQL file: a bare SELECT."""
    return (SQL / folder / f"{name}.sql").read_text(encoding="utf-8")


def _make_once_a_scope(con: duckdb.DuckDBPyConnection, folder: str, name: str) -> None:
    """Each cap scope meets what the one before it let pass (P20), so the relation is added to once a scope."""
    con.execute(definition(name, PUBLISHED[name]))
    capped = {scope for (scope,) in con.execute("select distinct scope from cap_amounts").fetchall()}
    for scope in CAP_SCOPES:
        if scope in capped:
            con.execute(f"insert into {name} {sql(folder, name)}", {"scope": scope})
