"""Parquet files that end the process that reads them, or of which Polars panics: told apart, with no word of others."""

from __future__ import annotations

import io
from pathlib import Path

import polars as pl
import pytest

from schemas.feeds import FEEDS
from schemas.policy import default_policy
from schemas.problems import UnusableInput
from transforms.intake.staging import stage
from transforms.reading.parquet_trial import Trial, tried
from transforms.reading.survey import survey

COLUMNS = list(FEEDS["customers"].columns)


def whole() -> bytes:
    written = io.BytesIO()
    pl.DataFrame({name: [f"{name}{row}" for row in range(25)] for name in COLUMNS}).write_parquet(written)
    return written.getvalue()


def deadly() -> bytes:
    """A page's header says, zigzag, how many values the page has: 51 is 26 less than none, which ends Polars."""
    return whole().replace(b"\x2c\x15\x32\x15", b"\x2c\x15\x33\x15")


def panicking() -> bytes:
    """Its only row group claims 26 rows, written 0x34, its columns and the file 25."""
    place = whole().rindex(b"\x16\x32")
    return whole()[:place] + b"\x16\x34" + whole()[place + 2 :]


FILES = {
    "customers-1.parquet": whole,
    "customers-2.parquet": panicking,
    "customers-3.parquet": deadly,
    "customers-4.parquet": lambda: whole()[:-9],
    "customers-5.parquet": panicking,
    "customers-6.parquet": whole,
}


@pytest.fixture
def delivered(tmp_path: Path) -> Path:
    (tmp_path / "2015-03").mkdir()
    for name, content in FILES.items():
        (tmp_path / "2015-03" / name).write_bytes(content())
    return tmp_path


def test_what_each_does_is_told_of_each(delivered: Path) -> None:
    files = [(delivered / "2015-03" / name, COLUMNS) for name in FILES]
    assert tried(files) == Trial(deadly=[2], panicking={1: (25, 0), 4: (25, 0)})


def test_none_is_no_trial() -> None:
    assert tried([]) == Trial()


def test_nothing_is_said_but_what_is_wrong(delivered: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (delivered / "2015-03" / "customers-7.csv").write_bytes(b"x\n")
    with pytest.raises(UnusableInput) as caught:
        stage(survey(delivered, None), default_policy(), tmp_path)
    assert [problem.partition(" (")[0] for problem in caught.value.problems] == [
        "2015-03/customers-2.parquet: is broken: its footer claims 25 rows, but 0 could be read",
        "2015-03/customers-3.parquet: is broken",
        "2015-03/customers-4.parquet: is not a complete Parquet file",
        "2015-03/customers-5.parquet: is broken: its footer claims 25 rows, but 0 could be read",
        f"2015-03/customers-7.csv: has no header: its first line holds none of {', '.join(COLUMNS)}",
    ]
    assert capfd.readouterr().err == ""
