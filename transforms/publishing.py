"""From the checked database to the files that people hold: statements, the summary, rows to send back."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import duckdb
import polars as pl

from transforms.summary import Summary
from transforms.warehouse import sql

SUMMARY_FILES = ("summary.csv", "summary.txt")

OURS = re.compile(r"[0-9]{7}\.csv|summary\.(csv|txt)")
"""The files of a period's folder that are ours to take away when an earlier draft left them."""

FORMULA = r"^[=+\-@\t\r\n]"
"""What a spreadsheet takes for a formula at the start of a text cell (OWASP, CSV injection)."""


def write_files(con: duckdb.DuckDBPyConnection, summary: Summary, aside: Path) -> None:
    """Write every file of the run's period to `aside`: a CSV a partner, summary.csv, summary.txt, rejected/<feed>.csv.

    A partner's CSV has one row an item, and its Paid column adds up to the payment. Text cells are neutralised.
    """
    (aside / "rejected").mkdir(parents=True)
    statements = _frame(con, "payment_summary", aside)
    items = _frame(con, "line_items", aside)
    by_partner = items.partition_by("mpn_id", as_dict=True, maintain_order=True, include_key=False)
    nothing = items.clear().drop("mpn_id")
    for mpn_id in statements["MPN ID"]:
        _write_csv(by_partner.get((mpn_id,), nothing), aside / f"{mpn_id}.csv")
    rejected = _frame(con, "rejected_rows", aside)
    for (feed,), rows in rejected.partition_by("feed", as_dict=True, include_key=False).items():
        _write_csv(rows, aside / "rejected" / f"{feed}.csv")
    _write_csv(statements, aside / "summary.csv")
    (aside / "summary.txt").write_text(summary.as_text(), encoding="utf-8")


def put_in_place(aside: Path, folder: Path) -> None:
    """Replace the files of a period's folder, each whole, the summary last; take away what an earlier draft left."""
    new = sorted((path.relative_to(aside) for path in aside.rglob("*") if path.is_file()), key=_summary_last)
    (folder / "rejected").mkdir(parents=True, exist_ok=True)
    for name in stale_files(folder, new):
        (folder / name).unlink()
    for name in new:
        (aside / name).replace(folder / name)
    if not any((folder / "rejected").iterdir()):
        (folder / "rejected").rmdir()


def stale_files(folder: Path, new: Sequence[Path]) -> list[Path]:
    """Files of ours in a period's folder that the new draft has not."""
    found = [Path(path.name) for path in folder.iterdir() if OURS.fullmatch(path.name)]
    found += [Path("rejected", path.name) for path in (folder / "rejected").glob("*.csv")]
    return sorted(set(found) - set(new))


def neutral(column: str) -> pl.Expr:
    """The text with an apostrophe before what a spreadsheet would take for a formula."""
    text = pl.col(column)
    return pl.when(text.str.contains(FORMULA)).then(pl.concat_str(pl.lit("'"), text)).otherwise(text).alias(column)


def _write_csv(rows: pl.DataFrame, path: Path) -> None:
    rows.with_columns(neutral(name) for name, dtype in rows.schema.items() if dtype == pl.String).write_csv(path)


def _summary_last(name: Path) -> tuple[bool, Path]:
    return (name.name.startswith("summary."), name)


def _frame(con: duckdb.DuckDBPyConnection, name: str, aside: Path) -> pl.DataFrame:
    """The rows of a SQL file as a Polars frame, in their order.

    By way of Parquet: DuckDB's own way needs pyarrow, and Arrow's stream makes the binding complain of leaks at exit.
    """
    path = aside / f"{name}.parquet"
    con.sql(sql("statements", name)).write_parquet(str(path))
    frame = pl.read_parquet(path, glob=False, memory_map=False)
    path.unlink()
    return frame
