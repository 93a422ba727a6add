"""From the checked database to the files that people hold: statements, the summary, rows to send back."""

from __future__ import annotations

import filecmp
import io
import re
import shutil
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import duckdb
import polars as pl

from transforms.page import write_page
from transforms.published import InvariantBroken
from transforms.summary import Summary
from transforms.warehouse import make, sql

SUMMARY_FILES = ("summary.csv", "summary.html", "summary.txt")

OURS = re.compile(r"[0-9]{7}\.(csv|xlsx|pdf)|summary\.(csv|html|txt)")
"""The files of a period's folder that are ours to take away when an earlier draft left them."""

ITEMS_A_PART = 500_000
WORKING_COLUMNS = 3
"""The columns of line_items that a statement doesn't show come first: part, turn, mpn_id."""

NOT_THERE, NOT_READ = "missing", "can't be read, so it wasn't compared"

FORMULA = r"^[=+\-@\t\r\n]"
"""What a spreadsheet takes for a formula at the start of a text cell (OWASP, CSV injection)."""


def write_files(
    con: duckdb.DuckDBPyConnection, summary: Summary, aside: Path, formats: Sequence[str], documents: Path
) -> None:
    """Write every file of the run's period to `aside`: a CSV a partner, the summary.*, rejected/<feed>.csv.

    A partner's CSV has one row an item, and its Paid column adds up to the payment. Text cells are neutralised. What
    other formats are made of goes to `documents`: heads, items, unpaid and caps as Parquet.
    """
    sources = documents if set(formats) - {"csv"} else None
    if sources:
        _write_sources(con, sources)
    (aside / "rejected").mkdir(parents=True)
    statements = _frame(con, "payment_summary", aside)
    partners = set(statements["MPN ID"])
    _see_that_it_adds_up(statements, _write_statements(con, aside, partners, csv="csv" in formats, documents=sources))
    rejected = _frame(con, "rejected_rows", aside)
    for (feed,), rows in rejected.partition_by("feed", as_dict=True, include_key=False).items():
        neutral_rows(rows).write_csv(aside / "rejected" / f"{feed}.csv")
    neutral_rows(statements).write_csv(aside / "summary.csv")
    (aside / "summary.txt").write_text(summary.as_text(), encoding="utf-8")
    write_page(con, summary, aside / "summary.html", formats)


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


def unlike_files(aside: Path, folder: Path, left_out: Sequence[str] = ()) -> Iterator[str]:
    """A line for each file of a period's folder that isn't what was written aside, byte for byte.

    `left_out` are suffixes of files that aren't compared.
    """
    meant = sorted(path.relative_to(aside) for path in aside.rglob("*") if path.is_file())
    try:
        stale = stale_files(folder, meant)
    except OSError as error:
        yield f"{folder}: {NOT_THERE if isinstance(error, FileNotFoundError) else NOT_READ}"
        return
    for name in meant:
        if name.suffix in left_out:
            continue
        try:
            if not filecmp.cmp(aside / name, folder / name, shallow=False):
                yield f"{folder / name}: changed since it was written"
        except OSError as error:
            yield f"{folder / name}: {NOT_THERE if isinstance(error, FileNotFoundError) else NOT_READ}"
    yield from (f"{folder / name}: not one that was written" for name in stale)


def neutral(column: str) -> pl.Expr:
    """The text with an apostrophe before what a spreadsheet would take for a formula."""
    text = pl.col(column)
    return pl.when(text.str.contains(FORMULA)).then(pl.concat_str(pl.lit("'"), text)).otherwise(text).alias(column)


def _see_that_it_adds_up(statements: pl.DataFrame, written: pl.DataFrame) -> None:
    """Raises InvariantBroken where the items that were written for a partner don't come to its payment."""
    paid = written.group_by("mpn_id").agg(pl.col("Paid").sum())
    held_together = statements.join(paid, left_on="MPN ID", right_on="mpn_id", how="full", coalesce=True)
    unlike = held_together.filter(pl.col("Payment").fill_null(0) != pl.col("Paid").fill_null(0))
    if unlike.height:
        raise InvariantBroken(
            [f"the items of {mpn_id} don't add up to its payment" for mpn_id in unlike["MPN ID"].sort()]
        )


def _write_statements(
    con: duckdb.DuckDBPyConnection, aside: Path, partners: set[str], *, csv: bool, documents: Path | None
) -> pl.DataFrame:
    """Write a CSV a partner: its items in order, only a header where there are none; and the items for documents.

    Returns what was written, added up: mpn_id and Paid, a row a partner and part.
    """
    if documents is None:
        make(con, "statements", "item_parts", items_a_part=ITEMS_A_PART)
    columns = [row[0] for row in con.execute(f"describe {sql('statements', 'line_items')}").fetchall()]
    header = pl.DataFrame(schema=columns[WORKING_COLUMNS:]).write_csv().encode()
    written = [pl.DataFrame(schema={"mpn_id": pl.String, "Paid": pl.Decimal(38, 2)})]
    for number, items in enumerate(items_in_order(con, aside / "items")):
        if documents is not None:
            items.write_parquet(documents / f"items-{number:06}.parquet")
        written.append(items.group_by("mpn_id").agg(pl.col("Paid").cast(pl.Decimal(38, 2)).sum()))
        for mpn_id, lines in _csv_of_each(neutral_rows(items) if csv else items.clear()):
            with (aside / f"{mpn_id}.csv").open("ab") as file:
                file.write(header + lines if mpn_id in partners else lines)
            partners.discard(mpn_id)
    for mpn_id in partners if csv else ():
        (aside / f"{mpn_id}.csv").write_bytes(header)
    return pl.concat(written)


def _csv_of_each(items: pl.DataFrame) -> Iterator[tuple[str, bytes]]:
    """Each partner's items as lines of CSV: written as one and parted, as Polars takes a millisecond for each CSV."""
    text = io.BytesIO()
    items.drop("mpn_id").write_csv(text, include_header=False)
    lines = text.getvalue().split(b"\n")
    if len(lines) == items.height + 1:
        start = 0
        for mpn_id, count in items.group_by("mpn_id", maintain_order=True).len().rows():
            yield mpn_id, b"\n".join([*lines[start : start + count], b""])
            start += count
        return
    # There are line breaks within cells.
    for (mpn_id,), rows in items.partition_by("mpn_id", as_dict=True, maintain_order=True, include_key=False).items():
        yield str(mpn_id), rows.write_csv(include_header=False).encode()


def items_in_order(con: duckdb.DuckDBPyConnection, aside: Path) -> Iterator[pl.DataFrame]:
    """The items of all statements in their order, in frames of about ITEMS_A_PART rows.

    Columns: mpn_id and what a statement shows. A partner with very many items has them in several frames, one after the
    other. DuckDB joins them in no order and each part is sorted alone, the next one while one is written: all at once
    would take all the memory.
    """
    aside.mkdir()
    con.sql(sql("statements", "line_items")).write_parquet(str(aside), partition_by=["part"], row_group_size=20_480)
    folders = sorted(aside.iterdir(), key=lambda folder: int(folder.name.removeprefix("part=")))
    with ThreadPoolExecutor(max_workers=1) as beside:
        coming: deque[Future[pl.DataFrame]] = deque()
        for folder in folders:
            coming.append(beside.submit(_part_in_order, folder))
            if len(coming) > 1:
                yield coming.popleft().result()
        while coming:
            yield coming.popleft().result()
    aside.rmdir()


def _part_in_order(folder: Path) -> pl.DataFrame:
    items = pl.read_parquet(sorted(folder.iterdir()), glob=False, hive_partitioning=False, memory_map=False)
    shutil.rmtree(folder)
    return items.sort("turn", *(_numbered(items[name]) for name in ("Incentive", "Reason"))).drop("turn")


def _numbered(words: pl.Series) -> pl.Series:
    """Each word as its number in the order of all, null as the last: a few words are sorted faster so."""
    known = words.unique().drop_nulls().sort()
    return words.cast(pl.Enum(known)).to_physical().fill_null(len(known))


def neutral_rows(rows: pl.DataFrame) -> pl.DataFrame:
    """The rows with every text neutral to a spreadsheet."""
    return rows.with_columns(neutral(name) for name, dtype in rows.schema.items() if dtype == pl.String)


def _write_sources(con: duckdb.DuckDBPyConnection, documents: Path) -> None:
    """What documents say beside the items; the items are written as they come. A period without items has none."""
    documents.mkdir()
    sources = {"heads": "statement_heads", "unpaid": "unpaid_subscriptions", "caps": "caps_of_partners"}
    for name, relation in sources.items():
        con.sql(sql("statements", relation)).write_parquet(str(documents / f"{name}.parquet"))
    no_items = f"from ({sql('statements', 'line_items')}) limit 0"
    make(con, "statements", "item_parts", items_a_part=ITEMS_A_PART)
    con.sql(f"select * exclude (part, turn) {no_items}").write_parquet(str(documents / "items-none.parquet"))


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
