"""Reading commands say the same as JSON; help teaches; a shell completes; colour stays away where it isn't wanted."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from flows.dpor import COMMANDS, exit_code

pytestmark = pytest.mark.slow

SAMPLE = str(Path(__file__).resolve().parents[2] / "data/sample")


@pytest.fixture(scope="module")
def closed(closed_sample: Path) -> Path:
    """A database after every month of the sample was run and closed."""
    return closed_sample / "dpor.duckdb"


def asked(capsys: pytest.CaptureFixture[str], *arguments: str, code: int = 0) -> Any:
    capsys.readouterr()
    assert exit_code([*arguments, "--json"]) == code
    said = capsys.readouterr().out
    assert said.isascii()
    return json.loads(said, parse_float=lambda text: pytest.fail(f"a float: {text}"))


def test_a_statement_is_told_to_the_cent_and_its_items_add_up(closed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told = asked(capsys, "statement", "1300002", "--period", "2015-06", "--db", str(closed))
    with duckdb.connect(str(closed), read_only=True) as con:
        ((payment, earned),) = con.execute(
            "select payment, earned from statements where mpn_id = '1300002' and statement_period = '2015-06'"
        ).fetchall()
    assert (told["statement"]["payment"], told["statement"]["earned"]) == (str(payment), str(earned))
    assert told["statement"]["partner_name"] == "Fabrikam Île-de-France"
    due = Decimal(told["statement"]["opening_balance"]) + sum(Decimal(item["amount"]) for item in told["items"])
    assert due == Decimal(told["statement"]["payment"]) + Decimal(told["statement"]["closing_balance"])


def test_an_explanation_names_what_decided(closed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told = asked(capsys, "explain", "contoso-e1", "--period", "2015-03", "--db", str(closed))
    assert told["resolution"]["reason"] == "osa_superseded_by_dpor"
    assert told["decided_by"] == {"source": "OSA", "claim_id": "osa-litware-contoso-o365"}
    (form,) = [claim for claim in told["history"] if claim["claim_id"] == "osa-litware-contoso-o365"]
    assert form["ended_at"] == "2015-03-11T15:20:00Z"


def test_a_reconciliation_tells_totals_and_differences(
    closed: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    paid = tmp_path / "paid.csv"
    paid.write_text("mpn_id,period,amount\n1200001,2015-06,39000\n1300000,2015-06,5\n", encoding="utf-8")
    place = ["--period", "2015-06", "--db", str(closed)]
    told = asked(capsys, "reconcile", *place, "--payments", str(paid), code=5)
    assert [total["holds"] for total in told["control_totals"]] == [True] * 5
    assert told["payments"]["matched"] == 0
    (wrong,) = [one for one in told["payments"]["differences"] if one["mpn_id"] == "1200001"]
    assert wrong == {"finding": "different amount", "mpn_id": "1200001", "statement": "39118.00", "paid": "39000.00"}
    assert "payments" not in asked(capsys, "reconcile", *place)


def test_what_is_next_can_be_typed_from_json_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    places = f"--db {tmp_path}/books.duckdb --deliveries {SAMPLE}"
    told = asked(capsys, "status", *places.split())
    assert told["next"] == f"dpor check --period 2014-10 {places}, then dpor run --period 2014-10 {places}"


def test_the_state_of_things_and_what_is_next(closed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told = asked(capsys, "status", "--db", str(closed), "--deliveries", SAMPLE)
    assert (told["closed"][0], told["closed"][-1], told["new"]) == ("2014-10", "2015-06", [])
    assert told["next"] == "nothing to do until the delivery of 2015-07"
    proved = asked(capsys, "verify", "--db", str(closed))
    assert proved["differences"] == 0
    assert {"what": "2015-06 as known when it closed", "problems": []} in proved["checked"]


def test_a_dry_run_tells_every_row_that_would_be_set_aside(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told = asked(capsys, "check", "--period", "2014-10", "--db", str(tmp_path / "d.duckdb"), "--deliveries", SAMPLE)
    (delivery,) = told["deliveries"]
    assert (delivery["rows_read"], delivery["accepted"], delivery["set_aside"]) == (87, 86, 1)
    (row,) = told["set_aside"]
    assert (row["file"], row["row_number"], row["reason"]) == ("assigned_seats.csv", 14, "bad_type")


def test_nothing_but_json_is_on_stdout_and_a_problem_leaves_it_empty(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert exit_code(["explain", "s", "--period", "2015-03", "--db", str(tmp_path / "none.duckdb"), "--json"]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert "none.duckdb` makes one" in said.err


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself_with_an_example(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert exit_code([command, "--help"]) == 0
    assert "dpor " + command in capsys.readouterr().out.split("Example", 1)[1]


def test_a_command_that_is_not_understood_names_the_help_that_has_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert exit_code(["close", "--perod", "2015-03"]) == 2
    assert "`dpor close --help`" in capsys.readouterr().err


def test_bash_completes_commands_and_options(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert exit_code(["completion", "bash"]) == 0
    script = tmp_path / "dpor.bash"
    script.write_text(capsys.readouterr().out, encoding="utf-8")
    asks = """
        source "$1"; shift
        COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMP_LINE="$*"; COMP_POINT=${#COMP_LINE}
        $(complete -p dpor | sed 's/.*-F \\([^ ]*\\).*/\\1/')
        printf '%s\\n' "${COMPREPLY[@]}"
    """

    def completed(*words: str) -> list[str]:
        command = ["bash", "-c", asks, "bash", str(script), *words]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()

    assert completed("dpor", "re") == ["reconcile"]
    assert completed("dpor", "close", "--per") == ["--period"]


def test_no_color_is_honoured(tmp_path: Path) -> None:
    def helped(**settings: str) -> str:
        environment = {**os.environ, "FORCE_COLOR": "1", "TERM": "xterm", **settings}
        command = [sys.executable, "-m", "flows.dpor", "--help"]
        return subprocess.run(command, capture_output=True, text=True, check=True, env=environment, cwd=tmp_path).stdout

    assert "\x1b[3" in helped()
    assert "\x1b[3" not in helped(NO_COLOR="1")
