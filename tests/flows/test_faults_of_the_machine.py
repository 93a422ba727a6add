"""What is the machine's fault exits with 4 and says what to do, what is ours with 1."""

from __future__ import annotations

import errno
import os
import resource
from pathlib import Path

import pytest
from at_a_terminal import SAMPLE, ask
from polars.exceptions import ComputeError

from flows.command_line.machine import in_words, is_fault_of_disk
from flows.dpor import exit_code


def test_a_place_that_can_hold_nothing_is_named_with_what_is_wrong(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").touch()
    options = ["--db", f"{tmp_path}/file/dpor.duckdb", "--deliveries", str(SAMPLE), "--out", f"{tmp_path}/statements"]
    assert exit_code(["run", *options]) == 4
    assert capsys.readouterr().err.splitlines() == [
        f"dpor: {tmp_path}/file/dpor.store: Not a directory",
        "dpor: what was published before stands, or the next command completes it; remove what is in its place,"
        " or name another place, then run the same command again",
    ]


def test_a_disk_that_fills_between_database_and_statements_is_not_said_to_have_published_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "1100001.csv")

    options = ["--db", f"{tmp_path}/dpor.duckdb", "--deliveries", str(SAMPLE), "--out", f"{tmp_path}/statements"]
    with monkeypatch.context() as broken:
        broken.setattr("flows.month.steps.put_in_place", full)
        assert exit_code(["run", "--period", "2014-10", *options]) == 4
    assert (tmp_path / "dpor.duckdb").exists()
    said = capsys.readouterr().err
    assert "nothing was published" not in said
    assert "the next command completes it" in said
    assert exit_code(["status", *options[:4]]) == 0
    assert (tmp_path / "statements/2014-10/1100001.csv").exists()


@pytest.mark.parametrize("kib", [1, 4, 64])
def test_a_file_that_may_not_grow_is_no_bug_of_ours(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], kib: int
) -> None:
    may_come_to = resource.getrlimit(resource.RLIMIT_FSIZE)
    options = ["--db", f"{tmp_path}/dpor.duckdb", "--deliveries", str(SAMPLE), "--out", f"{tmp_path}/statements"]
    resource.setrlimit(resource.RLIMIT_FSIZE, (kib * 1024, may_come_to[1]))
    try:
        code = exit_code(["run", *options])
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, may_come_to)
    assert code == 4
    complained = capfd.readouterr().err
    assert f"dpor: {tmp_path}: File too large\n" in complained
    assert "raise the limit on the size of a file (`ulimit -f`)" in complained
    assert exit_code(["run", *options]) == 0


def test_what_the_system_tells_polars_is_a_fault_of_the_machine() -> None:
    said = ComputeError("parquet: File out of specification: underlying IO error: Input/output error (os error 5)")
    assert is_fault_of_disk(said)
    assert in_words(said) == "Input/output error"


def test_a_bug_of_ours_exits_1_with_its_traceback(
    drafted: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> str:
        raise ZeroDivisionError

    monkeypatch.setattr("flows.commands.asking.status_overview", broken)
    code, _, err = ask(drafted, capsys, "status")
    assert code == 1
    assert "Traceback" in err
    assert "bug" in err


def test_an_invariant_that_fails_publishes_nothing_and_exits_1(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = ["caps_hold: ('PARTNER', ...)"]
    monkeypatch.setattr("transforms.database.finishing.broken_checks", lambda _con: iter(broken))
    options = ["--db", f"{tmp_path}/dpor.duckdb", "--deliveries", str(SAMPLE), "--out", f"{tmp_path}/statements"]
    assert exit_code(["run", *options]) == 1
    assert "caps_hold" in capsys.readouterr().err
    assert not (tmp_path / "dpor.duckdb").exists()
    assert not (tmp_path / "statements").exists()
