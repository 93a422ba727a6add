"""Rows that are set aside take no more memory the more they are, and come in the order in which they lay."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

from transforms.admission import Taken
from transforms.overview import LOCATED, intake_overview

HOME = Path(__file__).resolve().parents[2]
HEADER = "subscription_id,snapshot_date,exported_at,purchased_seats,assigned_seats"
PEAK_OF = """
import resource, sys
from flows.dpor import exit_code
code = exit_code(sys.argv[1:])
print("peak", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
sys.exit(code)
"""


def test_the_text_reads_the_first_rows_only(tmp_path: Path) -> None:
    files = [tmp_path / "a.parquet", tmp_path / "b.parquet"]
    for file in files:
        numbers = pl.DataFrame({"row_number": range(2, 62)})
        numbers.with_columns(pl.lit(name).alias(name) for name in LOCATED if name != "row_number").write_parquet(file)
    content = files[1].read_bytes()
    told = int.from_bytes(content[-8:-4], "little") + 8
    files[1].write_bytes(content[:4] + bytes(len(content) - told - 4) + content[-told:])
    set_aside = pl.scan_parquet(files, glob=False).select(LOCATED)
    said = intake_overview([Taken("2015-03", quarantined=120)], set_aside, too_much=False).text
    assert said.count("delivery/file row") == 50
    assert "  and 70 more\n" in said


@pytest.mark.slow
@pytest.mark.parametrize("reason", ["bad_type", "unknown_subscription"])
def test_many_rows_that_are_set_aside_take_no_more_memory(tmp_path: Path, reason: str) -> None:
    seats = {"bad_type": "1.0", "unknown_subscription": "1"}[reason]
    few, many = (peak_of(tmp_path / str(rows), rows, seats) for rows in (1_000_000, 2_500_000))
    # How many batches are in memory at once differs, by up to 200 MB; rows that were kept took 1,200 MB a million.
    assert many < few + 450


def peak_of(folder: Path, rows: int, seats: str) -> int:
    """The most memory, in MB, that a dry run of so many rows takes."""
    (folder / "2015-01").mkdir(parents=True)
    with (folder / "2015-01" / "assigned_seats.csv").open("w", encoding="utf-8") as file:
        print(HEADER, file=file)
        for number in range(rows):
            print(f"s{number},2015-01-31,2015-01-31T20:00:00Z,5,{seats}", file=file)
    places = ["--deliveries", str(folder), "--db", str(folder.parent / "dpor.duckdb"), "--max-quarantine", "1"]
    done = subprocess.run(
        [sys.executable, "-c", PEAK_OF, "check", *places], cwd=HOME, capture_output=True, text=True, check=True
    )
    assert f"{rows:,} set aside" in done.stdout
    return int(done.stdout.rsplit("peak", 1)[1])
