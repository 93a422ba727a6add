"""Mutated rows and files, drawn by Hypothesis: the same ones on every machine."""

from __future__ import annotations

import gzip
import io
import os
from collections.abc import Callable
from typing import Any

import polars as pl
from fuzz.judge import CONTRACT
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from intake.desk import GOOD, csv_of, filled

from schemas.feeds import FEEDS

Row = dict[str, str]

TYPED: dict[str, Callable[[pl.Expr], pl.Expr]] = {
    "text": lambda text: text.cast(pl.Categorical),
    "integer": lambda text: text.cast(pl.Int32, strict=False),
    "decimal": lambda text: text.str.to_decimal(scale=4),
    "date": lambda text: text.str.to_date("%Y-%m-%d", strict=False),
    "instant": lambda text: text.str.to_datetime("%Y-%m-%dT%H:%M:%SZ", time_unit="us", time_zone="UTC", strict=False),
}
"""The type that a column of a Parquet file may have beside text, by its kind."""

NASTY = (
    *("", " ", "-", "NULL", "N/A", "NaN", "Infinity", "-0", "0", "00", "007", "-1", "+5", " 5 ", "5.", ".5", "12.0"),
    *(
        "1e3",
        "1_000",
        "1,000",
        "1.000,00",
        "0x1F",
        "\u0663",
        "\uff11\uff12\uff13",
        "99999999999999999999",
        "10000000",
        "10000001",
        "1000000",
    ),
    *("1000000.0001", "1.23456", "0.00001", "1000000000000.01", "-0.00", "0.0", "1.5", "2147483648"),
    *("2015-02-30", "2015-2-3", "31/03/2015", "20150331", "0000-01-01", "1999-12-31", "2100-12-31", "2101-01-01"),
    *("2016-02-29", "2015-02-29", "9999-12-31", "2015-03-31T24:00:00Z", "2015-03-31T23:59:60Z", "2015-03-31T12:00:00"),
    *("2015-03-31T23:59:59.9999999Z", "2015-03-31T12:00:00+23:59", "2015-03-31t12:00:00z", "2015-03-31 12:00:00Z"),
    *(
        "2100-12-31T23:30:00-01:00",
        "2000-01-01T00:30:00+01:00",
        "2015-03-31T12:00:00.5+05:30",
        "0001-01-01T00:00:00+01:00",
    ),
    *(
        "0000001",
        "0000002",
        "9999999",
        "000000\uff11",
        "12345",
        "12345678",
        "*",
        "O365",
        "o365",
        "AZURE",
        "INTUNE",
        "EMS",
    ),
    *(
        "ADD",
        "REMOVE",
        "add",
        "OFFICE",
        "PASS",
        "FAIL",
        "Pass",
        "EMEA",
        "NA",
        "FY15",
        "FY2015",
        "fy15",
        "FY\uff11\uff15",
    ),
    *(
        "DEPLOY",
        "PARTNER",
        "CUSTOMER",
        "SERVICE",
        "SUBSCRIPTION",
        "e3",
        "i1",
        "E3",
        "f1",
        "d1",
        "contoso",
        "c\u03bfntoso",
    ),
    *("con\u200btoso", "\u202eosotnoc", "contoso ", "\ufeffcontoso", "a" * 64, "a" * 65, "..", "../../etc/passwd"),
    *(
        '=HYPERLINK("x")',
        "@SUM(A1)",
        "+1",
        "\tx",
        "'x",
        "a,b",
        'say "hi"',
        "two\nlines",
        "two\r\nlines",
        "\r",
        "\0",
        "x\0",
    ),
    *(
        "<script>",
        "#let",
        "$x$",
        "'; drop table statements; --",
        "{{7*7}}",
        "%s%n",
        "\\x00",
        "🙂",
        "e\u0301",
        "\U0010ffff",
    ),
)

MARKS = ("\u200b", "\u00a0", " ", "\t", "0", "-", ".", "\u0660", "\uff11", "A", "é", "\0", '"', ",", "\n", "\r")


@st.composite
def mutated_rows(draw: st.DrawFn) -> tuple[str, Row]:
    """A feed and a row of it, one to three of whose values are something else."""
    feed = draw(st.sampled_from(sorted(CONTRACT)))
    row = dict(GOOD[feed])
    for column in draw(st.lists(st.sampled_from(sorted(row)), min_size=1, max_size=3, unique=True)):
        row[column] = draw(values(row[column]))
    return feed, row


def values(good: str) -> st.SearchStrategy[str]:
    """What may stand in a row instead of a good value."""
    changed = st.builds(
        lambda place, mark, gone: good[: place % (len(good) + 1)] + mark + good[place % (len(good) + 1) + gone :],
        st.integers(0, 40),
        st.sampled_from(MARKS),
        st.integers(0, 1),
    )
    days = st.dates().map(str)
    numbers = st.one_of(st.integers().map(str), st.decimals(allow_nan=False, allow_infinity=False).map("{:f}".format))
    text = st.text(st.characters(codec="utf-8"), max_size=12)
    return st.one_of(st.sampled_from(NASTY), changed, days, numbers, text)


BYTES = (
    b"\0",
    b'"',
    b",",
    b"\n",
    b"\r",
    b"\r\n",
    b"\xff",
    b"\xef\xbb\xbf",
    b"\xe9",
    b";",
    b"\t",
    b"\x1a",
    b'""',
    b"=",
    b" ",
)


@st.composite
def mutated_files(draw: st.DrawFn) -> tuple[str, bytes]:
    """A file's name and its bytes: a good CSV or gzip, cut, turned and twisted."""
    feed = draw(st.sampled_from(sorted(CONTRACT)))
    rows = draw(st.integers(0, 6))
    content = csv_of(feed, [{} for _ in range(rows)])
    encoding = draw(st.sampled_from(("as it is", "as it is", "as it is", "bom", "utf-16", "latin-1", "crlf", "cr")))
    if encoding == "bom":
        content = b"\xef\xbb\xbf" + content
    elif encoding == "utf-16":
        content = content.decode().encode("utf-16")
    elif encoding == "latin-1":
        content = content.replace(b"e", "é".encode("latin-1"))
    elif encoding in ("crlf", "cr"):
        content = content.replace(b"\n", b"\r\n" if encoding == "crlf" else b"\r")
    zipped = draw(st.integers(0, 4)) == 0
    if zipped:
        content = gzip.compress(content, mtime=0)
    for _ in range(draw(st.integers(0, 4))):
        content = twisted(draw, content)
    return f"{feed}.csv{'.gz' if zipped else ''}", content


@st.composite
def mutated_parquet(draw: st.DrawFn) -> tuple[str, bytes, int | None]:
    """A feed, the bytes of a Parquet file of it, and how many rows it has: None where bytes were changed."""
    feed = draw(st.sampled_from(sorted(CONTRACT)))
    key = next(iter(GOOD[feed]))
    rows = filled(feed, [{key: f"{GOOD[feed][key]}{i or ''}"} for i in range(draw(st.integers(1, 60)))])
    frame = pl.DataFrame(rows).select(
        TYPED[kind](pl.col(column)) if draw(st.booleans()) else pl.col(column)
        for column, kind in ((name, FEEDS[feed].columns[name].read_as) for name in rows[0])
    )
    buffer = io.BytesIO()
    compression = draw(st.sampled_from(("uncompressed", "snappy", "zstd", "gzip")))
    frame.write_parquet(buffer, compression=compression, row_group_size=draw(st.sampled_from((7, None))))
    content = bytearray(buffer.getvalue())
    changed = draw(st.lists(st.integers(0, len(content) - 1), max_size=4))
    for place in changed:
        content[place] = draw(st.integers(0, 255))
    end = draw(st.sampled_from((None, None, None, None, len(content) // 2, -1, -9)))
    return feed, bytes(content[:end]), None if changed or end else len(rows)


def twisted(draw: st.DrawFn, content: bytes) -> bytes:
    first = draw(st.integers(0, max(len(content) - 1, 0)))
    last = draw(st.integers(first, min(first + 40, len(content))))
    match draw(st.sampled_from(("insert", "replace", "cut", "repeat", "end"))):
        case "insert":
            return content[:first] + draw(st.sampled_from(BYTES)) + content[first:]
        case "replace":
            return content[:first] + draw(st.binary(max_size=3)) + content[last:]
        case "cut":
            return content[:first] + content[last:]
        case "repeat":
            return content[:last] + content[first:last] + content[last:]
    return content[:first]


def drawn(strategy: st.SearchStrategy[Any], count: int) -> list[Any]:
    """So many examples, the same every time; others for every DPOR_FUZZ_SEED."""
    seeded = os.environ.get("DPOR_FUZZ_SEED")
    examples: list[Any] = []

    @settings(
        max_examples=count,
        derandomize=seeded is None,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(strategy)
    def draw(example: Any) -> None:
        examples.append(example)

    (draw if seeded is None else seed(int(seeded))(draw))()
    return examples
