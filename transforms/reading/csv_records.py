"""CSV bytes to records, RFC 4180 taken at its word: good records parsed, broken ones kept as they came.

Whole blocks of lines are judged and parsed by Polars; Python only walks the records that need more than their own line:
quotes over line ends, broken quotes, fields near the limit. Such a record may run on through any number of blocks.
A block without a quote, as most exports are from end to end, isn't even judged line by line: see `plain_csv.py`.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain

import polars as pl

from transforms.reading.csv_scanner import FIELD_LIMIT, LONE_CR, NOT_UTF8, NUL_BYTE, Record, Row
from transforms.reading.plain_csv import lines_of, parsed, plain_values
from transforms.reading.text_block import TextBlock

BLOCK_BYTES = 16 * 1024 * 1024
_GOOD_BYTES = rb'(?:"[^"\0]*+(?:""[^"\0]*+)*+"|[^",\r\n\0]*+)'
_GOOD_RECORD = b"(" + _GOOD_BYTES + b"(?:," + _GOOD_BYTES + b"){%d})\r?\n"
# What must not stand at the end of a block that is cut inside a line: half a CRLF or half a character.
_HALVES = re.compile(rb"(?:\r|[\xc2-\xdf]|[\xe0-\xef][\x80-\xbf]?|[\xf0-\xf4][\x80-\xbf]{0,2})?\Z")
# The same things for Polars' regular expressions, which see one line; NUL marks what was no good text (see _marked).
_GOOD_FIELD = r'(?:[^",\r\x00]*|"(?:[^"\x00]|"")*")'
_CLOSED_LINE = r'^(?:[^",\r]*|"(?:[^"]|"")*")(?:,(?:[^",\r]*|"(?:[^"]|"")*"))*$'
# Beyond this many columns a counted repetition grows too large to be compiled well.
_COUNTED_FIELDS = 500


def _mark(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return "".join(f"\0\\x{byte:02x}" for byte in error.object[error.start : error.end]), error.end


codecs.register_error("dpor_mark", _mark)


def _marked(block: bytes) -> bytes:
    """`block` as valid UTF-8: each NUL and each byte that is no UTF-8 becomes NUL, backslash, x and two hex digits."""
    if b"\0" in block:
        block = block.replace(b"\0", b"\0\\x00")
    if block.isascii():
        return block
    try:
        block.decode()
    except UnicodeDecodeError:
        return block.decode(errors="dpor_mark").encode()
    return block


def _blocks(read: Callable[[int], bytes], size: int) -> Iterator[tuple[bytes, int]]:
    """Blocks that end with a line feed or hold none (a piece of a long line, or the last line without its end).

    Beside each stands how many bytes of the text are read with it.
    """
    tail = b""
    end = 0
    while chunk := read(size):
        cut = chunk.rfind(b"\n") + 1
        if not cut:
            tail, chunk = b"", tail + chunk
            if halves := _HALVES.search(chunk, max(0, len(chunk) - 4)):
                cut = halves.start()
        if cut:
            end += len(tail) + cut
            yield _marked(b"".join((tail, memoryview(chunk)[:cut]))), end
        tail = chunk[cut:]
    if tail:
        yield _marked(tail), end + len(tail)


@dataclass(frozen=True)
class Header:
    """Record 1: its names, its text, and what is wrong with it, if anything; then there are no names."""

    names: tuple[str, ...]
    raw: str
    detail: str | None


class CsvRecords:
    """The records of one CSV text: `header()` once, then `blocks()`.

    `read` gives up to so many bytes, and none at the end; a byte order mark must be off already.
    """

    def __init__(self, read: Callable[[int], bytes], block_bytes: int = BLOCK_BYTES) -> None:
        self._blocks = _blocks(read, block_bytes)
        self._rest = (b"", 0)
        self._line = 1
        self._number = 1
        self._open: Record | None = None

    def header(self) -> Header:
        """The first record; no more than its first MB is read if it has no end."""
        record = Record(1, None)
        read = 0
        for block, block_end in self._blocks:
            end = record.feed(block, 0)
            read += len(block)
            if end is not None:
                self._rest = block[end:], block_end
                break
            if read > FIELD_LIMIT:
                break
        self._line += record.line_ends
        self._number += 1
        raw, detail = record.raw(), record.detail()
        if detail or not raw:
            return Header((), raw, detail)
        # The line in front keeps Polars from reading any first bytes as a byte order mark or a compressed file.
        row = pl.read_csv(
            b"x\n" + b'"",' + record.text() + b"\n", infer_schema=False, has_header=False, skip_lines=1
        ).row(0)
        return Header(tuple(name or "" for name in row[1:]), raw, None)

    def blocks(self, fields: int, wanted: Mapping[str, int]) -> Iterator[TextBlock]:
        """Blocks of the `wanted` columns (name to position); `fields` is how many each record must have."""
        for text, end in chain([self._rest], self._blocks):
            block = self._take(text, end, fields, wanted)
            if block is not None and block.rows.height:
                yield block
        if self._open:
            yield self._parsed(_rows([self._open.row(0)]), fields, wanted)

    def _take(self, block: bytes, block_end: int, fields: int, wanted: Mapping[str, int]) -> TextBlock | None:
        ended: list[Row] = []
        if block and self._open is None and not block.endswith(b"\n"):
            self._open = Record(self._line, fields)
        if self._open:
            end = self._open.feed(block, 0)
            if end is None:
                return None
            ended.append(self._open.row(-1))
            self._line = self._open.line + self._open.line_ends
            self._open = None
            block = block[end:]
        elif (values := plain_values(block, fields, wanted)) is not None:
            self._line += values.height
            rows = values.with_columns(detail=pl.lit(None, pl.String))
            return self._numbered(rows, wanted, block, block_end - len(block))
        lines = lines_of(block).to_frame()
        length = pl.col("raw").str.len_bytes()
        good = length.is_between(1, FIELD_LIMIT) & _good_line(fields)
        lines = lines.select(pl.int_range(pl.len(), dtype=pl.Int64).alias("line"), "raw", good=good)
        untouched = not ended and lines["good"].all()
        if untouched:
            rows = lines.select("line", "raw", detail=pl.lit(None, pl.String))
        else:
            rows = self._sorted_out(block, lines, ended, fields)
        self._line += lines.height
        return self._parsed(rows, fields, wanted, block if untouched else None)

    def _sorted_out(self, block: bytes, lines: pl.DataFrame, ended: list[Row], fields: int) -> pl.DataFrame:
        """The records of a block in which not every line is a good record by itself: line, raw, detail."""
        raw = pl.col("raw")
        by_itself = ~raw.str.contains('"', literal=True) | raw.str.contains(_CLOSED_LINE)
        odd = lines.filter(~pl.col("good"))
        walked = odd.filter(~by_itself | (raw.str.len_bytes() > FIELD_LIMIT))["line"]
        swallowed: list[tuple[int, int]] = []
        if walked.len():
            sizes = pl.Series([block.decode()]).str.split("\n").explode().str.len_bytes().cast(pl.Int64) + 1
            offsets = sizes.cum_sum().shift(1, fill_value=0).gather(walked)
            after = 0
            # What the scanner would find too, at a fifth of the time: multi-line fields can stand in every record.
            good_record = re.compile(_GOOD_RECORD % (fields - 1))
            for line, offset in zip(walked.to_list(), offsets.to_list(), strict=True):
                if line < after:
                    continue
                if (whole := good_record.match(block, offset)) and whole.end() - offset <= FIELD_LIMIT:
                    ended.append((line, whole[1].decode(), None))
                    after = line + block.count(b"\n", offset, whole.end())
                else:
                    record = Record(self._line + line, fields)
                    if record.feed(block, offset) is None:
                        self._open = record
                        swallowed.append((line, lines.height))
                        break
                    ended.append(record.row(line))
                    after = line + record.line_ends
                swallowed.append((line, after))
        gone = pl.DataFrame(swallowed, {"from": pl.Int64, "to": pl.Int64}, orient="row").select(
            line=pl.int_ranges("from", "to").explode()
        )
        own = lines.join(gone, on="line", how="anti")
        good = own.filter("good").select("line", "raw", detail=pl.lit(None, pl.String))
        bad = own.filter(~pl.col("good")).select(
            "line", raw.str.replace_all("\0", "", literal=True), detail=_line_detail(fields)
        )
        return pl.concat([_rows(ended), good, bad]).sort("line")

    def _parsed(
        self, rows: pl.DataFrame, fields: int, wanted: Mapping[str, int], text: bytes | None = None
    ) -> TextBlock:
        """`rows` (line, raw, detail) numbered, with the wanted values of the good ones, whose text is `text`."""
        good = rows.filter(pl.col("detail").is_null())
        if text is None:
            text = (good["raw"] + "\n").str.join("").item().encode()
        values = _values(text, good.height, fields, wanted)
        rows = (
            good.hstack(values)
            if good.height == rows.height
            else pl.concat([good.hstack(values), rows.filter(pl.col("detail").is_not_null())], how="diagonal").sort(
                "line"
            )
        )
        return self._numbered(rows, wanted, rows["raw"])

    def _numbered(
        self, rows: pl.DataFrame, wanted: Mapping[str, int], came: bytes | pl.Series, starts_at: int | None = None
    ) -> TextBlock:
        numbers = pl.int_range(self._number, self._number + rows.height, dtype=pl.Int64)
        self._number += rows.height
        return TextBlock(rows.select(numbers.alias("row_number"), *wanted, "detail"), came, starts_at)


def _rows(rows: list[Row]) -> pl.DataFrame:
    return pl.DataFrame(rows, {"line": pl.Int64, "raw": pl.String, "detail": pl.String}, orient="row")


def _fields_found() -> pl.Expr:
    return pl.col("raw").str.replace_all('"[^"]*"', "").str.count_matches(",", literal=True) + 1


def _good_line(fields: int) -> pl.Expr:
    if fields <= _COUNTED_FIELDS:
        return pl.col("raw").str.contains(f"^{_GOOD_FIELD}(?:,{_GOOD_FIELD}){{{fields - 1}}}$")
    return pl.col("raw").str.contains(f"^{_GOOD_FIELD}(?:,{_GOOD_FIELD})*$") & (_fields_found() == fields)


def _line_detail(fields: int) -> pl.Expr:
    """What is wrong with a line that is a record by itself, but no good one."""
    raw, found = pl.col("raw"), _fields_found()
    return pl.concat_str(
        pl.when(raw.str.contains(r"\x00\\x(?:[^0]|0[^0])")).then(pl.lit(NOT_UTF8)),
        pl.when(raw.str.contains("\0\\x00", literal=True)).then(pl.lit(NUL_BYTE)),
        pl.when(raw.str.contains("\r", literal=True) & ~raw.str.contains('"', literal=True)).then(pl.lit(LONE_CR)),
        pl.when(raw == "")
        .then(pl.lit("an empty line"))
        .when(found != fields)
        .then(
            pl.format(
                f"{{}} field{{}} instead of {fields}",
                found,
                pl.when(found != 1).then(pl.lit("s")).otherwise(pl.lit("")),
            )
        ),
        separator="; ",
        ignore_nulls=True,
    )


def _values(text: bytes, records: int, fields: int, wanted: Mapping[str, int]) -> pl.DataFrame:
    """The wanted columns of `text`, which holds `records` good records and nothing else; empty is null."""
    found = {str(position): name for name, position in wanted.items()}
    values = parsed(text, fields, columns=list(found)).rename(found)
    if values.height != records:
        raise RuntimeError(f"{records} CSV records tokenised, {values.height} parsed")
    if b'""' in text:
        values = values.with_columns(pl.when(pl.col(name) != "").then(pl.col(name)).name.keep() for name in wanted)
    return values.select(*wanted)
