"""Whatever comes, nothing is lost, nothing is accepted wrongly, and nobody sees a traceback.

The suite tries a slice. A campaign: `DPOR_FUZZ_ROWS=100000 DPOR_FUZZ_FILES=2000 python -m pytest -n 2 tests/fuzz`.
"""

from __future__ import annotations

import csv
import gzip
import io
import os
import zlib
from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import pytest
from fuzz.judge import CONTRACT, Known, judged, key_of
from fuzz.mutants import drawn, mutated_files, mutated_parquet, mutated_rows
from intake.desk import GOOD, MASTER_DATA, Desk
from slow_reader import slowly

pytestmark = pytest.mark.slow

ROWS = int(os.environ.get("DPOR_FUZZ_ROWS", "1000"))
FILES = int(os.environ.get("DPOR_FUZZ_FILES", "10"))
A_LOT = 40

KNOWN = Known(
    partners=frozenset({"0000001", "0000002"}),
    customers=frozenset({"contoso"}),
    subscriptions={"e3": "O365", "i1": "INTUNE"},
    claims={"f1": "0000001"},
)
COUNTS = "select rows_read, accepted, duplicates, quarantined from intake_log where delivery = '2014-11'"
Row = dict[str, str]


@pytest.fixture
def desk(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Desk:
    desk = Desk(tmp_path, capsys)
    desk.deliver("2014-10", **MASTER_DATA)
    desk.take_in()
    return desk


def written(feed: str, rows: Iterable[Row], quoting: int) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n", quoting=quoting)  # type: ignore[arg-type]
    writer.writerow(GOOD[feed])
    writer.writerows(row.values() for row in rows)
    return text.getvalue().encode()


def in_the_database(desk: Desk, feed: str) -> dict[int, dict[str, Any]]:
    """What was accepted of the delivery of 2014-11, by row number, each value of its type."""
    with duckdb.connect(str(desk.database), read_only=True) as con:
        answer = con.execute(f"select row_number, {', '.join(CONTRACT[feed])} from {feed} where delivery = '2014-11'")
        return {row[0]: dict(zip(CONTRACT[feed], row[1:], strict=True)) for row in answer.fetchall()}


@pytest.mark.parametrize("feed", sorted(CONTRACT))
def test_every_row_ends_where_the_contract_says(desk: Desk, feed: str) -> None:
    """Each mutant has its reason, or is accepted with just its values; mutants of one key only have to be counted."""
    content = written(feed, [row for of, row in mutants() if of == feed], csv.QUOTE_ALL)
    content += written(feed, [row for of, row in mutants() if of == feed], csv.QUOTE_MINIMAL).partition(b"\n")[2]
    desk.file("2014-11", f"{feed}.csv", content)
    desk.take_in()
    assert "Traceback" not in desk.said
    rows = records(feed, content, zipped=False) or []
    found = in_the_database(desk, feed)
    aside = dict(desk.rows("select row_number, reason from quarantine where delivery = '2014-11'"))
    (counts,) = desk.rows(COUNTS)
    assert counts[0] == len(rows) == sum(counts[1:])
    assert (len(found), len(aside)) == (counts[1], counts[3])
    verdicts = {
        number: judged(feed, row, KNOWN) if row else ("malformed_row", {}) for number, row in enumerate(rows, 2)
    }
    shared = Counter(key_of(feed, values) for _, values in verdicts.values() if values)
    wrong = []
    for number, (due, values) in verdicts.items():
        met = bool(values) and shared[key_of(feed, values)] > 1
        if due is None:
            right = found[number] == values if number in found else met
        else:
            right = aside.get(number) == due or (met and aside.get(number) == "conflicting_duplicate")
        if not right:
            wrong.append((number, rows[number - 2], due, aside.get(number), found.get(number)))
    assert wrong[:3] == []


def verdict(feed: str, row: Row | None) -> tuple[str | None, dict[str, Any]]:
    return ("malformed_row", {}) if row is None else judged(feed, row, KNOWN)


@cache
def mutants() -> list[tuple[str, Row]]:
    """The rows of all feeds; where the key was left alone, it becomes one of their own, so that they don't meet."""
    found = []
    for number, (feed, row) in enumerate(drawn(mutated_rows(), ROWS)):
        key = next(iter(row))
        own = row[key] == GOOD[feed][key] and feed not in ("assigned_seats", "rates", "caps", "partners")
        found.append((feed, row | {key: f"{row[key]}-{number}"} if own else row))
    return found


@pytest.mark.parametrize("lot", range(max(1, FILES // A_LOT)))
def test_every_file_is_taken_in_whole_set_aside_in_part_or_named(desk: Desk, lot: int) -> None:
    """A twisted file: each of its records accounted for, and those accepted good; or all of it refused by name."""
    seen: Counter[int] = Counter()
    for name, content in drawn(mutated_files(), FILES)[lot * A_LOT :][:A_LOT]:
        feed = name.partition(".")[0]
        path = desk.file("2014-11", name, content)
        code = desk.dpor("run", "--max-quarantine", "1")
        seen[code] += 1
        assert code in (0, 2), (name, content, desk.said)
        assert "Traceback" not in desk.said, (name, content)
        usable = records(feed, content, zipped=name.endswith(".gz"))
        assert (code == 0) == (usable is not None), (name, content, desk.said)
        if usable is None:
            assert f"2014-11/{name}" in desk.said
        else:
            assert accounted(desk, feed, usable), (name, content)
        path.unlink()
    assert lot or (seen[0] and seen[2])


@pytest.mark.parametrize("lot", range(max(1, FILES // A_LOT)))
def test_every_parquet_file_is_taken_in_whole_or_named(desk: Desk, lot: int) -> None:
    """Whatever became of its bytes, each row that was read is accounted for, and what was accepted is good."""
    seen: Counter[tuple[int, bool]] = Counter()
    for number, (feed, content, rows) in enumerate(drawn(mutated_parquet(), FILES)[lot * A_LOT :][:A_LOT]):
        path = desk.file("2014-11", f"{feed}.parquet", content)
        code = desk.dpor("run", "--max-quarantine", "1")
        seen[code, rows is None] += 1
        assert code == 0 or (code == 2 and rows is None), (number, feed, desk.said)
        assert "Traceback" not in desk.said, (number, feed)
        if code == 0:
            ((read, *ends),) = desk.rows(COUNTS)
            assert read == sum(ends) == (rows or read), (number, feed)
            accepted = in_the_database(desk, feed).values()
            assert [row for row in accepted if judged(feed, as_text(row), KNOWN) != (None, row)] == [], (number, feed)
        else:
            assert f"2014-11/{feed}.parquet" in desk.said
        path.unlink()
    assert lot or (seen[0, True] and seen[0, False] and seen[2, True])


def as_text(row: dict[str, Any]) -> Row:
    """Accepted values as a CSV would bring them."""
    told = {name: "" if value is None else str(value) for name, value in row.items()}
    return told | {name: f"{value.isoformat()}Z" for name, value in row.items() if isinstance(value, datetime)}


def records(feed: str, content: bytes, *, zipped: bool) -> list[Row | None] | None:
    """A file's records by column name, None for a malformed one; None altogether where the file can't be used."""
    if zipped:
        try:
            content = gzip.decompress(content)
        except (OSError, EOFError, zlib.error):
            return None
    content = content.removeprefix(b"\xef\xbb\xbf")
    for width in range(len(CONTRACT[feed]), content.partition(b"\n")[0].count(b",") + 2):
        found = slowly(content, width)
        names = found[0][0] if found else None
        if names is not None:
            break
    else:
        return None
    if any(names.count(column) != 1 for column in CONTRACT[feed]) or len(set(names)) < len(names):
        return None
    return [dict(zip(names, fields, strict=True)) if fields else None for fields, _ in found[1:]]


def accounted(desk: Desk, feed: str, usable: list[Row | None]) -> bool:
    """Whether every record was counted once, and none was accepted that the contract refuses."""
    ((read, *ends),) = desk.rows(COUNTS)
    good = {number for number, row in enumerate(usable, 2) if row is not None and judged(feed, row, KNOWN)[0] is None}
    return read == sum(ends) == len(usable) and set(in_the_database(desk, feed)) <= good
