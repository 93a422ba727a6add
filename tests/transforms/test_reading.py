"""What a CSV's records become, whatever stands in them."""

from __future__ import annotations

import gzip
import hashlib
import io
import os
import random
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from rows_read import TEXTS, Row, rows_of
from slow_reader import slowly

from schemas.problems import Refused
from transforms.reading.csv_records import CsvRecords
from transforms.reading.delivered_file import FileReading

CAMPAIGN = int(os.environ.get("DPOR_CAMPAIGN", "0"))
"""How many lots of random records a campaign tries; 0 is the normal suite."""

NASTY = [b"p", b"q,", b",", b",", b'"', b'"', b'""', b"\n", b"\n", b"\r\n", b"\r", b"\0", b"\xe9", "é€😀".encode()]

NASTY += [b"x,y,z\n", b'"q","r",s\r\n', b'1,"",3\n', b'u,"v\nw",\n', b"\xef\xbb\xbf", b"x\x01", b"\\x00", b"\xe2\x82"]


@pytest.mark.parametrize("seed", range(CAMPAIGN or 4))
def test_records_are_those_of_a_reader_that_goes_char_by_char_whatever_the_block_size(seed: int) -> None:
    chance = random.Random(seed)
    for _ in range(5):
        body = b"".join(chance.choices(NASTY, k=chance.randrange(50)))
        slow = slowly(body, width=3)
        due = [([field or None for field in fields] if fields else [None] * 3, raw) for fields, raw in slow]
        good = [fields is not None for fields, _ in slow]
        for size in (1, 2, 5, 16, 1 << 20):
            records = CsvRecords(io.BytesIO(b"a,b,c\n" + body).read, size)
            assert records.header().names == ("a", "b", "c")
            found = [row for block in records.blocks(3, {"c": 2, "a": 0, "b": 1}) for row in block.whole().to_dicts()]
            assert [([row["a"], row["b"], row["c"]], row["raw"]) for row in found] == due, (size, body)
            assert [row["row_number"] for row in found] == list(range(2, len(due) + 2))
            assert [row["detail"] is None for row in found] == good


# --- rows of CSV ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("record", "detail"),
    [
        (b"1", "1 field instead of 2"),
        (b'1,"2",3', "3 fields instead of 2"),
        (b"", "an empty line"),
        (b'1,x"2"', "a quote inside an unquoted field"),
        (b'"1"x,2', "text after a closing quote"),
        (b"1,M\xfcller", "bytes that are not UTF-8"),
        (b"1,\0", "a NUL byte"),
        (b"1\r,2", "a carriage return outside quotes"),
        (b'"1"\r,2', "a carriage return outside quotes"),
        (b"1," + b"x" * 1_000_001, "a field over 1 MB; only its first MB is shown"),
        (b"1," + (b"x" * 600_000 + b",") * 2, "4 fields instead of 2; only its first MB is shown"),
    ],
)
@pytest.mark.parametrize("block_bytes", [7000, 1 << 24])
def test_a_malformed_record_says_what_is_wrong_and_spares_its_neighbours(
    csv: Callable[..., list[Row]], record: bytes, detail: str, block_bytes: int
) -> None:
    before, broken, after = csv(b"a,b\n0,0\n" + record + b"\n9,9\n", block_bytes=block_bytes)
    assert (before["a"], after["a"], after["row_number"]) == ("0", "9", 4)
    assert (broken["a"], broken["b"], broken["detail"]) == (None, None, detail)


def test_a_field_too_many_in_one_line_doesnt_make_up_for_one_too_few_in_another(csv: Callable[..., list[Row]]) -> None:
    rows = csv(b"a,b\n1,2,3\n4\n5,6\n7,\n")
    assert [(row["a"], row["b"], row["detail"]) for row in rows] == [
        (None, None, "3 fields instead of 2"),
        (None, None, "1 field instead of 2"),
        ("5", "6", None),
        ("7", None, None),
    ]


def test_records_that_were_not_kept_are_read_again_where_they_lie(tmp_path: Path) -> None:
    path = tmp_path / "f.csv"
    path.write_bytes(b"\xef\xbb\xbfa,b\r\n" + b"".join(b"%d,\xc3\xa9\r\n" % i for i in range(100)))
    blocks = list(FileReading(path, TEXTS, label="d/f", block_bytes=64).read())
    excerpts = [block.excerpt for block in blocks if block.excerpt]
    assert len(excerpts) > 5
    assert [excerpt.raw().to_list() for excerpt in excerpts] == [
        block.raw().to_list() for block in blocks if block.excerpt
    ]
    path.write_bytes(path.read_bytes() + b"1,2\n")
    with pytest.raises(Refused, match="changed while it was read"):
        excerpts[0].raw()


def test_a_quote_that_never_closes_is_one_record_and_says_from_and_to_which_line(csv: Callable[..., list[Row]]) -> None:
    rows = csv(b'a,b\n1,"x\ny"\n2,"open\n3,4\n5,6\n')
    assert [row["a"] for row in rows] == ["1", None]
    assert rows[1]["detail"] == "a quote opened on line 4 never closes, read up to line 6"
    assert rows[1]["raw"] == '2,"open\n3,4\n5,6\n'


@pytest.mark.parametrize("block_bytes", [8, 1 << 24])
def test_a_quote_that_closes_lines_later_says_from_and_to_which_line(
    csv: Callable[..., list[Row]], block_bytes: int
) -> None:
    rows = csv(b'a,b\n1,"x\n2,3\n4,5",6\n7,8\n9,"y\nz"!\n"v\nw",10\n', block_bytes=block_bytes)
    assert [(row["a"], row["b"], row["detail"]) for row in rows] == [
        (None, None, "3 fields instead of 2; its quotes join lines 2 to 4"),
        ("7", "8", None),
        (None, None, "text after a closing quote; its quotes join lines 6 to 7"),
        ("v\nw", "10", None),
    ]


def test_what_an_open_quote_swallows_is_shown_up_to_1_mb(csv: Callable[..., list[Row]]) -> None:
    (row,) = csv(b'a,b\n1,"' + b"2,3\n" * 1_000_000, block_bytes=1 << 18)
    assert len(row["raw"]) == 1_000_000
    assert row["detail"].startswith("a quote opened on line 2 never closes, read up to line 1000001; a field over 1 MB")


def test_a_field_of_exactly_1_mb_is_good(csv: Callable[..., list[Row]]) -> None:
    (row,) = csv(b'a,b\r\n"""' + b"x" * 999_999 + b'","\xc3\xa9"\r\n', block_bytes=4096)
    assert (row["detail"], len(row["a"]), row["b"]) == (None, 1_000_000, "é")


def test_undecodable_bytes_are_shown_in_hex(csv: Callable[..., list[Row]]) -> None:
    assert csv(b"a,b\n1,M\xfcller\0\n")[0]["raw"] == "1,M\\xfcller\\x00"


def test_text_that_looks_like_a_hex_mark_is_text(csv: Callable[..., list[Row]]) -> None:
    assert csv(b"a,b\n1,\\xfc\n")[0]["b"] == "\\xfc"


def test_bom_crlf_and_lf_quoted_header_other_order_and_more_columns_are_accepted(csv: Callable[..., list[Row]]) -> None:
    rows = csv(b'\xef\xbb\xbf"b",more,a\r\n1,2,3\n"x, ""y""\r\nz",,0012345')
    assert [(row["a"], row["b"]) for row in rows] == [("3", "1"), ("0012345", 'x, "y"\r\nz')]


def test_empty_is_null_quoted_or_not_and_words_for_nothing_are_text(csv: Callable[..., list[Row]]) -> None:
    assert [(row["a"], row["b"]) for row in csv(b'a,b\n,""\nNULL,N/A\n')] == [(None, None), ("NULL", "N/A")]


def test_more_columns_than_a_counted_pattern_can_hold_are_read(csv: Callable[..., list[Row]]) -> None:
    header = ",".join(["a", "b", *(f"more{i}" for i in range(2000))]).encode()
    good, short = csv(header + b'\n1,"2"' + b',"3"' * 2000 + b"\n1,2\n")
    assert (good["a"], good["b"], short["detail"]) == ("1", "2", "2 fields instead of 2002")


@pytest.mark.parametrize("name", ["f.csv", "f.csv.gz"])
def test_a_header_without_rows_is_no_rows(csv: Callable[..., list[Row]], name: str) -> None:
    assert csv(b"a,b\n" if name == "f.csv" else gzip.compress(b"a,b"), name) == []


def test_gzip_of_several_members_reads_as_one_text_and_is_hashed_as_it_lies_there(tmp_path: Path) -> None:
    packed = gzip.compress(b"a,b\n1,") + gzip.compress(b"2\n") + b"\0" * 20
    (tmp_path / "f.csv.gz").write_bytes(packed)
    file = FileReading(tmp_path / "f.csv.gz", TEXTS, label="d/f", block_bytes=3)
    assert [row["b"] for block in file.blocks() for row in block.to_dicts()] == ["2"]
    assert file.sha256 == hashlib.sha256(packed).hexdigest()


def test_a_name_is_never_a_pattern(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(b"a,b\nother,file\n")
    (tmp_path / "[ab].csv").write_bytes(b"a,b\n1,2\n")
    pl.DataFrame({"a": ["other"], "b": ["file"]}).write_parquet(tmp_path / "a.parquet")
    with open(tmp_path / "[ab].parquet", "wb") as file:
        pl.DataFrame({"a": ["1"], "b": ["2"]}).write_parquet(file)
    assert [row["a"] for row in rows_of(tmp_path / "[ab].csv")] == ["1"]
    assert [row["a"] for row in rows_of(tmp_path / "[ab].parquet")] == ["1"]


# --- unusable files ---------------------------------------------------------------------------------------------------
