"""`dpor export` and what `dpor reconcile` does with payments: to finance, and back."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import duckdb
from cyclopts import Parameter

from flows.command_line.options import DB, Database, Period
from flows.command_line.places import check_outside
from flows.command_line.terminal import Terminal
from flows.month.refusing import closed_period
from flows.month.walking import bring_back_unless_busy
from schemas.counts import count_of
from schemas.problems import UnusableInput
from transforms.answers.answer import Answer
from transforms.books.store import Store
from transforms.payments.export import write_payments
from transforms.payments.made import (
    is_returned_export,
    payments_held_against_statements,
    returned_payments_held_against_statements,
)

OTHER_FORMS = (".xlsx", ".xls", ".ods", ".pdf", ".parquet", ".json", ".gz", ".zip")


def export(
    *,
    period: Period,
    out: Annotated[
        Path | None, Parameter(name="--out", help="The CSV file; by default payments-2015-03.csv for 2015-03.")
    ] = None,
    db: Database = DB,
) -> None:
    """Write a closed period's payments as a file for finance, in the columns of Partner Center's export of payments.

    Once filled in, check it with: dpor reconcile --period 2015-03 --payments payments-2015-03.csv

    Example: dpor export --period 2015-03
    """
    store = Store(db)
    bring_back_unless_busy(store)
    closed = closed_period(store, period, "payments are settled when a period closes")
    path = out or Path(f"payments-{period}.csv")
    if path.is_dir():
        raise UnusableInput(f"--out {path}: a folder: name a file, such as payments-{period}.csv")
    if path.exists() and not path.is_file():
        raise UnusableInput(
            f"--out {path}: not a file, but a pipe or a device: name a file, such as payments-{period}.csv"
        )
    if path.suffix.lower() in OTHER_FORMS:
        raise UnusableInput(
            f"--out {path}: what is written is a CSV: name it accordingly, such as payments-{period}.csv"
        )
    check_outside(store, path)
    stored = store.deliveries(period)
    store.undamaged(stored)
    count, total = write_payments(closed, stored, path)
    Terminal().show(
        f"{count_of(count, 'payment')} of {period} in {path}, {total:,.2f} {closed.policy.payment.currency}"
    )


def held_against_statements(
    con: duckdb.DuckDBPyConnection, store: Store, period: str, payments: Path, aside: Path
) -> Answer:
    """What finance paid held against a period's statements: the export filled in, or mpn_id, period, amount.

    `aside` is a folder to work in, in which `con` may read.
    """
    if not is_returned_export(payments):
        return payments_held_against_statements(con, period, payments)
    currencies = [closed.policy.payment.currency for closed in store.closed() if closed.period == period]
    if not currencies:
        ((currency,),) = con.execute("select currency from policy").fetchall()
        currencies = [currency]
    return returned_payments_held_against_statements(con, period, currencies[0], payments, aside)
