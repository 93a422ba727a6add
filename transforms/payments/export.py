"""A closed period's payments for finance, in the columns of Partner Center's export."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl

from schemas.catalogue import ACCEPTED, PUBLISHED
from schemas.problems import Refused
from schemas.words import PAYMENT_ID
from transforms.books.stored import Closed, Stored, by_feed
from transforms.database.connections import connect, file_names
from transforms.database.published import definition
from transforms.database.warehouse import make, sql
from transforms.files.full_disks import naming_what_is_full
from transforms.files.replacing import naming
from transforms.statements.neutral import neutral_rows


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
                "name another file with --out, or remove that one",
            )
        aside.replace(path)
    return rows.height, sum(rows["earned"].to_list(), Decimal("0.00"))


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
