"""Control totals of a period, and what finance really paid held against its statements."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from schemas.columns import MPN_ID, PAID, Form
from schemas.counts import count_of
from schemas.one_line import one_line
from schemas.policy import PERIOD_FORM, span
from schemas.problems import UnusableInput
from transforms.answer import Answer, told
from transforms.csv_scanner import NOT_UTF8
from transforms.reading import FileReading
from transforms.validation import typed
from transforms.warehouse import make, sql

PAYMENTS = {"mpn_id": MPN_ID, "period": Form("text", PERIOD_FORM), "amount": PAID}
"""The columns of finance's file of payments; more are allowed and ignored."""

LONGEST_SHOWN = 100


def control_totals(con: duckdb.DuckDBPyConnection, period: str) -> Answer:
    """Each control total with its figures and a tick; stands where all hold. Raises UnusableInput without any."""
    periods = [of for (of,) in con.execute(sql("reconcile", "periods")).fetchall()]
    if period not in periods:
        has = span(periods)
        raise UnusableInput(f"{period}: no statements to reconcile: the database holds those of {has}")
    ((state, currency, as_known_on),) = con.execute(sql("reconcile", "state"), {"period": period}).fetchall()
    rows = con.execute(sql("reconcile", "control_totals"), {"period": period}).fetchall()
    lines = [f"{period}, {told(state, as_known_on)}, amounts in {currency}", ""]
    lines += [
        f"{'✓' if one == other else '✗'} {total:<53}{figure(one, is_money):>18}"
        f" {'=' if one == other else '≠'} {figure(other, is_money):>18}   {figures(made_of)}"
        for total, one, other, made_of, is_money in rows
    ]
    holds = all(one == other for _, one, other, *_ in rows)
    totals = [
        {
            "total": total,
            "one_side": one if is_money else int(one),
            "other_side": other if is_money else int(other),
            "made_of": made_of,
            "holds": one == other,
        }
        for total, one, other, made_of, is_money in rows
    ]
    return Answer("\n".join(lines), {"period": period, "state": state, "control_totals": totals}, holds)


def payments_held_against_statements(con: duckdb.DuckDBPyConnection, period: str, payments: Path) -> Answer:
    """What was matched, not paid, paid without a statement, or paid in a different amount; stands where all matched.

    Raises UnusableInput with every row of the file that can't be read.
    """
    made = _payments_made(payments)
    make(con, "reconcile", "payments_made", **{name: made[name].to_list() for name in PAYMENTS})
    found = con.execute(sql("reconcile", "payments"), {"period": period}).fetchall()
    matched = [row for row in found if row[0] == "matched"]
    lines = [f"✓ matched: {count_of(len(matched), 'payment')}, {amount_of(matched):,.2f}"]
    lines += [
        f"✗ {finding}: {mpn_id}, statement {figure(payment)}, paid {figure(amount)}"
        for finding, mpn_id, payment, amount in found
        if finding != "matched"
    ]
    due = sum((payment for _, _, payment, _ in found if payment is not None), Decimal(0))
    paid = sum((amount for _, _, _, amount in found if amount is not None), Decimal(0))
    lines.append(in_all(due, paid))
    others = made.filter(pl.col("period") != period)["period"]
    if others.len():
        lines.append(f"  {count_of(others.len(), 'payment')} of other periods left out")
    if others.len() == made.height > 0:
        lines.append(f"  none of the file's payments is of {period}: they are of {', '.join(others.unique().sort())}")
    facts = {
        "matched": len(matched),
        "amount": amount_of(matched),
        "due": due + Decimal("0.00"),
        "paid": paid + Decimal("0.00"),
        "difference": paid - due + Decimal("0.00"),
        "of_other_periods": others.len(),
        "differences": [
            dict(zip(("finding", "mpn_id", "statement", "paid"), row, strict=True))
            for row in found
            if row[0] != "matched"
        ],
    }
    return Answer("\n".join(lines), facts, len(matched) == len(found))


def _payments_made(path: Path) -> pl.DataFrame:
    if not path.exists():
        raise UnusableInput(f"{path}: no such file of payments")
    read = [*FileReading(path, PAYMENTS, label=str(path)).blocks()]
    if not read:
        return pl.DataFrame(schema={"mpn_id": pl.String, "period": pl.String, "amount": pl.Decimal(18, 2)})
    text = pl.concat(read)
    text = without_empty_rows(text, [*PAYMENTS])
    value = {name: typed(name, form) for name, form in PAYMENTS.items()}
    wrong = {name: value[name].is_null() for name in PAYMENTS}
    wrong["amount"] |= value["amount"] < 0
    see_that_each_can_be_read(
        path, text, wrong, "an mpn_id is of seven digits, a period as 2015-03, an amount as 1200.50 and not negative"
    )
    return text.select(value[name].alias(name) for name in PAYMENTS)


def without_empty_rows(text: pl.DataFrame, columns: Sequence[str]) -> pl.DataFrame:
    """The rows of a file of payments but for those that say nothing, as spreadsheets leave them below."""
    is_empty = pl.all_horizontal(pl.col(name).fill_null("").str.strip_chars() == "" for name in columns)
    return text.filter(~is_empty | pl.col("detail").is_not_null())


def see_that_each_can_be_read(path: Path, text: pl.DataFrame, wrong: Mapping[str, pl.Expr], due: str) -> None:
    """Raises UnusableInput with every row of a file of payments that is malformed or has a `wrong` column.

    `text` has row_number and detail, and the columns as they were read; `due` says how a row should be.
    """
    columns = (
        pl.when(condition).then(pl.format("{} {}", pl.lit(name), pl.col(name).replace("", None).fill_null("(empty)")))
        for name, condition in wrong.items()
    )
    at_fault = pl.concat_str(*columns, separator=", ", ignore_nulls=True)
    told = text.select("row_number", at_fault=pl.coalesce("detail", at_fault)).filter(pl.col("at_fault") != "")
    if told.height:
        lines = [
            f"{path} row {number}: can't be read: {one_line(what)[:LONGEST_SHOWN]}" for number, what in told.rows()
        ]
        is_encoded_otherwise = told["at_fault"].str.contains(NOT_UTF8, literal=True).any()
        raise UnusableInput(*lines, "save the file as `CSV UTF-8`" if is_encoded_otherwise else due)


def in_all(due: Decimal, paid: Decimal, currency: str = "") -> str:
    """The totals that finance signs: what was due, what its file pays, and the difference."""
    of = f" {currency}" if currency else ""
    return f"  in all: {due:,.2f}{of} due, {paid:,.2f}{of} paid, difference {paid - due:,.2f}"


def amount_of(matched: Sequence[tuple[Any, ...]]) -> Decimal:
    """What matched payments come to."""
    return sum((amount for _, _, _, amount in matched), start=Decimal("0.00"))


def figure(value: Decimal | None, is_money: bool = True) -> str:
    """With thousands separated: an amount with its cents, a count without."""
    if value is None:
        return "nothing"
    return f"{value:,.2f}" if is_money else f"{value:,.0f}"


def amounts(text: str) -> str:
    """The amounts within a text, with thousands separated; ids stay as they are."""
    return re.sub(r"(?<![\w.-])\d{4,}(?=\.\d\d\b)", lambda digits: f"{int(digits[0]):,}", text)


def figures(text: str) -> str:
    """The figures within a text, with thousands separated."""
    return re.sub(r"\d{4,}", lambda digits: f"{int(digits[0]):,}", text)
