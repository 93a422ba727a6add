"""One CSV record that needs more than its own line: walked to its end, through any number of blocks."""

from __future__ import annotations

import re

from schemas.counts import count_of

FIELD_LIMIT = 1_000_000

NOT_UTF8 = "bytes that are not UTF-8"
NUL_BYTE = "a NUL byte"
LONE_CR = "a carriage return outside quotes"
BARE_QUOTE = "a quote inside an unquoted field"
TEXT_AFTER_QUOTE = "text after a closing quote"
BIG_FIELD = "a field over 1 MB"

_COMMA, _QUOTE, _LF, _CR = b',"\n\r'
_PLAIN = re.compile(rb'[^",\n]*+')
_QUOTED = re.compile(rb'[^"]*+(?:""[^"]*+)*+')
# NUL marks what was no good text: a NUL, or a byte that is not UTF-8.
_BAD_BYTE_MARK = re.compile(rb"\0\\x(?!00)")

# A line of the block, the record without its line end, what is wrong with it.
Row = tuple[int, str, str | None]


class Record:
    """One record on its way through the scanner: `feed` it text until it ends, then ask for `row`."""

    def __init__(self, line: int, fields_due: int | None) -> None:
        self.line = line
        self._fields_due = fields_due
        self._fields = 1
        self.line_ends = 0
        self._step = self._field_start
        self._size = 0
        self._kept: list[bytes] = []
        self._kept_bytes = 0
        self._cut = False
        self._line_open = True
        self._opened = line
        self._broken: str | None = None
        self._found: set[str] = set()

    def feed(self, block: bytes, start: int) -> int | None:
        """Where the record ends in `block`, behind its line end; None if it goes on in the next block."""
        pos, ended = start, False
        while pos < len(block) and not ended:
            pos, ended = self._step(block, pos)
        if not ended:
            self._keep(block, start, pos)
            self._line_open = not block.endswith(b"\n")
            return None
        self.line_ends += 1
        self._line_open = False
        self._keep(block, start, pos - (2 if block.endswith(b"\r\n", start, pos) else 1))
        return pos

    def _field_start(self, block: bytes, pos: int) -> tuple[int, bool]:
        self._size = 0
        if block[pos] != _QUOTE:
            self._step = self._plain
            return pos, False
        self._opened = self.line + self.line_ends
        self._step = self._quoted
        return pos + 1, False

    def _plain(self, block: bytes, pos: int) -> tuple[int, bool]:
        stop = _PLAIN.match(block, pos).end()  # type: ignore[union-attr]  # it matches the empty text too
        after = block[stop] if stop < len(block) else None
        carriage = block.find(b"\r", pos, stop)
        crlf = after == _LF and carriage == stop - 1
        if carriage >= 0 and not crlf:
            self._found.add(LONE_CR)
        self._grow(stop - pos - crlf)
        if after is None:
            return stop, False
        if after == _QUOTE:
            self._broken, self._step = BARE_QUOTE, self._line_rest
            return stop, False
        return self._field_end(after, stop)

    def _quoted(self, block: bytes, pos: int) -> tuple[int, bool]:
        stop = _QUOTED.match(block, pos).end()  # type: ignore[union-attr]
        self._grow(stop - pos - block.count(b'"', pos, stop) // 2)
        self.line_ends += block.count(b"\n", pos, stop)
        if stop < len(block):
            self._step = self._after_quote
            stop += 1
        return stop, False

    def _after_quote(self, block: bytes, pos: int) -> tuple[int, bool]:
        after = block[pos]
        # A doubled quote that two blocks share; within one block _QUOTED has taken it.
        if after == _QUOTE:
            self._grow(1)
            self._step = self._quoted
            return pos + 1, False
        if after == _CR and block[pos + 1 : pos + 2] == b"\n":
            pos, after = pos + 1, _LF
        if after in (_COMMA, _LF):
            return self._field_end(after, pos)
        self._broken, self._step = LONE_CR if after == _CR else TEXT_AFTER_QUOTE, self._line_rest
        return pos, False

    def _line_rest(self, block: bytes, pos: int) -> tuple[int, bool]:
        end = block.find(b"\n", pos) + 1
        return end or len(block), bool(end)

    def _field_end(self, after: int, pos: int) -> tuple[int, bool]:
        if after == _COMMA:
            self._fields += 1
            self._step = self._field_start
        return pos + 1, after == _LF

    def _grow(self, size: int) -> None:
        self._size += size
        if self._size > FIELD_LIMIT:
            self._found.add(BIG_FIELD)

    def _keep(self, block: bytes, start: int, end: int) -> None:
        if block.find(b"\0\\x00", start, end) >= 0:
            self._found.add(NUL_BYTE)
        if _BAD_BYTE_MARK.search(block, start, end):
            self._found.add(NOT_UTF8)
        # A record that may still turn out good is kept whole: the limits on fields and their size bound it.
        if self._broken or self._found or (self._fields_due and self._fields > self._fields_due):
            room = max(0, FIELD_LIMIT - self._kept_bytes)
            self._cut = self._cut or end - start > room
            end = min(end, start + room)
        self._kept.append(block[start:end])
        self._kept_bytes += end - start

    def text(self) -> bytes:
        """The record without its line end; only its first MB if it is malformed."""
        text = b"".join(self._kept)
        return text[:FIELD_LIMIT] if self.detail() else text

    def row(self, line: int) -> Row:
        return line, self.raw(), self.detail()

    def raw(self) -> str:
        return self.text().decode(errors="ignore").replace("\0", "")

    def detail(self) -> str | None:
        """What is wrong with the record as read up to here, None if nothing is."""
        wrong = [self._broken] if self._broken else []
        last = self.line + self.line_ends - (not self._line_open)
        if self._step == self._quoted:
            wrong.append(f"a quote opened on line {self._opened} never closes, read up to line {last}")
        whole = not wrong
        wrong += [found for found in (NOT_UTF8, NUL_BYTE, LONE_CR) if found in self._found and found not in wrong]
        if whole and self._fields_due and self._fields != self._fields_due:
            wrong.append(f"{count_of(self._fields, 'field')} instead of {self._fields_due}")
        wrong += [BIG_FIELD] if BIG_FIELD in self._found else []
        if wrong and last > self.line and self._step != self._quoted:
            wrong.append(f"its quotes join lines {self.line} to {last}")
        if wrong and (self._cut or self._kept_bytes > FIELD_LIMIT):
            wrong.append("only its first MB is shown")
        return "; ".join(wrong) or None
