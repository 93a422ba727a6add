"""What makes a delivered file unusable: every reason is named at once."""

from __future__ import annotations

import gzip
import os
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from rows_read import TEXTS, Row, problems, rows_of

from schemas.problems import Refused
from transforms.reading import delivered_file
from transforms.reading.delivered_file import IN_EXCEL, FileReading

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
        (b"a,b\r1,2\r", "f.csv", ["a lone carriage return in the header; lines must end in LF or CRLF"]),
        (b"1,2\n3,4\n", "f.csv", ["has no header: its first line holds none of a, b"]),
        (b"a;b\n1;2\n", "f.csv", ["`;` separates its columns, so only one was found; `,` is expected" + IN_EXCEL]),
        (b"a\tb\n1\t2\n", "f.csv", ["a TAB separates its columns, so only one was found; `,` is expected"]),
        (b"a|b\n", "f.csv", ["`|` separates its columns, so only one was found; `,` is expected"]),
        (b'"a";"b"\n', "f.csv", ["`;` separates its columns, so only one was found; `,` is expected" + IN_EXCEL]),
        (
            b'"a,b\n1,2\n',
            "f.csv",
            ["its header can't be read: a quote opened on line 1 never closes, read up to line 2"],
        ),
        (b"a,c\n1,2\n", "f.csv", ["the column `b` is missing"]),
        (b"a,a,B \n", "f.csv", ["the column `a` appears 2 times", "`B ` found, `b` expected"]),
        (b"\x1f\x8b\x08\x00", "f.csv", ["is compressed with gzip; name it `.csv.gz`"]),
        (gzip.compress(PACKED, mtime=0), "f.csv.gz", ["is compressed with gzip twice; once is enough"]),
        (b"PAR1\x15\x04\x15\xe8", "f.csv", ["is a Parquet file; name it `.parquet`"]),
        (b"PAR1\n", "f.csv", ["is a Parquet file; name it `.parquet`"]),
        (gzip.compress(b"PAR1\x15", mtime=0), "f.csv.gz", ["unpack it: it is a Parquet file; name it `.parquet`"]),
        (b"PK\x03\x04\x14\0", "f.csv", ["is a workbook or a ZIP; save it as CSV UTF-8"]),
        (b"a,b,A\n", "f.csv", ["`A` found, `a` expected"]),
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
    monkeypatch.setattr(delivered_file, "UNPACKED_BYTES", 1_000_000)
    assert "its gzip unpacks to more than 100 times" in problems(lambda: csv(packed, "f.csv.gz"))[0]


def test_a_link_a_folder_and_a_pipe_are_no_files(tmp_path: Path) -> None:
    (tmp_path / "real.csv").write_bytes(b"a,b\n")
    (tmp_path / "link.csv").symlink_to(tmp_path / "real.csv")
    (tmp_path / "folder.csv").mkdir()
    os.mkfifo(tmp_path / "pipe.csv")
    assert "symbolic link" in problems(lambda: rows_of(tmp_path / "link.csv"))[0]
    assert "not a regular file" in problems(lambda: rows_of(tmp_path / "folder.csv"))[0]
    assert "not a regular file" in problems(lambda: rows_of(tmp_path / "pipe.csv"))[0]


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
