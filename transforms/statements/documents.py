"""Statements as documents: an XLSX and a PDF a partner, made in parallel of what the run wrote aside."""

from __future__ import annotations

import hashlib
import json
import multiprocessing
import os
import re
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from functools import cache
from importlib import resources
from importlib.metadata import version
from pathlib import Path
from typing import Any, Literal

import polars as pl
import typst

from schemas.counts import count_of
from schemas.problems import Refused, UnusableInput
from transforms.database.published import InvariantBroken
from transforms.reading.survey import sha256
from transforms.statements.neutral import neutral_rows
from transforms.statements.workbook import PROGRAM, write_workbook

FORMATS = ("csv", "xlsx", "pdf")
TEMPLATE = Path(__file__).with_name("statement.typ")
FONTS = "DPOR_FONTS"
"""A folder of fonts for letters that ours lack. Fonts of the system are never used: bytes would differ."""

MADE_BY = ("xlsxwriter", "typst", "noto-cjk-sans-otc")
WITH_FONTS = ", fonts "

ITEMS_A_BATCH, PARTNERS_A_BATCH = 20_000, 200
ARCHIVED: Literal["a-2b"] = "a-2b"
"""PDF/A-2b, for documents that are kept for years. Every letter needs a glyph: it is refused where no font has one."""
NO_GLYPH = "could not be displayed with font"
MOST_NAMED = 3
TURNS = re.compile("[\u202a-\u202e\u2066-\u2069]")
"""What would turn the direction of the letters beside it too, as of the MPN ID beside a name."""

MOST_PRINTED = 1_000
"""Rows of a table in a PDF; nobody reads more on paper, and the workbook has them all."""

MOST_LETTERS = 1_000
"""Of a text in a PDF; a name of a million would fill a thousand pages, and as many for each of its lines."""

NOTED = {
    "line items": "the workbook and the CSV have",
    "not paid": "the workbook has",
    "caps": "the workbook has",
}
"""Where a table is whole of which the PDF prints the first rows only."""

WIDTHS = {
    "Payment Type": 2,
    "Customer Name": 3,
    "EA Agreement ID": 2.4,
    "Incentive": 2.4,
    "Subscription ID": 3,
    "Offer": 2.5,
    "What Is Missing": 6,
    "Reason": 3,
    "Status": 2,
    "Applies To": 3,
}
NUMBERS = (
    *("Assigned Seats", "Amount per Seat", "Earned", "Cap Reduction", "Paid"),
    *("Held", "Max Cap", "Used", "Left", "Cut So Far"),
)


def made_with() -> str:
    """What writes the documents: another version may write other bytes, and other fonts other PDFs."""
    tools = ", ".join(f"{name} {version(name)}" for name in MADE_BY)
    fonts = os.environ.get(FONTS)
    return f"{tools}{WITH_FONTS}{_digest_of(Path(fonts))}" if fonts else tools


def has_other_fonts(made: str) -> bool:
    """Whether PDFs that were made with these, as `made_with` told it, would be made with other fonts today."""
    return made.partition(WITH_FONTS)[2] != made_with().partition(WITH_FONTS)[2]


def _digest_of(folder: Path) -> str:
    """A hash of the files in a folder, by their names."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    hashed = [(path.relative_to(folder).as_posix(), sha256(path)) for path in files]
    return hashlib.sha256(json.dumps(hashed).encode()).hexdigest()


@dataclass(frozen=True)
class Written:
    """How many documents were made, and the MPN IDs, in order, of those whose PDF has boxes for letters."""

    documents: int
    with_boxes: Sequence[str] = ()

    def in_words(self) -> str:
        """What was made, and what to do where a name can't be read."""
        if not self.with_boxes:
            return count_of(self.documents, "file")
        named = ", ".join(self.with_boxes[:MOST_NAMED]) + (", …" if len(self.with_boxes) > MOST_NAMED else "")
        return (
            f"{count_of(self.documents, 'file')}; {count_of(len(self.with_boxes), 'PDF')} with boxes for letters that"
            f" no font here has ({named}): name a folder of fonts in {FONTS} and have them written again"
        )


@dataclass(frozen=True)
class Batch:
    """Partners whose documents one process makes: from the first to the last MPN ID."""

    first: str
    last: str
    source: Path
    target: Path
    formats: tuple[str, ...]
    incentives: tuple[str, ...]
    fonts: str | None


def formats_of(asked: str | None) -> tuple[str, ...] | None:
    """The formats of a list like `csv,pdf`, in their own order; None where nothing was asked. Raises UnusableInput."""
    if asked is None:
        return None
    names = [name.strip().lower() for name in asked.split(",")]
    unknown = [name for name in names if name not in FORMATS]
    if unknown:
        raise UnusableInput(f"--formats {asked}: name any of {', '.join(FORMATS)}, separated by commas")
    return tuple(name for name in FORMATS if name in names)


def write_documents(
    source: Path,
    target: Path,
    formats: Sequence[str],
    incentives: Sequence[str],
    tell: Callable[[str], None] = lambda _: None,
) -> Written:
    """Make the XLSX and PDF of every statement.

    `source` holds heads, items, unpaid and caps as Parquet, `target` gets the files. `incentives` are the policy's. On
    several cores where there is more than a batch; the bytes don't depend on it.
    """
    made_of = tuple(name for name in formats if name != "csv")
    fonts = os.environ.get(FONTS) or None
    if fonts and not Path(fonts).is_dir():
        raise UnusableInput(f"{FONTS}: {fonts}: no such folder")
    listed = tuple(incentives)
    batches = [Batch(first, last, source, target, made_of, listed, fonts) for first, last in _spans(source)]
    if not made_of or not batches:
        return Written(0)
    done, with_boxes = 0, []
    for partners, boxed in _made(batches):
        done += partners
        with_boxes += boxed
        tell(f"{count_of(done, 'partner')} done")
    return Written(done * len(made_of), sorted(with_boxes))


def _made(batches: Sequence[Batch]) -> Iterator[tuple[int, list[str]]]:
    """What `make_batch` returns of each batch, in no order. Raises Refused where one of its processes was killed."""
    if len(batches) == 1:
        yield make_batch(batches[0])
        return
    processes = min(len(batches), len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 2)
    os.environ["PYTHONSAFEPATH"] = "1"  # else each would take modules of the folder that the command is given in
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(processes, mp_context=context, initializer=_end_with_the_parent) as pool:
        try:
            for made in as_completed([pool.submit(make_batch, batch) for batch in batches]):
                yield made.result()
        except BrokenProcessPool as error:
            raise Refused(
                "a process that makes documents was killed, as the system does when memory runs short",
                "close other programs, then run the same command again",
            ) from error
        except BaseException:
            pool.shutdown(wait=True, cancel_futures=True)
            raise


def make_batch(batch: Batch) -> tuple[int, list[str]]:
    """Make the documents of some partners; returns how many partners, and whose PDF has boxes for letters.

    Raises InvariantBroken where sums don't agree.
    """
    within = pl.col("mpn_id").is_between(pl.lit(batch.first), pl.lit(batch.last))
    heads, unpaid, caps = (
        pl.scan_parquet(batch.source / f"{name}.parquet", glob=False).filter(within).collect()
        for name in ("heads", "unpaid", "caps")
    )
    items = items_between(batch.source, batch.first, batch.last)
    parts = {
        name: rows.partition_by("mpn_id", as_dict=True, maintain_order=True, include_key=False)
        for name, rows in (("items", items), ("unpaid", unpaid), ("caps", caps))
    }
    empty = {name: rows.clear().drop("mpn_id") for name, rows in (("items", items), ("unpaid", unpaid), ("caps", caps))}
    with_boxes = []
    for head, neutral_head in zip(heads.to_dicts(), neutral_rows(heads).to_dicts(), strict=True):
        of = {name: parts[name].get((head["mpn_id"],), empty[name]) for name in parts}
        _see_that_it_agrees(head, of["items"], batch.incentives)
        if "pdf" in batch.formats:
            content, has_boxes = _pdf(head, batch, of["items"], of["unpaid"], of["caps"])
            (batch.target / f"{head['mpn_id']}.pdf").write_bytes(content)
            with_boxes += [head["mpn_id"]] * has_boxes
        if "xlsx" in batch.formats:
            sheets = [neutral_rows(of[name]) for name in ("items", "unpaid", "caps")]
            write_workbook(batch.target / f"{head['mpn_id']}.xlsx", neutral_head, batch.incentives, *sheets)
    return heads.height, with_boxes


def items_between(source: Path, first: str, last: str) -> pl.DataFrame:
    """The items of the partners from the first to the last MPN ID, in order; those of others aren't read."""
    items = pl.scan_parquet(sorted(source.glob("items-*.parquet")), glob=False)
    return items.filter(pl.col("mpn_id").is_between(pl.lit(first), pl.lit(last))).collect()


def _spans(source: Path) -> list[tuple[str, str]]:
    """The first and last MPN ID of each batch: neighbours that have few enough lines together."""
    heads = pl.read_parquet(source / "heads.parquet", columns=["mpn_id"], glob=False, memory_map=False)
    files = sorted(source.glob("items-*.parquet"))
    counts = pl.concat(pl.read_parquet(path, columns=["mpn_id"], glob=False, memory_map=False) for path in files)
    counted = heads.join(counts.group_by("mpn_id").len("items"), on="mpn_id", how="left").sort("mpn_id")
    batch = pl.col("items").fill_null(0).cum_sum() // ITEMS_A_BATCH + pl.col("place") // PARTNERS_A_BATCH
    batches = counted.with_row_index("place").group_by(batch.alias("batch"))
    return batches.agg(first=pl.col("mpn_id").min(), last=pl.col("mpn_id").max()).sort("first").drop("batch").rows()


def _see_that_it_agrees(head: dict[str, Any], items: pl.DataFrame, incentives: Sequence[str]) -> None:
    """Raises InvariantBroken unless the lines come to the amounts at the head, each to the cent, all of it shown."""
    kinds = dict(items.group_by("Payment Type").agg(pl.col("Paid").cast(pl.Decimal(38, 2)).sum()).rows())
    current = items.filter(pl.col("Payment Type") == "CURRENT")
    come_to = {
        "earned": current.filter(pl.col("Incentive").is_in(incentives))["Earned"].cast(pl.Decimal(38, 2)).sum(),
        "cap_reduction": current["Cap Reduction"].cast(pl.Decimal(38, 2)).sum(),
        "adjustments": kinds.get("ADJUSTMENT", 0),
        "opening_balance": kinds.get("OPENING BALANCE", 0),
        "closing_balance": -kinds.get("CARRIED FORWARD", 0),
        "payment": items["Paid"].cast(pl.Decimal(38, 2)).sum(),
    }
    unlike = [name for name, amount in come_to.items() if (amount or 0) != head[name]]
    if unlike:
        raise InvariantBroken([f"the lines of {head['mpn_id']} don't come to its {', '.join(unlike)}"])


def _pdf(
    head: dict[str, Any], batch: Batch, items: pl.DataFrame, unpaid: pl.DataFrame, caps: pl.DataFrame
) -> tuple[bytes, bool]:
    """A partner's statement, and whether it has boxes for letters that no font has."""
    current = items.filter(pl.col("Payment Type") == "CURRENT")
    sums = [
        *((name.title(), current.filter(pl.col("Incentive") == name)["Earned"].sum()) for name in batch.incentives),
        ("Total incentives earned", head["earned"]),
        ("Less cap reduction", -head["cap_reduction"]),
        ("Adjustments", head["adjustments"]),
        ("Opening balance", head["opening_balance"]),
        ("Less carried forward", -head["closing_balance"]),
    ]
    tables = {"items": items, "unpaid": unpaid, "caps": caps}
    partner = TURNS.sub("", _cut(head["partner_name"] or ""))
    said = {
        "head": {key: None if value is None else str(value) for key, value in head.items()}
        | {"program": PROGRAM, "partner_name": partner},
        "sums": [(name, f"{amount + 0:.2f}") for name, amount in sums],
        "notes": [
            f"The first {MOST_PRINTED:,} of {rows.height:,} rows ({name}); {all_are_in} all."
            for (name, all_are_in), rows in zip(NOTED.items(), tables.values(), strict=True)
            if rows.height > MOST_PRINTED
        ],
        **{name: _printed(rows.head(MOST_PRINTED)) for name, rows in tables.items()},
    }
    compiler, inputs = _compiler(batch.fonts), {"statement": json.dumps(said)}
    try:
        return _one(compiler.compile(format="pdf", sys_inputs=inputs, pdf_standards=[ARCHIVED])), False
    except typst.TypstError as error:
        # A PDF for today is better than none, whatever the archive's standard forbids.
        return _one(compiler.compile(format="pdf", sys_inputs=inputs)), NO_GLYPH in str(error)


def _one(content: bytes | list[bytes] | None) -> bytes:
    if not isinstance(content, bytes):
        raise TypeError("a PDF is one document")
    return content


def _printed(rows: pl.DataFrame) -> dict[str, Any]:
    """A table as the template takes it: every value as text, exact."""
    return {
        "columns": rows.columns,
        "numbers": [name in NUMBERS for name in rows.columns],
        "widths": [WIDTHS.get(name, 1.5) for name in rows.columns],
        "rows": [[None if text is None else _cut(text) for text in row] for row in rows.cast(pl.String).rows()],
    }


def _cut(text: str) -> str:
    return text if len(text) <= MOST_LETTERS else f"{text[:MOST_LETTERS]}…"


@cache
def _compiler(fonts: str | None) -> typst.Compiler:
    folders = [str(resources.files("noto_cjk_sans_otc")), *([fonts] if fonts else [])]
    return typst.Compiler(str(TEMPLATE), font_paths=folders, ignore_system_fonts=True)


def _end_with_the_parent() -> None:
    """A worker whose parent was killed ends too, and leaves nothing behind."""
    parent = multiprocessing.parent_process()

    def watch() -> None:
        if parent is not None:
            parent.join()
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
