"""What a delivered file may look like, what its rows become, and what makes it unusable."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import os
import random
import zlib
from base64 import b64decode
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest
from slow_reader import slowly

from schemas.columns import TEXT, Form, ReadAs
from schemas.problems import Refused, UnusableInput
from transforms import reading
from transforms.csv_records import CsvRecords
from transforms.reading import IN_EXCEL, FileReading

TEXTS = {"a": TEXT, "b": TEXT}
Row = dict[str, Any]


def rows_of(path: Path, columns: Mapping[str, Form] = TEXTS, block_bytes: int = 1 << 20) -> list[Row]:
    return [
        row
        for block in FileReading(path, columns, label="d/f", block_bytes=block_bytes).blocks()
        for row in block.to_dicts()
    ]


@pytest.fixture
def csv(tmp_path: Path) -> Callable[..., list[Row]]:
    def read(content: bytes, name: str = "f.csv", block_bytes: int = 1 << 20) -> list[Row]:
        (tmp_path / name).write_bytes(content)
        return rows_of(tmp_path / name, block_bytes=block_bytes)

    return read


@pytest.fixture
def parquet(tmp_path: Path) -> Callable[..., list[Row]]:
    def read(frame: pl.DataFrame, kind: ReadAs = "text") -> list[Row]:
        frame.write_parquet(tmp_path / "f.parquet")
        return rows_of(tmp_path / "f.parquet", {"a": Form(kind)})

    return read


def problems(read: Callable[[], object]) -> list[str]:
    with pytest.raises(UnusableInput) as caught:
        read()
    assert all(problem.startswith("d/f: ") for problem in caught.value.problems)
    return list(caught.value.problems)


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
        (b"1", "1 fields instead of 2"),
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
        (None, None, "1 fields instead of 2"),
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
    assert rows[1]["detail"] == "a quote opened in line 4 never closes, read up to line 6"
    assert rows[1]["raw"] == '2,"open\n3,4\n5,6\n'


def test_what_an_open_quote_swallows_is_shown_up_to_1_mb(csv: Callable[..., list[Row]]) -> None:
    (row,) = csv(b'a,b\n1,"' + b"2,3\n" * 1_000_000, block_bytes=1 << 18)
    assert len(row["raw"]) == 1_000_000
    assert row["detail"].startswith("a quote opened in line 2 never closes, read up to line 1000001; a field over 1 MB")


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

PACKED = gzip.compress(b"a,b\n1,2\n", mtime=0)
"""Without the time of packing, since these bytes name a test, and every process must know it by the same name."""


@pytest.mark.parametrize(
    ("content", "name", "due"),
    [
        (b"", "f.csv", ["is empty or has an empty first line; a header with a, b is expected"]),
        (b"\xef\xbb\xbf", "f.csv", ["is empty or has an empty first line; a header with a, b is expected"]),
        ("a,b\n1,2\n".encode("utf-16"), "f.csv", ["is UTF-16 or UTF-32; save it as UTF-8"]),
        ("a,b\n1,2\n".encode("utf-32"), "f.csv", ["is UTF-16 or UTF-32; save it as UTF-8"]),
        (
            "a,b\n1,2\n".encode("utf-16-le"),
            "f.csv",
            ["a NUL byte in the header; is it UTF-16 or UTF-32? UTF-8 is expected"],
        ),
        (b"a,b\r1,2\r", "f.csv", ["a carriage return alone in the header; lines must end in LF or CRLF"]),
        (b"1,2\n3,4\n", "f.csv", ["has no header: its first line holds none of a, b"]),
        (b"a;b\n1;2\n", "f.csv", ["`;` separates its columns, so only one was found; `,` is expected" + IN_EXCEL]),
        (b"a\tb\n1\t2\n", "f.csv", ["a TAB separates its columns, so only one was found; `,` is expected"]),
        (b"a|b\n", "f.csv", ["`|` separates its columns, so only one was found; `,` is expected"]),
        (b'"a";"b"\n', "f.csv", ["`;` separates its columns, so only one was found; `,` is expected" + IN_EXCEL]),
        (
            b'"a,b\n1,2\n',
            "f.csv",
            ["its header can't be read: a quote opened in line 1 never closes, read up to line 2"],
        ),
        (b"a,c\n1,2\n", "f.csv", ["the column `b` is missing"]),
        (b"a,a,B \n", "f.csv", ["the column `a` is there 2 times", "`B ` found, `b` is meant"]),
        (b"\x1f\x8b\x08\x00", "f.csv", ["is packed by gzip; name it `.csv.gz`"]),
        (b"PAR1\x15\x04\x15\xe8", "f.csv", ["is a Parquet file; name it `.parquet`"]),
        (b"PAR1\n", "f.csv", ["is a Parquet file; name it `.parquet`"]),
        (gzip.compress(b"PAR1\x15", mtime=0), "f.csv.gz", ["unpack it: it is a Parquet file; name it `.parquet`"]),
        (b"PK\x03\x04\x14\0", "f.csv", ["is a workbook or a ZIP; save it as CSV UTF-8"]),
        (b"a,b,A\n", "f.csv", ["`A` found, `a` is meant"]),
        (PACKED[:-4], "f.csv.gz", ["its gzip is cut off"]),
        (b"", "f.csv.gz", ["is empty"]),
        (b"a,b\n", "f.csv.gz", ["its gzip is broken (Error -3 while decompressing data: incorrect header check)"]),
        (b"a,b\n", "f.txt", ["its name ends in none of .csv, .csv.gz, .parquet"]),
    ],
)
def test_an_unusable_file_says_all_that_is_wrong(
    csv: Callable[..., list[Row]], content: bytes, name: str, due: list[str]
) -> None:
    assert problems(lambda: csv(content, name)) == [f"d/f: {problem}" for problem in due]


@pytest.mark.parametrize("header", [b"a,b,,", b"a,b,A_", b"a,b,c", b'a,b,"b#",a.'])
def test_more_columns_are_left_alone(csv: Callable[..., list[Row]], header: bytes) -> None:
    row = b"1,2" + b",9" * (header.count(b",") - 1)
    assert [(read["a"], read["b"]) for read in csv(header + b"\n" + row + b"\n")] == [("1", "2")]


def test_a_gzip_that_unpacks_beyond_measure_is_given_up_early(
    csv: Callable[..., list[Row]], monkeypatch: pytest.MonkeyPatch
) -> None:
    packed = gzip.compress(b"a,b\n" + b"1,2\n" * 500_000)
    assert len(csv(packed, "f.csv.gz")) == 500_000
    monkeypatch.setattr(reading, "GZIP_BYTES", 1_000_000)
    assert "its gzip unpacks to more than 100 times" in problems(lambda: csv(packed, "f.csv.gz"))[0]


def test_a_link_a_folder_and_a_pipe_are_no_files(tmp_path: Path) -> None:
    (tmp_path / "real.csv").write_bytes(b"a,b\n")
    (tmp_path / "link.csv").symlink_to(tmp_path / "real.csv")
    (tmp_path / "folder.csv").mkdir()
    os.mkfifo(tmp_path / "pipe.csv")
    assert "symbolic link" in problems(lambda: rows_of(tmp_path / "link.csv"))[0]
    assert "no regular file" in problems(lambda: rows_of(tmp_path / "folder.csv"))[0]
    assert "no regular file" in problems(lambda: rows_of(tmp_path / "pipe.csv"))[0]


@pytest.mark.parametrize("name", ["gone.csv", "gone.parquet"])
def test_a_file_that_cannot_be_opened_is_refused_by_name(tmp_path: Path, name: str) -> None:
    with pytest.raises(Refused, match="^d/f: can't be read: No such file"):
        rows_of(tmp_path / name)


@pytest.mark.parametrize("name", ["f.csv", "f.parquet"])
def test_a_file_that_changes_while_it_is_read_is_refused(tmp_path: Path, name: str) -> None:
    frame = pl.DataFrame({"a": ["1"] * 9, "b": ["2"] * 9})
    frame.write_csv(tmp_path / name) if name == "f.csv" else frame.write_parquet(tmp_path / name)
    blocks = FileReading(tmp_path / name, TEXTS, label="d/f", block_bytes=16).blocks()
    next(blocks)
    with open(tmp_path / name, "ab") as file:
        file.write(b"5,6\n")
    with pytest.raises(Refused, match="^d/f: changed while it was read"):
        list(blocks)


# --- Parquet ----------------------------------------------------------------------------------------------------------

NOON = datetime(2015, 3, 1, 12, 0, 0, 5, UTC)


@pytest.mark.parametrize(
    ("values", "dtype", "kind", "due"),
    [
        (["0012345", "", None, "é"], pl.String, "text", ["0012345", None, None, "é"]),
        (["ADD", None], pl.Categorical, "text", ["ADD", None]),
        ([None, None], pl.Null, "date", [None, None]),
        ([5, -1, None], pl.Int32, "integer", ["5", "-1", None]),
        ([2**64 - 1], pl.UInt64, "integer", ["18446744073709551615"]),
        ([10, 100], pl.Int64, "decimal", ["10", "100"]),
        ([Decimal("1.50"), Decimal("200.00"), Decimal("-0.05")], pl.Decimal(18, 2), "decimal", ["1.5", "200", "-0.05"]),
        ([Decimal("100")], pl.Decimal(18, 0), "decimal", ["100"]),
        ([date(2015, 3, 1)], pl.Date, "date", ["2015-03-01"]),
        ([NOON], pl.Datetime("us", "Asia/Tokyo"), "instant", ["2015-03-01T12:00:00.000005Z"]),
        ([NOON], pl.Datetime("ms", "UTC"), "instant", ["2015-03-01T12:00:00.000000Z"]),
        (
            [1000, 1001],
            pl.Datetime("ns", "UTC"),
            "instant",
            ["1970-01-01T00:00:00.000001Z", "1970-01-01T00:00:00.000001001Z"],
        ),
    ],
)
def test_parquet_values_become_the_text_that_a_csv_would_hold(
    parquet: Callable[..., list[Row]], values: list[Any], dtype: Any, kind: ReadAs, due: list[str | None]
) -> None:
    rows = parquet(pl.DataFrame({"more": [1.5] * len(values), "a": pl.Series(values, dtype=dtype)}), kind)
    assert [row["a"] for row in rows] == due
    assert [row["row_number"] for row in rows] == list(range(2, len(due) + 2))
    assert {row["detail"] for row in rows} == {None}


@pytest.mark.parametrize(
    ("dtype", "kind"),
    [
        (pl.Float64, "integer"),
        (pl.Float32, "decimal"),
        (pl.Float64, "text"),
        (pl.Int64, "text"),
        (pl.Decimal(18, 2), "integer"),
        (pl.Boolean, "integer"),
        (pl.Binary, "text"),
        (pl.Datetime("us"), "instant"),
        (pl.Date, "instant"),
        (pl.Datetime("us", "UTC"), "date"),
        (pl.List(pl.String), "text"),
        (pl.Struct({"x": pl.String}), "text"),
    ],
)
def test_a_parquet_column_of_another_type_makes_the_file_unusable(
    parquet: Callable[..., list[Row]], dtype: Any, kind: ReadAs
) -> None:
    frame = pl.DataFrame({"a": pl.Series([None], dtype=dtype)})
    assert "the column `a` is of type" in problems(lambda: parquet(frame, kind))[0]


DECIMALS_OF_50_DIGITS = (
    "eNoLcAwyFGUQNRM10xFlAjLYRNlkGBgYmECYkQETWM0QZZHUMWWQYCtOzkjNTRRlYhDlE9USZZJgTFTlEuUQTdGJAZFApWJMkjKSMmoMMqJ8kqpsDJJA"
    "FaJAQbEYsRg1Dk8ZoGUMQN02mmySamD7gBJMahxiMQwaCgWJRYWlqSW6yQUFuolFRfnlCmWpRcWZ+XkKRmZ6BnqGkjIgR3YBcQDQ/QBwFxw1"
)
"""A file of the column `a`, as pyarrow 26 wrote it; packed."""


def test_a_decimal_of_more_digits_than_can_be_held_is_of_a_wrong_type(tmp_path: Path) -> None:
    (tmp_path / "f.parquet").write_bytes(zlib.decompress(b64decode(DECIMALS_OF_50_DIGITS)))
    assert problems(lambda: rows_of(tmp_path / "f.parquet", {"a": Form("decimal")})) == [
        "d/f: the column `a` is of type Decimal(precision=50, scale=4); text, an integer or a decimal of up to 38"
        " digits is expected"
    ]


def test_raw_of_a_parquet_row_is_its_wanted_columns_as_json(tmp_path: Path) -> None:
    frame = pl.DataFrame({"b": [7], "more": [1.5], "a": ['Zoë "x"']})
    frame.write_parquet(tmp_path / "f.parquet")
    (row,) = rows_of(tmp_path / "f.parquet", {"a": TEXT, "b": Form("integer")})
    assert json.loads(row["raw"]) == {"a": 'Zoë "x"', "b": "7"}
    assert "ë" in row["raw"]


def test_a_nul_or_a_field_over_1_mb_is_malformed_in_parquet_too(parquet: Callable[..., list[Row]]) -> None:
    rows = parquet(pl.DataFrame({"a": ["x\0", "y" * 1_000_001, "z"]}))
    assert [(row["a"], row["detail"]) for row in rows] == [
        (None, "a NUL byte"),
        (None, "a field over 1 MB"),
        ("z", None),
    ]


def test_parquet_of_many_batches_keeps_its_order_and_is_hashed(tmp_path: Path) -> None:
    frame = pl.DataFrame({"a": pl.int_range(250_000, eager=True)})
    frame.write_parquet(tmp_path / "f.parquet", row_group_size=7_000)
    file = FileReading(tmp_path / "f.parquet", {"a": Form("integer")}, label="d/f")
    blocks = list(file.blocks())
    assert max(block.height for block in blocks) <= reading.PARQUET_ROWS
    read = pl.concat(blocks)
    assert read["a"].cast(pl.Int64).to_list() == frame["a"].to_list()
    assert (read["row_number"] - 2).to_list() == frame["a"].to_list()
    assert file.sha256 == hashlib.sha256((tmp_path / "f.parquet").read_bytes()).hexdigest()


def test_parquet_without_rows_is_no_rows(parquet: Callable[..., list[Row]]) -> None:
    assert parquet(pl.DataFrame({"a": []}, {"a": pl.String})) == []


def written(**columns: list[Any]) -> bytes:
    buffer = io.BytesIO()
    pl.DataFrame(columns).write_parquet(buffer)
    return buffer.getvalue()


def test_a_broken_parquet_file_is_unusable(csv: Callable[..., list[Row]]) -> None:
    whole = written(a=["x", "y", "z"] * 1000, b=["1"] * 3000)
    for broken in (whole[:-9], whole[:100], b"", b"PAR1", b"a,b\n1,2\n", whole[:-8] + b"\xff\xff\xff\x7fPAR1"):
        assert "is no whole Parquet file" in problems(lambda content=broken: csv(content, "f.parquet"))[0]


def test_a_parquet_footer_that_claims_other_counts_is_unusable(csv: Callable[..., list[Row]]) -> None:
    whole = written(a=["x", "y", "z"] * 1000, b=["1"] * 3000)
    # Thrift writes 3000 as 0xf0 0x2e; the first one in the footer is the file's number of rows.
    footer = len(whole) - 8 - int.from_bytes(whole[-8:-4], "little")
    count = whole.index(b"\xf0\x2e", footer)
    assert (
        "claims 7,096 rows, 3,000 could be read"
        in problems(lambda: csv(whole[:count] + b"\xf0\x6e" + whole[count + 2 :], "f.parquet"))[0]
    )


@pytest.mark.parametrize("counts", ["the file's", "all"])
def test_a_parquet_file_that_claims_no_rows_but_has_some_is_unusable(
    csv: Callable[..., list[Row]], counts: str
) -> None:
    whole = written(a=["x", "y", "z"] * 1000, b=["1"] * 3000)
    footer = len(whole) - 8 - int.from_bytes(whole[-8:-4], "little")
    # 0 in as many bytes as 3000
    none = whole[footer:].replace(b"\xf0\x2e", b"\x80\x00", 1 if counts == "the file's" else -1)
    due = ["d/f: is broken: its footer claims 0 rows, but there are more"]
    assert problems(lambda: csv(whole[:footer] + none, "f.parquet")) == due


def test_a_parquet_file_that_claims_fewer_rows_than_its_columns_hold_is_unusable(csv: Callable[..., list[Row]]) -> None:
    whole = written(a=["x", "y", "z"] * 1000, b=["1"] * 3000)
    footer = len(whole) - 8 - int.from_bytes(whole[-8:-4], "little")
    # 3000 is said by the file, the columns `a` and `b`, and the row group; 2000 is 0xa0 0x1f.
    of_file, a, b, of_group, rest = whole[footer:].split(b"\xf0\x2e")
    fewer = of_file + b"\xa0\x1f" + b"\xf0\x2e".join([a, b, of_group]) + b"\xa0\x1f" + rest
    due = ["d/f: is broken: its footer claims 2,000 rows, but there are more"]
    assert problems(lambda: csv(whole[:footer] + fewer, "f.parquet")) == due


@pytest.mark.parametrize("last", ["as long as it", "without rows"])
def test_a_parquet_file_that_another_stands_before_is_unusable(csv: Callable[..., list[Row]], last: str) -> None:
    first = written(a=["x", "y", "z"], b=["1"] * 3)
    if last == "without rows":
        joined, due = first + written(a=pl.Series([], dtype=pl.String), b=pl.Series([], dtype=pl.String)), "0 rows"
    else:
        joined, due = first + written(a=["p", "q", "r"], b=["2"] * 3), "3 rows"
    assert problems(lambda: csv(joined, "f.parquet")) == [
        f"d/f: is broken: its footer claims {due}, but there are more"
    ]


def test_the_first_and_last_bytes_of_a_parquet_file_may_stand_in_its_text(csv: Callable[..., list[Row]]) -> None:
    a = ["PAR1PAR1", "PAR1", "\0\0\0\1PAR1PAR1"]
    for compression in ("uncompressed", "zstd"):
        buffer = io.BytesIO()
        pl.DataFrame({"a": a, "b": a}).write_parquet(buffer, compression=compression)
        assert len(csv(buffer.getvalue(), "f.parquet")) == 3


def test_a_further_parquet_column_of_several_values_a_row_hides_no_rows(csv: Callable[..., list[Row]]) -> None:
    assert len(csv(written(a=["x", "y"], b=["1", "2"], c=[["p", "q", "r"], []]), "f.parquet")) == 2


def test_a_parquet_file_of_duckdb_that_holds_nothing_is_no_rows(tmp_path: Path) -> None:
    duckdb.sql("select '' as a, '' as b where false").write_parquet(str(tmp_path / "f.parquet"))
    assert rows_of(tmp_path / "f.parquet") == []


def test_a_parquet_footer_that_claims_more_rows_than_can_be_is_told_without_advice_to_programmers(
    csv: Callable[..., list[Row]],
) -> None:
    whole = written(a=["x", "y", "z"] * 1000, b=["1"] * 3000)
    start = len(whole) - 8 - int.from_bytes(whole[-8:-4], "little")
    # Thrift writes 3000 as 0xf0 0x2e, and 2 to the power of 40 thus
    footer = whole[start:-8].replace(b"\xf0\x2e", b"\x80\x80\x80\x80\x80\x40", 1)
    claiming = whole[:start] + footer + len(footer).to_bytes(4, "little") + b"PAR1"
    assert problems(lambda: csv(claiming, "f.parquet")) == [
        "d/f: its footer claims 1,099,511,627,776 rows, and a file has at most 4,294,967,295; have it written again, in"
        " parts if there are as many"
    ]


def test_a_parquet_column_twice_or_misspelt_is_unusable(csv: Callable[..., list[Row]]) -> None:
    assert "twice" in problems(lambda: csv(written(a=["1"], ab=["2"], ac=["3"]).replace(b"ac", b"ab"), "f.parquet"))[0]
    misspelt = written(**{"A ": ["1"], "c": ["2"]})
    due = ["d/f: `A ` found, `a` is meant", "d/f: the column `b` is missing"]
    assert problems(lambda: csv(misspelt, "f.parquet")) == due


def test_an_interrupt_is_never_taken_for_a_broken_file(
    csv: Callable[..., list[Row]], monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(pl, "read_parquet_schema", interrupted)
    with pytest.raises(KeyboardInterrupt):
        csv(written(a=["1"], b=["2"]), "f.parquet")
