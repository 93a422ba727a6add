"""What was typed wrong, or names places that can't be meant, is said plainly and exits with 2."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from at_a_terminal import SAMPLE, ask

from flows.dpor import exit_code
from schemas.policy import span


@pytest.mark.parametrize(
    "command",
    [
        ["run", "--period", "2015-3"],
        ["run", "--through", "2015-06"],
        ["run", "--max-quarantine", "5"],
        ["run", "--nonsense"],
        ["run", "--db", "dpor.store"],
        ["run", "--db", "."],
        ["status", "--db", ".."],
        ["run", "--db", "what?/dpor.duckdb"],
        ["run", "--db", "what\\dpor.duckdb"],
        ["explan"],
        ["explain", "contoso-e1"],
    ],
)
def test_arguments_that_make_no_sense_exit_2_without_a_traceback(
    capsys: pytest.CaptureFixture[str], command: list[str]
) -> None:
    assert exit_code(command) == 2
    err = capsys.readouterr().err
    assert err.startswith("dpor: ")
    assert "Traceback" not in err


@pytest.mark.parametrize(
    ("command", "says"),
    [
        (["close"], "--period: missing"),
        (["explain", "--period", "2015-06"], "SUBSCRIPTION: missing"),
        (["run", "2015-06"], "2015-06: unexpected: name its option before it, as in `--period 2015-06`"),
        (
            ["explain", "-s1", "--period", "2015-06"],
            "-s1: unknown option; put an id that begins with a dash last, after `--`",
        ),
    ],
)
def test_what_was_typed_wrong_is_said_plainly(
    capsys: pytest.CaptureFixture[str], command: list[str], says: str
) -> None:
    assert exit_code(command) == 2
    assert capsys.readouterr().err.splitlines()[0] == f"dpor: {says}"


@pytest.mark.parametrize(
    "command",
    [
        *(["run"], ["check"], ["status"], ["verify"]),
        *(["close", "--period", "2015-03"], ["reconcile", "--period", "2015-03"], ["export", "--period", "2015-03"]),
        *(["statement", "1100001", "--period", "2015-03"], ["explain", "s1", "--period", "2015-03"]),
        ["notify", "--period", "2015-03"],
    ],
    ids=lambda command: command[0],
)
def test_a_folder_is_no_database_to_any_command(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], command: list[str]
) -> None:
    assert exit_code([*command, "--db", str(tmp_path)]) == 2
    said = f"dpor: --db {tmp_path}: a folder: name the database's file, such as dpor.duckdb"
    assert capsys.readouterr().err.splitlines() == [said]
    assert list(tmp_path.iterdir()) == []


def test_starting_dpor_does_not_import_prefect() -> None:
    asked = "import sys, flows.dpor; print([m for m in sys.modules if m.split('.')[0] == 'prefect'])"
    environment = {name: value for name, value in os.environ.items() if name != "PREFECT_API_URL"}
    answer = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True, env=environment)
    assert answer.stdout.strip() == "[]"


@pytest.mark.parametrize("command", [["run"], ["status"], ["reconcile", "--period", "2014-10"]], ids=lambda c: c[0])
def test_a_home_folder_that_the_shell_has_not_written_out_is_no_place_for_books(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, command: list[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert exit_code([*command, "--db=~/books/dpor.duckdb"]) == 2
    assert "--db ~/books/dpor.duckdb: begins with ~" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("out", ["", "/2015-01", "/statements"])
def test_statements_are_never_written_among_the_deliveries(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], out: str
) -> None:
    assert exit_code(["run", "--deliveries", str(tmp_path), "--out", f"{tmp_path}{out}", "--db", f"{tmp_path}.db"]) == 2
    assert "within the deliveries" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_periods_that_do_not_follow_each_other_are_named_apart() -> None:
    assert span(["2014-10", "2014-11", "2014-12", "2015-03", "2015-05", "2015-06"]) == (
        "2014-10 to 2014-12, 2015-03, 2015-05 to 2015-06"
    )
    assert span([]) == "none"


@pytest.mark.parametrize(
    "typed", [["explain", "a\udcff"], ["run", "--out", "st\udcff"], ["verify", "--db", "\udcff.duckdb"]]
)
def test_what_is_typed_in_other_bytes_than_utf8_is_unusable(
    capsys: pytest.CaptureFixture[str], typed: list[str]
) -> None:
    assert exit_code(typed) == 2
    assert capsys.readouterr().err == f"dpor: {typed[-1]!a}: has bytes that aren't UTF-8: give it another name\n"


@pytest.mark.parametrize("typed", [["run", "--out", ""], ["explain", "", "--period", "2015-03"], ["run", "--out="]])
def test_an_empty_value_names_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], typed: list[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert exit_code(typed) == 2
    said = capsys.readouterr().err
    assert said == f"dpor: {shlex.join(typed)}: an empty value: if it comes from a variable, is that set?\n"


def test_a_file_of_somebody_elses_is_never_replaced(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    notes = tmp_path / "dpor.duckdb"
    notes.write_text("my notes", encoding="utf-8")
    code, _, err = ask(tmp_path, capsys, "run", "--deliveries", str(SAMPLE), "--out", str(tmp_path / "statements"))
    assert code == 4
    assert f"--db {notes}: already exists, without a dpor store beside it" in err
    code, _, err = ask(tmp_path, capsys, "statement", "1100001", "--period", "2015-06")
    assert code == 4
    assert "name another with --db" in err
    assert [path.name for path in tmp_path.iterdir()] == ["dpor.duckdb"]
    assert notes.read_text(encoding="utf-8") == "my notes"
