"""One delivered file, CSV, gzip'd CSV or Parquet, to blocks of text rows; an unusable one names every reason."""

from __future__ import annotations

import errno
import hashlib
import os
import re
import stat
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from io import BufferedReader
from pathlib import Path

import polars as pl

from schemas.columns import Form
from schemas.counts import count_of
from schemas.problems import Refused, UnusableInput
from transforms.reading.csv_records import BLOCK_BYTES, CsvRecords, Header
from transforms.reading.csv_scanner import LONE_CR, NUL_BYTE
from transforms.reading.parquet_hint import hides_rows, plainly_typed
from transforms.reading.parquet_text import EXPECTED, as_text, fits, parts_of
from transforms.reading.text_block import Excerpt, TextBlock, stamp_of

FORMATS = (".csv", ".csv.gz", ".parquet")
PARQUET_ROWS = 100_000
# A file that unpacks beyond both is taken for an attack or an accident.
UNPACKED_RATIO = 100
UNPACKED_BYTES = 1_000_000_000
GZIP, IS_GZIP = b"\x1f\x8b", "is compressed with gzip; name it `.csv.gz`"
"""What a gzip begins with."""
OTHER_FILES = {
    b"PAR1": "is a Parquet file; name it `.parquet`",
    b"PK\x03\x04": "is a workbook or a ZIP; save it as CSV UTF-8",
}
"""How files of other kinds begin, and what to do where one is named `.csv`."""
TOO_MUCH = f"unpacks to more than {UNPACKED_RATIO} times its size and {{:,}} bytes"
ROWS_CLAIMED = re.compile(r"produces ([0-9]+) rows which is more than maximum")
PARQUET_MOST_ROWS = 2**32 - 1
"""Polars numbers no more of a file; of one that claims more it says how to have Polars built otherwise."""
OTHER_SEPARATORS = {";": "`;`", "\t": "a TAB", "|": "`|`"}
"""What other CSV files are parted by, and how it is called."""
IN_EXCEL = (
    " (Excel uses the computer's list separator, even for CSV UTF-8: set that to a comma, and save the file again)"
)


class FileReading:
    """The reading of one file; `sha256` is set once all is read, over the very bytes that were.

    `columns` are those wanted; a column's form says which Parquet types fit, and text always does. `label` is how
    messages name the file. `panics` says what is wrong with a file that Polars is known to panic of: it isn't read by
    Polars again.
    """

    def __init__(
        self,
        path: Path,
        columns: Mapping[str, Form],
        *,
        label: str,
        panics: str | None = None,
        block_bytes: int = BLOCK_BYTES,
    ) -> None:
        self.path = path
        self.columns = columns
        self.label = label
        self.panics = panics
        self.sha256: str | None = None
        self._block_bytes = block_bytes

    def blocks(self) -> Iterator[pl.DataFrame]:
        """The rows of `read`, each with `raw`, the record as it came."""
        return (block.whole() for block in self.read())

    def read(self) -> Iterator[TextBlock]:
        """The file's records in its order, each wanted column as text, null where empty.

        Raises UnusableInput with all that is wrong with the file, Refused if it can't be read or changes meanwhile.
        """
        try:
            with self._opened() as file:
                before = stamp_of(file.fileno())
                yield from self._parquet(file) if self.path.name.endswith(".parquet") else self._csv(file)
                after = stamp_of(file.fileno())
        except OSError as error:
            raise Refused(f"{self.label}: can't be read: {error.strerror or error}") from error
        if before != after:
            raise Refused(f"{self.label}: changed while it was read; run again when it is complete")

    def _unusable(self, *problems: str) -> UnusableInput:
        return UnusableInput(*(f"{self.label}: {problem}" for problem in problems))

    def _opened(self) -> BufferedReader:
        if not self.path.name.endswith(FORMATS):
            raise self._unusable(f"its name ends in none of {', '.join(FORMATS)}")
        try:
            # Without O_NONBLOCK a named pipe would hold the run up for good.
            descriptor = os.open(self.path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        except OSError as error:
            if error.errno == errno.ELOOP:
                raise self._unusable("is a symbolic link; put the file itself there") from error
            raise
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            os.close(descriptor)
            raise self._unusable("is not a regular file")
        return os.fdopen(descriptor, "rb")

    def _csv(self, file: BufferedReader) -> Iterator[TextBlock]:
        digest = hashlib.sha256()

        def hashed(size: int) -> bytes:
            chunk = file.read(size)
            digest.update(chunk)
            return chunk

        packed = self.path.name.endswith(".gz")
        read = self._gunzipped(hashed, os.fstat(file.fileno()).st_size) if packed else hashed
        head = b""
        while len(head) < 4 and (chunk := read(4 - len(head))):
            head += chunk
        if head.startswith(GZIP):
            raise self._unusable("is compressed with gzip twice; once is enough" if packed else IS_GZIP)
        if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
            raise self._unusable("is UTF-16 or UTF-32; save it as UTF-8")
        held = [head.removeprefix(b"\xef\xbb\xbf")]
        byte_order_mark = len(head) - len(held[0])
        records = CsvRecords(lambda size: held.pop() or read(size) if held else read(size), self._block_bytes)
        header = records.header()
        if problems := self._header_problems(header):
            unpack = "unpack it: it " if packed else ""
            raise self._unusable(*([f"{unpack}{OTHER_FILES[head]}"] if head in OTHER_FILES else problems))
        stamp = stamp_of(file.fileno())
        places = {name: header.names.index(name) for name in self.columns}
        for block in records.blocks(len(header.names), places):
            if block.starts_at is None or packed:
                yield block
            else:
                start, first_row = byte_order_mark + block.starts_at, int(block.rows["row_number"][0])
                excerpt = Excerpt(self.path, self.label, stamp, start, len(block.came), first_row)
                yield replace(block, excerpt=excerpt)
        self.sha256 = digest.hexdigest()

    def _gunzipped(self, read: Callable[[int], bytes], size: int) -> Callable[[int], bytes]:
        """A reader of what the gzip (of `size` bytes, any number of members) holds."""
        unpacker = zlib.decompressobj(wbits=31)
        waiting = b""
        unpacked = 0

        def unpack(limit: int) -> bytes:
            nonlocal unpacker, waiting, unpacked
            while True:
                waiting = waiting or read(1 << 20)
                if unpacker.eof:
                    # Some tools pad with zeros; that is no further member.
                    waiting = waiting.lstrip(b"\0")
                    if waiting:
                        unpacker = zlib.decompressobj(wbits=31)
                    elif not (waiting := read(1 << 20)):
                        return b""
                    continue
                ended = not waiting
                try:
                    chunk = unpacker.decompress(waiting, limit)
                except zlib.error as error:
                    raise self._unusable(f"its gzip is broken ({error})") from error
                waiting = unpacker.unused_data if unpacker.eof else unpacker.unconsumed_tail
                unpacked += len(chunk)
                if unpacks_to_too_much(unpacked, size):
                    raise self._unusable(f"its gzip {TOO_MUCH.format(UNPACKED_BYTES)}")
                if chunk:
                    return chunk
                if ended and not unpacker.eof:
                    raise self._unusable("its gzip is cut off" if size else "is empty")

        return unpack

    def _header_problems(self, header: Header) -> list[str]:
        wanted = ", ".join(self.columns)
        if not header.raw and not header.detail:
            return [f"is empty or has an empty first line; a header with {wanted} is expected"]
        separator = next((sign for sign in OTHER_SEPARATORS if sign in header.raw), None)
        if separator and "," not in header.raw:
            advice = IN_EXCEL if separator == ";" else ""
            return [
                f"{OTHER_SEPARATORS[separator]} separates its columns, so only one was found; `,` is expected{advice}"
            ]
        if header.detail and NUL_BYTE in header.detail:
            return ["a NUL byte in the header; is it UTF-16 or UTF-32? UTF-8 is expected"]
        if header.detail and LONE_CR in header.detail:
            return ["a lone carriage return in the header; lines must end in LF or CRLF"]
        if header.detail:
            return [f"its header can't be read: {header.detail}"]
        near = {_bare(name) for name in self.columns}
        if not any(_bare(name) in near for name in header.names):
            return [f"has no header: its first line holds none of {wanted}"]
        return self._name_problems(header.names)

    def _name_problems(self, found: Sequence[str]) -> list[str]:
        problems = []
        for wanted in self.columns:
            is_like = _bare if wanted not in found else _spaceless
            alike = [name for name in found if name != wanted and is_like(name) == is_like(wanted)]
            if found.count(wanted) > 1:
                problems.append(f"the column `{wanted}` appears {found.count(wanted)} times")
            problems += [f"`{name}` found, `{wanted}` expected" for name in dict.fromkeys(alike)]
            if not alike and wanted not in found:
                problems.append(f"the column `{wanted}` is missing")
        # Spreadsheets leave columns without a name behind the others.
        foreign = Counter(name for name in found if name and name not in self.columns)
        problems += [f"the column `{name}` appears {times} times" for name, times in foreign.items() if times > 1]
        return problems

    def _parquet(self, file: BufferedReader) -> Iterator[TextBlock]:
        sha256 = _sha256(file)
        with plainly_typed(file, list(self.columns), panics=self.panics is not None) as (plain, names):
            if self.panics and names is None:
                raise self._unusable(self.panics)
            yield from self._parquet_rows(plain, names)
        self.sha256 = _sha256(file)
        if self.sha256 != sha256:
            raise Refused(f"{self.label}: changed while it was read; run again when it is complete")

    def _parquet_rows(self, file: BufferedReader, found: Sequence[str] | None) -> Iterator[TextBlock]:
        number = 2
        # A broken file makes Polars panic too, which is no Exception.
        try:
            file.seek(0)
            schema = pl.read_parquet_schema(file)
        except pl.exceptions.DuplicateError as error:
            raise self._unusable(f"a column appears twice ({error})") from error
        except (pl.exceptions.PolarsError, pl.exceptions.PanicException) as error:
            raise self._unusable(f"is not a complete Parquet file ({_first_line(error)})") from error
        problems = self._name_problems(list(schema) if found is None else found)
        for name, form in self.columns.items():
            if name in schema and not fits(schema[name], form.read_as):
                problems.append(f"the column `{name}` is of type {schema[name]}; {EXPECTED[form.read_as]}")
        if problems:
            raise self._unusable(*problems)
        try:
            claimed = pl.scan_parquet(file, glob=False).select(pl.len()).collect().item()
            rows = pl.scan_parquet(file, glob=False).select(*self.columns)
            unpacked, size = 0, self.path.stat().st_size
            for batch in rows.collect_batches(chunk_size=PARQUET_ROWS, lazy=True):
                for part, text_bytes in parts_of(batch):
                    unpacked += text_bytes
                    if unpacks_to_too_much(unpacked, size):
                        raise self._unusable(TOO_MUCH.format(UNPACKED_BYTES))
                    yield as_text(part, number)
                    number += part.height
        except (pl.exceptions.PolarsError, pl.exceptions.PanicException) as error:
            if claims := ROWS_CLAIMED.search(f"{error}"):
                raise self._unusable(
                    f"its footer claims {int(claims[1]):,} rows, and a file has at most {PARQUET_MOST_ROWS:,};"
                    " have it written again, in parts if there are that many"
                ) from error
            raise self._unusable(f"is broken ({_first_line(error)})") from error
        # Polars ends the batches early, without an error, where a page can't be decoded.
        if claimed != number - 2:
            raise self._unusable(claims_other_rows(claimed, number - 2))
        # Polars doesn't look further than is claimed.
        if hides_rows(file, claimed):
            raise self._unusable(f"is broken: its footer claims {count_of(claimed, 'row')}, but there are more")


def unpacks_to_too_much(unpacked: int, size: int) -> bool:
    """Whether what came out of a file of `size` bytes so far can't be meant."""
    return unpacked > UNPACKED_BYTES and unpacked > UNPACKED_RATIO * size


def claims_other_rows(claimed: int | None, read: int) -> str:
    """What is wrong with a Parquet file of which fewer or more rows could be read than it claims, or not even that."""
    if claimed is None:
        return "is broken (it makes the program that reads it fail); have it written again, or as CSV"
    return f"is broken: its footer claims {count_of(claimed, 'row')}, but {read:,} could be read"


def _bare(name: str) -> str:
    return re.sub(r"[\W_]+", "", name).casefold()


def _spaceless(name: str) -> str:
    return "".join(name.split()).casefold()


def _first_line(error: BaseException) -> str:
    return str(error).partition("\n")[0]


def _sha256(file: BufferedReader) -> str:
    file.seek(0)
    return hashlib.file_digest(file, "sha256").hexdigest()
