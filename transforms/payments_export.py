"""A closed period's payments for finance, in the columns of Partner Center's export; and that file back, filled in."""

from __future__ import annotations

import gzip
from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import polars as pl

from schemas.catalogue import ACCEPTED, PUBLISHED
from schemas.columns import PAID, TEXT, Form
from schemas.counts import count_of
from schemas.one_line import one_line
from schemas.problems import Refused
from schemas.words import PAYMENT_ID
from transforms.answer import Answer
from transforms.connections import connect, file_names
from transforms.full_disks import naming_what_is_full
from transforms.neutral import neutral_rows
from transforms.published import definition
from transforms.reading import FileReading
from transforms.reconciliation import (
    LONGEST_SHOWN,
    PAYMENTS,
    amounts,
    in_all,
    see_that_each_can_be_read,
    without_empty_rows,
)
from transforms.replacing import naming
from transforms.stored import Closed, Stored, by_feed
from transforms.validation import typed
from transforms.warehouse import make, sql

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


def write_payments(closed: Closed, stored: Sequence[Stored], path: Path) -> tuple[int, Decimal]:
    """Write the payments of a closed period to a CSV file; returns how many, and what they come to.

    `stored` are the deliveries up to the period. The file is written aside, in a folder of this command's own, and
    renamed. Raises Refused where there is a file with another content, as one that finance has filled in.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with (
        naming(path.parent),
        TemporaryDirectory(prefix=f".{path.name}.", dir=path.parent) as name,
        naming_what_is_full(path.parent, Path(name)),
    ):
        rows = _payments(closed, stored, Path(name) / "payments.parquet")
        aside = Path(name) / "payments.csv"
        neutral_rows(rows).write_csv(aside)
        if path.exists() and path.read_bytes() != aside.read_bytes():
            raise Refused(
                f"{path}: already exists with different content; finance may have filled it in",
                "name another file with --out, or take that one away",
            )
        aside.replace(path)
    return rows.height, sum(rows["earned"].to_list(), Decimal("0.00"))


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
    found = con.execute(sql("reconcile", "returned_payments")).fetchall()
    matched = [row for row in found if row[0] == "matched"]
    earned, withheld, sales, fees, total = (sum((row[5 + n] for row in matched), Decimal(0)) for n in range(5))
    lines = [
        f"✓ matched: {count_of(len(matched), 'payment')}, {earned:,.2f} {currency}: {withheld:,.2f} withheld,"
        f" {fees:,.2f} service fee, {sales:,.2f} sales tax added, {total:,.2f} paid out"
    ]
    for finding, mpn_id, payment, told, row_number, *_ in found:
        if finding != "matched":
            where = "" if row_number is None else f", row {row_number}"
            due = "no payment due" if payment is None else f"{payment:,.2f} due"
            lines.append(f"✗ {finding}: {mpn_id}, {due}; {amounts(one_line(told))[:LONGEST_SHOWN]}{where}")
    due_by_partner = {mpn_id: payment for _, mpn_id, payment, *_ in found if payment is not None}
    pays = [(row[5], row[10]) for row in found if row[11]]
    due_in_all = sum(due_by_partner.values(), Decimal("0.00"))
    paid_in_all = sum((earned for earned, paid_in in pays if paid_in == currency), Decimal("0.00"))
    lines.append(f"{in_all(due_in_all, paid_in_all, currency)}, before tax and fees")
    if any(row[0] == "not paid" and row[4] is not None for row in found):
        lines.append("  a payment is paid whose paymentStatus is Sent, Paid, Processed or Completed")
    if elsewhere := sum(paid_in != currency for _, paid_in in pays):
        lines.append(f"  {count_of(elsewhere, 'payment')} in another currency left out of these")
    overtaken = returned.height - sum(row[4] is not None for row in found)
    if overtaken:
        lines.append(f"  {count_of(overtaken, 'row')} left out: a later row of the same paymentID says how it ended")
    if returned.height and not returned["payment_id"].str.starts_with(PAYMENT_ID.format(period, "")).any():
        lines.append(f"  no paymentID of the file is of {period}: is it another period's file?")
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
            dict(zip(("finding", "mpn_id", "due", "told", "row_number"), row, strict=False))
            for row in found
            if row[0] != "matched"
        ],
    }
    return Answer("\n".join(lines), facts, len(matched) == len(found))


def _payments(closed: Closed, stored: Sequence[Stored], aside: Path) -> pl.DataFrame:
    con = connect(aside.parent)
    try:
        tables = {
            "statements": (PUBLISHED["statements"], [closed.folder / "posted_statements.parquet"]),
            "partners": (ACCEPTED["partners"], by_feed(stored).get("partners", [])),
        }
        for name, (schema, files) in tables.items():
            con.execute(definition(name, schema, kept=False))
            if files:
                con.execute(f"insert into {name} by name {sql('inputs', 'stored_rows')}", {"files": file_names(files)})
        make(con, "current", "current_partners")
        currency = closed.policy.payment.currency
        make(con, "payments", "payments_due", period=closed.period, currency=currency, form_of_id=PAYMENT_ID)
        con.sql(sql("payments", "exported_payments")).write_parquet(str(aside))
    finally:
        con.close()
    return pl.read_parquet(aside, glob=False, memory_map=False)


def _returned(path: Path) -> pl.DataFrame:
    columns = {name: form for name, (_, form) in RETURNED.items()}
    text = [*FileReading(path, columns, label=str(path)).blocks()]
    schema = {"row_number": pl.Int64, "detail": pl.String, **dict.fromkeys(RETURNED, pl.String)}
    rows = without_empty_rows(pl.concat(text) if text else pl.DataFrame(schema=schema), [*RETURNED])
    value = {name: typed(name, form) for name, (_, form) in RETURNED.items()}
    wrong = {name: value[name].is_null() for name in RETURNED if name not in MAY_BE_EMPTY}
    wrong |= {name: value[name].is_null() | (value[name] < 0) for name, (_, form) in RETURNED.items() if form == PAID}
    due = "each row must look as `dpor export` wrote it, with amounts as 1200.50 and none negative"
    see_that_each_can_be_read(path, rows, wrong, due)
    return rows.select("row_number", *(value[name].alias(column) for name, (column, _) in RETURNED.items()))
