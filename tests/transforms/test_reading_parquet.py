"""What a Parquet file's rows become, and what makes one unusable."""

from __future__ import annotations

import hashlib
import io
import json
import zlib
from base64 import b64decode
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest
from rows_read import Row, problems, rows_of

from schemas.columns import TEXT, Form, ReadAs
from transforms.reading import delivered_file
from transforms.reading.delivered_file import FileReading

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
    assert max(block.height for block in blocks) <= delivered_file.PARQUET_ROWS
    read = pl.concat(blocks)
    assert read["a"].cast(pl.Int64).to_list() == frame["a"].to_list()
    assert (read["row_number"] - 2).to_list() == frame["a"].to_list()
    assert file.sha256 == hashlib.sha256((tmp_path / "f.parquet").read_bytes()).hexdigest()


@pytest.mark.parametrize("dtype", [pl.String, pl.Categorical])
def test_a_value_that_stands_in_many_rows_is_unpacked_in_parts_and_not_beyond_measure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, dtype: Any
) -> None:
    path, columns = tmp_path / "f.parquet", {"a": TEXT}
    pl.DataFrame({"a": ["x" * 100_000]}).select(pl.col("a").cast(dtype).repeat_by(1000).explode()).write_parquet(path)
    assert path.stat().st_size < 100_000
    blocks = list(FileReading(path, columns, label="d/f").blocks())
    assert [number for block in blocks for number in block["row_number"]] == list(range(2, 1002))
    assert max(block["raw"].str.len_bytes().sum() for block in blocks) < 20_000_000
    monkeypatch.setattr(delivered_file, "UNPACKED_BYTES", 50_000_000)
    (problem,) = problems(lambda: rows_of(path, columns))
    assert problem == "d/f: unpacks to more than 100 times its size and 50,000,000 bytes"


def test_parquet_without_rows_is_no_rows(parquet: Callable[..., list[Row]]) -> None:
    assert parquet(pl.DataFrame({"a": []}, {"a": pl.String})) == []


def written(**columns: list[Any]) -> bytes:
    buffer = io.BytesIO()
    pl.DataFrame(columns).write_parquet(buffer)
    return buffer.getvalue()


def test_a_broken_parquet_file_is_unusable(csv: Callable[..., list[Row]]) -> None:
    whole = written(a=["x", "y", "z"] * 1000, b=["1"] * 3000)
    for broken in (whole[:-9], whole[:100], b"", b"PAR1", b"a,b\n1,2\n", whole[:-8] + b"\xff\xff\xff\x7fPAR1"):
        assert "is not a complete Parquet file" in problems(lambda content=broken: csv(content, "f.parquet"))[0]


def test_a_parquet_footer_that_claims_other_counts_is_unusable(csv: Callable[..., list[Row]]) -> None:
    whole = written(a=["x", "y", "z"] * 1000, b=["1"] * 3000)
    # Thrift writes 3000 as 0xf0 0x2e; the first one in the footer is the file's number of rows.
    footer = len(whole) - 8 - int.from_bytes(whole[-8:-4], "little")
    count = whole.index(b"\xf0\x2e", footer)
    assert (
        "claims 7,096 rows, but 3,000 could be read"
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
        " parts if there are that many"
    ]


def test_a_parquet_column_twice_or_misspelt_is_unusable(csv: Callable[..., list[Row]]) -> None:
    assert "twice" in problems(lambda: csv(written(a=["1"], ab=["2"], ac=["3"]).replace(b"ac", b"ab"), "f.parquet"))[0]
    misspelt = written(**{"A ": ["1"], "c": ["2"]})
    due = ["d/f: `A ` found, `a` expected", "d/f: the column `b` is missing"]
    assert problems(lambda: csv(misspelt, "f.parquet")) == due


def test_an_interrupt_is_never_taken_for_a_broken_file(
    csv: Callable[..., list[Row]], monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(pl, "read_parquet_schema", interrupted)
    with pytest.raises(KeyboardInterrupt):
        csv(written(a=["1"], b=["2"]), "f.parquet")
