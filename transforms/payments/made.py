"""What finance really paid, held against a period's statements: the export filled in, or a CSV of three columns."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from schemas.columns import MPN_ID, PAID, TEXT, Form
from schemas.counts import count_of
from schemas.one_line import one_line
from schemas.policy import PERIOD_FORM
from schemas.problems import UnusableInput
from schemas.words import PAYMENT_ID
from transforms.answers.answer import Answer
from transforms.answers.control_totals import figure
from transforms.database.connections import file_names
from transforms.database.warehouse import dicts, make, sql
from transforms.intake.validation import typed
from transforms.reading.csv_scanner import NOT_UTF8
from transforms.reading.delivered_file import FileReading, claims_other_rows
from transforms.reading.parquet_trial import DEADLY, tried

PAYMENTS = {"mpn_id": MPN_ID, "period": Form("text", PERIOD_FORM), "amount": PAID}
"""The columns of finance's file of payments; more are allowed and ignored."""

LONGEST_SHOWN = 100

RETURNED: Mapping[str, tuple[str, Form]] = {
    "participantID": ("participant_id", Form("text", r"^[0-9]{1,7}$")),
    "participantIDType": ("participant_id_type", TEXT),
    "earned": ("earned", PAID),
    "withheldTax": ("withheld_tax", PAID),
    "salesTax": ("sales_tax", PAID),
    "serviceFeeTax": ("service_fee_tax", PAID),
    "totalPayment": ("total_payment", PAID),
    "currencyCode": ("currency", TEXT),
    "paymentID": ("payment_id", TEXT),
    "paymentStatus": ("payment_status", TEXT),
}
"""The columns of the filled file that are looked at. Spreadsheets take the zeros off an MPN ID: they are put back."""

MAY_BE_EMPTY = ("paymentStatus",)


def is_returned_export(path: Path) -> bool:
    """Whether a file of payments is the export, filled in: told by its header, which is not that of the other form."""
    if not path.is_file() or path.name.endswith(".parquet"):
        return False
    try:
        with gzip.open(path) if path.name.endswith(".gz") else path.open("rb") as file:
            header = file.readline(10_000)
    except (OSError, EOFError):
        return False  # whatever is wrong with the file, its reader says
    names = {name.strip(' "\r\n').lower() for name in header.decode("utf-8-sig", "replace").split(",")}
    return not names.issuperset(PAYMENTS) and not names.isdisjoint({"participantid", "paymentid"})


def payments_held_against_statements(con: duckdb.DuckDBPyConnection, period: str, payments: Path) -> Answer:
    """What was matched, not paid, paid without a statement, or paid in a different amount; stands where all matched.

    Raises UnusableInput with every row of the file that can't be read.
    """
    made = _payments_made(payments)
    make(con, "reconcile", "payments_made", **{name: made[name].to_list() for name in PAYMENTS})
    found = dicts(con, sql("reconcile", "payments"), {"period": period})
    matched = [row for row in found if row["finding"] == "matched"]
    differing = [row for row in found if row["finding"] != "matched"]
    amount, paid = (_sum_of("amount", rows) for rows in (matched, found))
    due = _sum_of("payment", found)
    lines = [
        f"✓ matched: {count_of(len(matched), 'payment')}, {amount:,.2f}",
        *(
            f"✗ {row['finding']}: {row['mpn_id']}, statement {figure(row['payment'])}, paid {figure(row['amount'])}"
            for row in differing
        ),
        _in_all(due, paid),
    ]
    others = made.filter(pl.col("period") != period)["period"]
    if others.len():
        lines.append(f"  {count_of(others.len(), 'payment')} of other periods left out")
    if others.len() == made.height > 0:
        lines.append(f"  none of the file's payments is for {period}: they are for {', '.join(others.unique().sort())}")
    facts = {
        "matched": len(matched),
        "amount": amount,
        "due": due,
        "paid": paid,
        "difference": paid - due,
        "of_other_periods": others.len(),
        "differences": [
            {
                "finding": row["finding"],
                "mpn_id": row["mpn_id"],
                "statement": row["payment"],
                "paid": row["amount"],
            }
            for row in differing
        ],
    }
    return Answer("\n".join(lines), facts, not differing)


def returned_payments_held_against_statements(
    con: duckdb.DuckDBPyConnection, period: str, currency: str, path: Path, aside: Path
) -> Answer:
    """A line for all payments that came back as they were due, and one for every other; stands where all were.

    Raises UnusableInput with every row of the file that can't be read. `aside` is a folder to work in.
    """
    file = aside / "payments_returned.parquet"
    returned = _returned(path)
    returned.write_parquet(file)
    con.execute(f"create temp table payments_returned as {sql('inputs', 'stored_rows')}", {"files": file_names([file])})
    make(con, "payments", "payments_due", period=period, currency=currency, form_of_id=PAYMENT_ID)
    found = dicts(con, sql("reconcile", "returned_payments"))
    matched = [row for row in found if row["finding"] == "matched"]
    differing = [row for row in found if row["finding"] != "matched"]
    earned, withheld, sales, fees, total = (
        _sum_of(name, matched) for name in ("earned", "withheld_tax", "sales_tax", "service_fee_tax", "total_payment")
    )
    lines = [
        f"✓ matched: {count_of(len(matched), 'payment')}, {earned:,.2f} {currency}: {withheld:,.2f} withheld,"
        f" {fees:,.2f} service fee, {sales:,.2f} sales tax added, {total:,.2f} paid out"
    ]
    for row in differing:
        where = "" if row["row_number"] is None else f", row {row['row_number']}"
        due = "no payment due" if row["payment"] is None else f"{row['payment']:,.2f} due"
        told = _amounts(one_line(row["told"]))[:LONGEST_SHOWN]
        lines.append(f"✗ {row['finding']}: {row['mpn_id']}, {due}; {told}{where}")
    due_by_partner = {row["mpn_id"]: row["payment"] for row in found if row["payment"] is not None}
    paid = [row for row in found if row["is_paid"]]
    due_in_all = sum(due_by_partner.values(), Decimal("0.00"))
    paid_in_all = _sum_of("earned", [row for row in paid if row["currency"] == currency])
    lines.append(f"{_in_all(due_in_all, paid_in_all, currency)}, before tax and fees")
    if any(row["finding"] == "not paid" and row["row_number"] is not None for row in found):
        lines.append("  a payment counts as paid if its paymentStatus is Sent, Paid, Processed or Completed")
    if elsewhere := sum(row["currency"] != currency for row in paid):
        lines.append(f"  {count_of(elsewhere, 'payment')} in another currency left out of these totals")
    overtaken = returned.height - sum(row["row_number"] is not None for row in found)
    if overtaken:
        lines.append(f"  {count_of(overtaken, 'row')} left out: a later row with the same paymentID says how it ended")
    if returned.height and not returned["payment_id"].str.starts_with(PAYMENT_ID.format(period, "")).any():
        lines.append(f"  no paymentID in the file is of {period}: is it another period's file?")
    facts = {
        "matched": len(matched),
        "currency": currency,
        "earned": earned,
        "withheld": withheld,
        "sales_tax": sales,
        "service_fee": fees,
        "paid_out": total,
        "due": due_in_all,
        "paid": paid_in_all,
        "difference": paid_in_all - due_in_all,
        "overtaken": overtaken,
        "differences": [
            {
                "finding": row["finding"],
                "mpn_id": row["mpn_id"],
                "due": row["payment"],
                "told": row["told"],
                "row_number": row["row_number"],
            }
            for row in differing
        ],
    }
    return Answer("\n".join(lines), facts, not differing)


def _payments_made(path: Path) -> pl.DataFrame:
    if not path.exists():
        raise UnusableInput(f"{path}: no such payments file")
    read = [*_reading(path, PAYMENTS).blocks()]
    if not read:
        return pl.DataFrame(schema={"mpn_id": pl.String, "period": pl.String, "amount": pl.Decimal(18, 2)})
    text = pl.concat(read)
    text = _without_empty_rows(text, [*PAYMENTS])
    value = {name: typed(name, form) for name, form in PAYMENTS.items()}
    wrong = {name: value[name].is_null() for name in PAYMENTS}
    wrong["amount"] |= value["amount"] < 0
    _see_that_each_can_be_read(
        path,
        text,
        wrong,
        "an mpn_id has seven digits; a period is written as 2015-03, an amount as 1200.50, never negative",
    )
    return text.select(value[name].alias(name) for name in PAYMENTS)


def _returned(path: Path) -> pl.DataFrame:
    columns = {name: form for name, (_, form) in RETURNED.items()}
    text = [*_reading(path, columns).blocks()]
    schema = {"row_number": pl.Int64, "detail": pl.String, **dict.fromkeys(RETURNED, pl.String)}
    rows = _without_empty_rows(pl.concat(text) if text else pl.DataFrame(schema=schema), [*RETURNED])
    value = {name: typed(name, form) for name, (_, form) in RETURNED.items()}
    wrong = {name: value[name].is_null() for name in RETURNED if name not in MAY_BE_EMPTY}
    wrong |= {name: value[name].is_null() | (value[name] < 0) for name, (_, form) in RETURNED.items() if form == PAID}
    due = "each row must look as `dpor export` wrote it, with amounts as 1200.50 and none negative"
    _see_that_each_can_be_read(path, rows, wrong, due)
    return rows.select("row_number", *(value[name].alias(column) for name, (column, _) in RETURNED.items()))


def _reading(path: Path, columns: Mapping[str, Form]) -> FileReading:
    """The reading of a file of payments. Raises UnusableInput for a Parquet file that would end this very process."""
    trial = tried([(path, list(columns))] if path.name.endswith(".parquet") else [])
    if trial.deadly:
        raise UnusableInput(f"{path}: {DEADLY}")
    panics = next((claims_other_rows(*rows) for rows in trial.panicking.values()), None)
    return FileReading(path, columns, label=str(path), panics=panics)


def _without_empty_rows(text: pl.DataFrame, columns: Sequence[str]) -> pl.DataFrame:
    """The rows of a file of payments but for those that say nothing, as spreadsheets leave them below."""
    is_empty = pl.all_horizontal(pl.col(name).fill_null("").str.strip_chars() == "" for name in columns)
    return text.filter(~is_empty | pl.col("detail").is_not_null())


def _see_that_each_can_be_read(path: Path, text: pl.DataFrame, wrong: Mapping[str, pl.Expr], due: str) -> None:
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


def _in_all(due: Decimal, paid: Decimal, currency: str = "") -> str:
    """The totals that finance signs: what was due, what its file pays, and the difference."""
    of = f" {currency}" if currency else ""
    return f"  in all: {due:,.2f}{of} due, {paid:,.2f}{of} paid, difference {paid - due:,.2f}"


def _sum_of(name: str, rows: Iterable[Mapping[str, Any]]) -> Decimal:
    """What an amount of some rows comes to, whatever rows lack it."""
    return sum((row[name] for row in rows if row[name] is not None), Decimal("0.00"))


def _amounts(text: str) -> str:
    """The amounts within a text, with thousands separated; ids stay as they are."""
    return re.sub(r"(?<![\w.-])\d{4,}(?=\.\d\d\b)", lambda digits: f"{int(digits[0]):,}", text)
