"""Whatever a terminal can show, and whoever stops reading: a command comes to its end, with its own exit code."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
JUNE = ("--period", "2015-06")


AS_INSTALLED = ("-c", "from flows.start import main; main()")
AS_A_MODULE = ("-m", "flows.dpor")


def dpor(
    folder: Path, *command: str, begun: tuple[str, str] = AS_INSTALLED, **environment: str
) -> subprocess.CompletedProcess[bytes]:
    """One command on the closed sample in `folder`, in a process of its own."""
    return subprocess.run(
        [sys.executable, *begun, *command, "--db", f"{folder}/dpor.duckdb"],
        capture_output=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
    )


@pytest.mark.parametrize("begun", [AS_INSTALLED, AS_A_MODULE])
@pytest.mark.parametrize("command", [["reconcile"], ["statement", "1700001"]])
def test_letters_that_the_locale_lacks_are_told_by_their_numbers(
    closed_sample: Path, command: list[str], begun: tuple[str, str]
) -> None:
    plain = dpor(closed_sample, *command, *JUNE, begun=begun, PYTHONIOENCODING="utf-8")
    poor = dpor(closed_sample, *command, *JUNE, begun=begun, PYTHONIOENCODING="ascii")
    assert poor.returncode == 0, poor.stderr
    assert poor.stdout.decode("ascii") == plain.stdout.decode().encode("ascii", "backslashreplace").decode("ascii")
    assert poor.stdout != plain.stdout


def test_a_file_keeps_its_name_under_a_locale_of_other_letters(tmp_path: Path) -> None:
    deliveries = tmp_path / "deliveries"
    shutil.copytree(ROOT / "data" / "sample" / "2014-10", deliveries / "2014-10")
    (deliveries / "2014-10" / "osa_forms.csv").rename(deliveries / "2014-10" / "osa_forms mühe.csv")
    places = ["--deliveries", str(deliveries), "--out", str(tmp_path / "out")]
    closed = dpor(tmp_path, "run", "--through", "2014-10", "--close", *places)
    assert closed.returncode == 0, closed.stderr
    checked = dpor(
        tmp_path, "check", "--deliveries", str(deliveries),
        LC_ALL="C", PYTHONUTF8="0", PYTHONCOERCECLOCALE="0",
    )  # fmt: skip
    assert checked.returncode == 0, checked.stderr


@pytest.mark.parametrize("command", [["statement", "1700001", *JUNE], ["verify", "--json"], ["--help"]])
def test_whoever_stops_reading_has_read_enough(closed_sample: Path, command: list[str]) -> None:
    reads, writes = os.pipe()
    os.close(reads)
    try:
        done = subprocess.run(
            [sys.executable, "-c", "from flows.start import main; main()", *command]
            + ([] if command == ["--help"] else ["--db", f"{closed_sample}/dpor.duckdb"]),
            stdout=writes,
            stderr=subprocess.PIPE,
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )
    finally:
        os.close(writes)
    assert (done.returncode, done.stderr) == (0, b"")


def test_a_refusal_that_nobody_reads_is_still_one(tmp_path: Path) -> None:
    reads, writes = os.pipe()
    os.close(reads)
    try:
        done = subprocess.run(
            [sys.executable, "-c", "from flows.start import main; main()", "verify", "--db", f"{tmp_path}/dpor.duckdb"],
            stderr=writes,
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )
    finally:
        os.close(writes)
    assert done.returncode == 2
