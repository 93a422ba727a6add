"""Control totals of a period, and what finance really paid held against its statements."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from schemas.columns import MPN_ID, PAID, Form
from schemas.policy import PERIOD_FORM
from schemas.problems import UnusableInput
from transforms.answer import Answer
from transforms.reading import Column, FileReading
from transforms.validation import typed
from transforms.warehouse import sql

PAYMENTS = {"mpn_id": MPN_ID, "period": Form("text", PERIOD_FORM), "amount": PAID}
"""The columns of finance's file of payments; more are allowed and ignored."""


def control_totals(con: duckdb.DuckDBPyConnection, period: str) -> Answer:
    """Each control total with its figures and a tick; stands where all hold. Raises UnusableInput without any."""
    # A month that was run may have no statement at all: its rows are accounted for all the same.
    periods = con.execute(
        "select statement_period from statements union select run_period from policy order by 1"
    ).fetchall()
    if (period,) not in periods:
        has = f"{periods[0][0]} to {periods[-1][0]}"
        raise UnusableInput(f"{period}: no statements to reconcile: the database holds those of {has}")
    rows = con.execute(sql("reconcile", "control_totals"), {"period": period}).fetchall()
    lines = [
        f"{'✓' if one == other else '✗'} {total:<53}{figure(one):>18}"
        f" {'=' if one == other else '≠'} {figure(other):>18}   {figures(made_of)}"
        for total, one, other, made_of in rows
    ]
    holds = all(one == other for _, one, other, _ in rows)
    names = ("total", "one_side", "other_side", "made_of")
    totals = [dict(zip(names, row, strict=True)) | {"holds": row[1] == row[2]} for row in rows]
    return Answer("\n".join(lines), {"period": period, "control_totals": totals}, holds)


def payments_held_against_statements(con: duckdb.DuckDBPyConnection, period: str, payments: Path) -> Answer:
    """What was matched, not paid, paid without a statement, or paid in a different amount; stands where all matched.

    Raises UnusableInput with every row of the file that can't be read.
    """
    made = _payments_made(payments)
    columns = {name: made[name].to_list() for name in PAYMENTS}
    con.execute(
        "create temp table payments_made as select unnest($mpn_id::varchar[]) as mpn_id,"
        " unnest($period::varchar[]) as period, unnest($amount::decimal(18, 2)[]) as amount",
        columns,
    )
    found = con.execute(sql("reconcile", "payments"), {"period": period}).fetchall()
    matched = [row for row in found if row[0] == "matched"]
    lines = [f"✓ matched: {len(matched)} payments, {figure(sum((row[3] for row in matched), start=0))}"]
    lines += [
        f"✗ {finding}: {mpn_id}, statement {figure(payment)}, paid {figure(amount)}"
        for finding, mpn_id, payment, amount in found
        if finding != "matched"
    ]
    others = made.filter(pl.col("period") != period)["period"]
    if others.len():
        lines.append(f"  {others.len()} payments of other periods were left out")
    if others.len() == made.height > 0:
        lines.append(f"  none of the file's payments is of {period}: they are of {', '.join(others.unique().sort())}")
    facts = {
        "matched": len(matched),
        "amount": sum((row[3] for row in matched), start=Decimal(0)),
        "of_other_periods": others.len(),
        "differences": [
            dict(zip(("finding", "mpn_id", "statement", "paid"), row, strict=True))
            for row in found
            if row[0] != "matched"
        ],
    }
    return Answer("\n".join(lines), facts, len(matched) == len(found))


def _payments_made(path: Path) -> pl.DataFrame:
    columns = [Column(name, form.read_as) for name, form in PAYMENTS.items()]
    if not path.exists():
        raise UnusableInput(f"{path}: no such file of payments")
    read = [*FileReading(path, columns, label=str(path)).blocks()]
    if not read:
        return pl.DataFrame(schema={"mpn_id": pl.String, "period": pl.String, "amount": pl.Decimal(18, 2)})
    text = pl.concat(read)
    rows = text.with_columns(typed(name, form).alias(name) for name, form in PAYMENTS.items())
    unusable = rows.filter(pl.any_horizontal(pl.col(*PAYMENTS).is_null()) | (pl.col("amount") < 0))
    if unusable.height:
        raise UnusableInput(
            *(
                f"{path} row {number}: not an MPN ID, a period (as 2015-03) and an amount (as 1200.50)"
                for number in unusable["row_number"]
            )
        )
    return rows.select(*PAYMENTS)


def figure(amount: Any) -> str:
    """Figures with thousands separated, without cents where they have none to show."""
    if amount is None:
        return "nothing"
    return f"{amount:,.2f}".removesuffix(".00")


def figures(text: str) -> str:
    """The figures within a text, with thousands separated."""
    return re.sub(r"\d{4,}", lambda digits: f"{int(digits[0]):,}", text)
