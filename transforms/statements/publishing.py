"""From the checked database to the files that people hold: statements, the summary, rows to send back."""

from __future__ import annotations

import filecmp
import io
import re
from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path

import duckdb
import polars as pl

from schemas.feeds import FEEDS
from schemas.words import PAYMENT_ID
from transforms.database.published import InvariantBroken
from transforms.database.warehouse import sql
from transforms.files.replacing import copy_beside, put_in_place_of
from transforms.statements.items import ITEM, each_part, frame
from transforms.statements.neutral import neutral_rows
from transforms.statements.page import write_page
from transforms.statements.summary import CLOSED_STATEMENTS, Summary

SUMMARY_FILES = ("summary.csv", "summary.html", "summary.txt")

NAMES = r"([0-9]{7}\.(csv|xlsx|pdf)|summary\.(csv|html|txt))"
OURS = re.compile(rf"{NAMES}|\.{NAMES}\.copy")
"""The files of a period's folder that are ours to take away when an earlier draft left them, or a copy was cut off."""

PARTED_FROM = 1_000
"""A partner with at least this many items has its CSV written alone."""

NOT_THERE, NOT_READ = "missing", "can't be read, so it wasn't compared"


def write_files(
    con: duckdb.DuckDBPyConnection, summary: Summary, aside: Path, formats: Sequence[str], documents: Path
) -> None:
    """Write every file of the run's period to `aside`: a CSV per partner, the summary.*, rejected/<feed>.csv.

    A partner's CSV has one row per item, and its Paid column adds up to the payment. Text cells are neutralised. What
    other formats are made of goes to `documents`: heads, items, unpaid and caps as Parquet.
    """
    sources = documents if set(formats) - {"csv"} else None
    if sources:
        _write_sources(con, sources)
    (aside / "rejected").mkdir(parents=True)
    statements = frame(con.sql(sql("statements", "payment_summary")), aside / "summary.parquet")
    partners = set(statements["MPN ID"])
    _see_that_it_adds_up(statements, _write_statements(con, aside, partners, csv="csv" in formats, documents=sources))
    rejected = frame(con.sql(sql("statements", "rejected_rows")), aside / "rejected.parquet")
    for (feed,), rows in rejected.partition_by("feed", as_dict=True, include_key=False).items():
        neutral_rows(_with_what_is_expected(feed, rows)).write_csv(aside / "rejected" / f"{feed}.csv")
    neutral_rows(statements).write_csv(aside / "summary.csv")
    (aside / "summary.txt").write_text(summary.as_text(), encoding="utf-8")
    write_page(con, summary, aside / "summary.html", formats)


def _with_what_is_expected(feed: str, rejected: pl.DataFrame) -> pl.DataFrame:
    """Rows to send back, with what their columns should hold: who sent them has no manual."""
    expected = pl.concat_str("reason", "column", separator=" ").replace_strict(
        FEEDS[feed].expected, default=None, return_dtype=pl.String
    )
    return rejected.with_columns(pl.coalesce("detail", expected).alias("detail"))


def are_closed_statements(folder: Path) -> bool:
    """Whether the statements in a period's folder are closed, by the first words of their summary."""
    try:
        with (folder / "summary.txt").open(encoding="utf-8", errors="replace") as summary:
            return summary.readline().startswith(CLOSED_STATEMENTS)
    except OSError:
        return False


def files_aside(aside: Path) -> list[Path]:
    """The files of a period that lie aside, by their names from there, in the order to publish them: summary last."""
    return sorted((path.relative_to(aside) for path in aside.rglob("*") if path.is_file()), key=_summary_last)


def put_in_place(aside: Path, files: Sequence[Path], folder: Path) -> None:
    """Replace the files of a period's folder by `files_aside`, each whole; take away what an earlier draft left.

    It can be done again after it failed half way: what isn't aside any more is in place already.
    """
    (folder / "rejected").mkdir(parents=True, exist_ok=True)
    for name in stale_files(folder, files):
        (folder / name).unlink()
    for name in files:
        if (aside / name).exists():
            put_in_place_of(aside / name, folder / name)
    if not any((folder / "rejected").iterdir()):
        (folder / "rejected").rmdir()


def put_what_is_missing(aside: Path, files: Sequence[Path], folder: Path) -> None:
    """Put those of `files_aside` in a period's folder that aren't there; what is there stays as it is."""
    for name in files:
        if not (folder / name).exists():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            put_in_place_of(aside / name, folder / name)


def is_another(one: Path, other: Path) -> bool:
    """Whether two files are there and differ."""
    return one.exists() and other.exists() and not filecmp.cmp(one, other, shallow=False)


def stale_files(folder: Path, new: Sequence[Path]) -> list[Path]:
    """Files of ours in a period's folder that the new draft has not."""
    found = [Path(path.name) for path in folder.iterdir() if OURS.fullmatch(path.name) and not path.is_dir()]
    rejected = [Path("rejected", f"{feed}.csv") for feed in FEEDS]
    found += [name for file in rejected for name in (file, copy_beside(file)) if (folder / name).is_file()]
    return sorted(set(found) - set(new))


def unlike_files(aside: Path, folder: Path, left_out: Sequence[str] = ()) -> Iterator[str]:
    """A line for each file of a period's folder that isn't what was written aside, byte for byte.

    `left_out` are suffixes of files that are only looked for, since they can't be made again to compare them.
    """
    meant = files_aside(aside)
    try:
        stale = stale_files(folder, meant)
    except OSError as error:
        yield f"{folder}: {NOT_THERE if isinstance(error, FileNotFoundError) else NOT_READ}"
        return
    for name in meant:
        try:
            if name.suffix in left_out:
                (folder / name).stat()
            elif not filecmp.cmp(aside / name, folder / name, shallow=False):
                yield f"{folder / name}: changed since it was written"
        except OSError as error:
            yield f"{folder / name}: {NOT_THERE if isinstance(error, FileNotFoundError) else NOT_READ}"
    yield from (f"{folder / name}: not one that was written" for name in stale)


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
    """Write a CSV per partner: its items in order, only a header where there are none; and the items for documents.

    Returns what was written, added up: mpn_id and Paid, a row per partner and part.
    """

    def made_of(number: int, items: pl.DataFrame) -> tuple[pl.DataFrame, list[tuple[str, bytes]]]:
        if documents is not None:
            items.write_parquet(documents / f"items-{number:06}.parquet")
        paid = items.group_by("mpn_id").agg(pl.col("Paid").cast(pl.Decimal(38, 2)).sum())
        return paid, [*csv_of_each(neutral_rows(items))] if csv else []

    header = pl.DataFrame(schema=ITEM).drop("mpn_id").write_csv().encode()
    written = [pl.DataFrame(schema={"mpn_id": pl.String, "Paid": pl.Decimal(38, 2)})]
    for paid, texts in each_part(con, aside / "items", made_of):
        written.append(paid)
        for mpn_id, lines in texts:
            with (aside / f"{mpn_id}.csv").open("ab") as file:
                file.write(header + lines if mpn_id in partners else lines)
            partners.discard(mpn_id)
    for mpn_id in partners if csv else ():
        (aside / f"{mpn_id}.csv").write_bytes(header)
    return pl.concat(written)


def csv_of_each(items: pl.DataFrame) -> Iterator[tuple[str, bytes]]:
    """Each partner's items as lines of CSV. Those of partners who have few are written as one and parted.

    Polars takes half a millisecond for each CSV, which is what parting a thousand lines takes.
    """
    runs = items["mpn_id"].rle().struct.unnest().select("value", "len").rows()
    start = 0
    for are_few, those in groupby(runs, key=lambda run: run[1] < PARTED_FROM):
        counts = list(those)
        end = start + sum(count for _, count in counts)
        rows = items.slice(start, end - start)
        yield from _parted(rows, counts) if are_few else _csv_alone(rows)
        start = end


def _parted(items: pl.DataFrame, counts: Sequence[tuple[str, int]]) -> Iterator[tuple[str, bytes]]:
    lines = _as_csv(items.drop("mpn_id")).split(b"\n")
    if len(lines) != items.height + 1:
        # Some cell holds a line break.
        yield from _csv_alone(items)
        return
    start = 0
    for mpn_id, count in counts:
        yield mpn_id, b"\n".join([*lines[start : start + count], b""])
        start += count


def _csv_alone(items: pl.DataFrame) -> Iterator[tuple[str, bytes]]:
    for (mpn_id,), rows in items.partition_by("mpn_id", as_dict=True, maintain_order=True, include_key=False).items():
        yield str(mpn_id), _as_csv(rows)


def _as_csv(rows: pl.DataFrame) -> bytes:
    text = io.BytesIO()
    rows.write_csv(text, include_header=False)
    return text.getvalue()


def _write_sources(con: duckdb.DuckDBPyConnection, documents: Path) -> None:
    """What documents say beside the items; the items are written as they come. A period without items has none."""
    documents.mkdir()
    sources = {
        "heads": con.sql(sql("statements", "statement_heads"), params={"form_of_id": PAYMENT_ID}),
        "unpaid": con.sql(sql("statements", "unpaid_subscriptions")),
        "caps": con.sql(sql("statements", "caps_of_partners")),
    }
    for name, rows in sources.items():
        rows.write_parquet(str(documents / f"{name}.parquet"))
    pl.DataFrame(schema=ITEM).write_parquet(documents / "items-none.parquet")


def _summary_last(name: Path) -> tuple[bool, Path]:
    return (name.name.startswith("summary."), name)
