"""Runs the SQL files, in the order written here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import duckdb

from schemas.catalogue import PUBLISHED, VIEWS
from schemas.feeds import FEEDS
from schemas.policy import Policy
from schemas.problems import Refused
from schemas.words import CAP_SCOPES
from transforms.database.connections import file_names
from transforms.database.published import definition

MOST_MONEY = Decimal("9999999999999999.99")
"""DECIMAL(18,2), as promised."""

SQL = Path(__file__).resolve().parents[2] / "sql"
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


@dataclass(frozen=True)
class Inputs:
    """The store's Parquet files that a run reads: accepted rows by feed, quarantine, intake log."""

    accepted: Mapping[str, Sequence[Path]]
    quarantine: Sequence[Path]
    intake_log: Sequence[Path]


def import_inputs(
    con: duckdb.DuckDBPyConnection,
    inputs: Inputs,
    policy: Policy,
    period: str,
    state: str = "DRAFT",
    run_inputs: str = "",
    as_known_on: str | None = None,
) -> None:
    """Bring the store's Parquet files into the database: each feed's accepted rows, quarantine, intake log, policy."""
    for feed in FEEDS:
        con.execute(definition(feed, PUBLISHED[feed]))
        if files := inputs.accepted.get(feed):
            con.execute(f"insert into {feed} by name {sql('inputs', 'stored_rows')}", {"files": file_names(files)})
    make(con, "inputs", "accepted_rows")
    make(con, "inputs", "released_rows")
    make(con, "inputs", "quarantine", files=file_names(inputs.quarantine))
    make(con, "inputs", "intake_log", files=file_names(inputs.intake_log))
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
) -> None:
    """Make the relations of some folders of RELATIONS, in order.

    `given` names the Parquet files of relations that were worked out elsewhere and are taken as they are; one without
    files was needed only there.
    """
    for folder in folders:
        for name in RELATIONS[folder]:
            if given and name in given:
                _take(con, name, given[name])
            elif name == "cap_cuts":
                make_cap_cuts(con, CAP_SCOPES)
            elif name == "dictionary":
                con.execute(definition(name, PUBLISHED[name]))  # `finish` fills it, from the comments that it gives
            else:
                make(con, folder, name)


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


def make_cap_cuts(con: duckdb.DuckDBPyConnection, scopes: Sequence[str]) -> None:
    """Each cap scope meets what the one before it let pass (P20), so the relation is added to once a scope."""
    con.execute(definition("cap_cuts", PUBLISHED["cap_cuts"]))
    capped = {scope for (scope,) in con.execute("select distinct scope from cap_amounts").fetchall()}
    for scope in scopes:
        if scope in capped:
            con.execute(f"insert into cap_cuts {sql('caps', 'cap_cuts')}", {"scope": scope})


def make(con: duckdb.DuckDBPyConnection, folder: str, name: str, **values: Any) -> None:
    """Make the relation that a SQL file selects: in the database where it is published, else for this run only."""
    kept = "" if name in PUBLISHED else "temp "
    kind = "view" if name in VIEWS | LOOKED_AT_ONCE else "table"
    con.execute(f"create {kept}{kind} {name} as {sql(folder, name)}", values)


def dicts(con: duckdb.DuckDBPyConnection, query: str, values: Mapping[str, Any] | None = None) -> list[dict[str, Any]]:
    """What a query answers, each row by the names of its columns. `values` are bound."""
    answer = con.execute(query, values)
    names = [column[0] for column in answer.description or ()]
    return [dict(zip(names, row, strict=True)) for row in answer.fetchall()]


def in_folder(folder: str) -> list[str]:
    """The names of the SQL files in a folder, in order."""
    return sorted(path.stem for path in (SQL / folder).glob("*.sql"))


@cache
def sql(folder: str, name: str) -> str:
    """The text of a SQL file: a bare SELECT."""
    return (SQL / folder / f"{name}.sql").read_text(encoding="utf-8")
