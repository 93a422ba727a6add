"""Rows that are set aside take no more memory the more they are, and come in the order in which they lay."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

from transforms.answers.overview import LOCATED, intake_overview
from transforms.intake.admission import Taken

HOME = Path(__file__).resolve().parents[2]
HEADER = "subscription_id,snapshot_date,exported_at,purchased_seats,assigned_seats"
LOCATED_AS = {name: pl.Int64 if name == "row_number" else pl.String for name in LOCATED}
PEAK_OF = """
import resource, sys
from flows.dpor import exit_code
code = exit_code(sys.argv[1:])
print("peak", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
sys.exit(code)
"""


def test_the_text_names_the_first_rows_and_counts_all_of_them_by_file_reason_and_column() -> None:
    rows = [("2015-03", "assigned_seats.csv", number, "bad_type", "assigned_seats", None) for number in range(2, 62)]
    rows += [
        ("2015-03", "assigned_seats_2.csv", number, "malformed_row", None, f"too short: {number}")
        for number in (7, 1_234)
    ]
    rows += [("2015-03", "assigned_seats_2.csv", 9, "bad_type", "assigned_seats", None)]
    set_aside = pl.LazyFrame(rows, schema=LOCATED_AS, orient="row")
    said = intake_overview(
        [Taken("2015-03", quarantined=len(rows))], set_aside, too_much=False, not_there=None, first_period="2014-10"
    ).text
    assert said.count("  2015-03/assigned_seats.csv row ") == 50
    assert "seats_2.csv row" not in said
    assert said.partition("  and 13 more\n\n")[2].splitlines()[:4] == [
        "All of them, file by file (--json lists every row):",
        "  2015-03/assigned_seats.csv, rows 2 to 61: 60 bad_type, assigned_seats: a whole number such as 1200 is"
        " expected",
        "  2015-03/assigned_seats_2.csv, rows 7 to 1234: 2 malformed_row",
        "  2015-03/assigned_seats_2.csv, row 9: 1 bad_type, assigned_seats: a whole number such as 1200 is expected",
    ]


def test_few_rows_are_not_counted_once_more_and_of_many_counts_the_first_are_shown() -> None:
    def said(files: int) -> str:
        rows = [("2015-03", f"caps{number:02}.csv", 2, "bad_value", "service", None) for number in range(files)]
        set_aside = pl.LazyFrame(rows, schema=LOCATED_AS, orient="row")
        return intake_overview(
            [Taken("2015-03", quarantined=files)], set_aside, too_much=False, not_there=None, first_period="2014-10"
        ).text

    assert "file by file" not in said(50)
    assert said(51).count(", row 2: 1 bad_value, service") == 50
    assert "  and 1 more line\n" in said(51)


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
