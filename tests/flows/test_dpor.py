"""What a person at a terminal gets: answers, errors that name the next step, exit codes."""

from __future__ import annotations

import errno
import os
import re
import resource
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from polars.exceptions import ComputeError

from flows.dpor import exit_code
from flows.machine import in_words, is_fault_of_disk
from schemas.policy import span

SAMPLE = Path(__file__).resolve().parents[2] / "data" / "sample"


@pytest.fixture(scope="module")
def drafted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which the sample was drafted."""
    folder = tmp_path_factory.mktemp("drafted")
    options = ["--db", f"{folder}/dpor.duckdb", "--deliveries", str(SAMPLE), "--out", f"{folder}/statements"]
    assert exit_code(["run", *options]) == 0
    return folder


def ask(folder: Path, capsys: pytest.CaptureFixture[str], *command: str) -> tuple[int, str, str]:
    capsys.readouterr()
    code = exit_code([*command, "--db", f"{folder}/dpor.duckdb"])
    said = capsys.readouterr()
    return code, said.out, said.err


def test_explain_names_the_rule_the_form_and_the_dpor_that_stopped_it(
    drafted: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, _ = ask(drafted, capsys, "explain", "contoso-e1", "--period", "2015-03")
    assert code == 0
    assert "UNASSIGNED, osa_superseded_by_dpor" in out
    assert "osa-litware-contoso-o365" in out
    assert "by another partner's DPOR, dpor-relecloud-contoso-e3 (P9)" in out
    assert "rejected: a DPOR was attached in the service (P7)" in out


def test_explain_says_what_a_losing_claim_lacks(drafted: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = ask(drafted, capsys, "explain", "cell-osa-other-form-e3", "--period", "2015-04")
    assert out.count("lacks its proof of execution: pending") == 2
    assert "contested from 2015-04-14" in out


def test_explain_tells_a_proof_as_it_stood_before_a_later_contest(
    drafted: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _, out, _ = ask(drafted, capsys, "explain", "cell-osa-other-form-e3", "--period", "2015-03")
    assert "cell-osa-other-form-e3 in 2015-03: PAYABLE" in out
    assert "no proof asked for: the form is not contested (P15)" in out
    assert "lacks its proof" not in out


def test_explain_shows_seats_rate_and_cap(drafted: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = ask(drafted, capsys, "explain", "wingtip-e3", "--period", "2015-06")
    assert "Earns on 80,000 assigned seats (P17)" in out
    assert "DEPLOY: 0.2250 a seat = 18,000.00 (P18), pays 1,313.25 (PARTNER cap took 16,686.75: P20)" in out


@pytest.mark.parametrize(
    ("subscription", "period", "says"),
    [
        ("nobody-has-it", "2015-03", "no such subscription in the database\n"),
        ("Contoso-E1", "2015-03", "Contoso-E1: no such subscription in the database: is contoso-e1 meant?\n"),
        ("contoso-e1", "2016-01", "the database knows 2014-10 to 2015-06"),
    ],
)
def test_explain_of_what_is_unknown_exits_2(
    drafted: Path, capsys: pytest.CaptureFixture[str], subscription: str, period: str, says: str
) -> None:
    code, _, err = ask(drafted, capsys, "explain", subscription, "--period", period)
    assert code == 2
    assert says in err


@pytest.mark.parametrize("command", [["explain", "contoso-e1"], ["statement", "1200001"], ["reconcile"]])
def test_a_question_about_what_is_no_period_says_how_one_is_written(
    drafted: Path, capsys: pytest.CaptureFixture[str], command: list[str]
) -> None:
    code, _, err = ask(drafted, capsys, *command, "--period", "2015-3")
    assert code == 2
    assert err == "dpor: 2015-3: not a period: write it as 2015-03\n"


def test_statement_shows_its_sums_and_lines(drafted: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = ask(drafted, capsys, "statement", "1200001", "--period", "2015-06")
    assert code == 0
    assert "Payment                 100,000.00" in out
    assert "first_billed" in out
    code, _, err = ask(drafted, capsys, "statement", "1200001", "--period", "2015-05")
    assert code == 2
    assert "the database holds statements of 2015-06" in err


def test_a_partners_file_adds_up_to_its_payment(drafted: Path) -> None:
    lines = (drafted / "statements/2015-06/1100001.csv").read_text(encoding="utf-8").splitlines()
    paid = lines[0].split(",").index("Paid")
    cents = [int(line.rsplit(",", len(lines[0].split(",")) - paid)[1].replace(".", "")) for line in lines[1:]]
    assert sum(cents) == 200_000_00


def test_the_summary_on_the_terminal_is_the_file_for_finance(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options = ["--db", f"{tmp_path}/dpor.duckdb", "--deliveries", str(SAMPLE), "--out", f"{tmp_path}/statements"]
    assert exit_code(["run", "--period", "2014-10", *options]) == 0
    out = capsys.readouterr().out
    assert (tmp_path / "statements/2014-10/summary.txt").read_text(encoding="utf-8") in out
    assert "bad_type" in out
    assert "dpor close --period 2014-10" in out


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
    drafted: Path, capsys: pytest.CaptureFixture[str], command: list[str]
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
        (["run", "2015-06"], "2015-06: unexpected: name its option before it, as `--period 2015-06`"),
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
    said = f"dpor: --db {tmp_path}: a folder: name the database's file, as dpor.duckdb"
    assert capsys.readouterr().err.splitlines() == [said]
    assert list(tmp_path.iterdir()) == []


def test_starting_dpor_does_not_import_prefect() -> None:
    asked = "import sys, flows.dpor; print([m for m in sys.modules if m.split('.')[0] == 'prefect'])"
    environment = {name: value for name, value in os.environ.items() if name != "PREFECT_API_URL"}
    answer = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True, env=environment)
    assert answer.stdout.strip() == "[]"


def test_a_place_that_can_hold_nothing_is_named_with_what_is_wrong(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").touch()
    options = ["--db", f"{tmp_path}/file/dpor.duckdb", "--deliveries", str(SAMPLE), "--out", f"{tmp_path}/statements"]
    assert exit_code(["run", *options]) == 4
    assert capsys.readouterr().err.splitlines() == [
        f"dpor: {tmp_path}/file/dpor.store: Not a directory",
        "dpor: what was published before stands, or the next command completes it; take away what stands in its place,"
        " or name another place, then run the same command again",
    ]


def test_a_disk_that_fills_between_database_and_statements_is_not_said_to_have_published_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "1100001.csv")

    options = ["--db", f"{tmp_path}/dpor.duckdb", "--deliveries", str(SAMPLE), "--out", f"{tmp_path}/statements"]
    with monkeypatch.context() as broken:
        broken.setattr("flows.steps.put_in_place", full)
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


@pytest.mark.parametrize("command", [["run"], ["status"], ["reconcile", "--period", "2014-10"]], ids=lambda c: c[0])
def test_a_home_folder_that_the_shell_has_not_written_out_is_no_place_for_books(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, command: list[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert exit_code([*command, "--db=~/books/dpor.duckdb"]) == 2
    assert "--db ~/books/dpor.duckdb: begins with ~" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_a_bug_of_ours_exits_1_with_its_traceback(
    drafted: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> str:
        raise ZeroDivisionError

    monkeypatch.setattr("flows.asking.status_overview", broken)
    code, _, err = ask(drafted, capsys, "status")
    assert code == 1
    assert "Traceback" in err
    assert "bug" in err


def test_an_invariant_that_fails_publishes_nothing_and_exits_1(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("transforms.finishing.broken_checks", lambda _con: iter(["caps_hold: ('PARTNER', ...)"]))
    options = ["--db", f"{tmp_path}/dpor.duckdb", "--deliveries", str(SAMPLE), "--out", f"{tmp_path}/statements"]
    assert exit_code(["run", *options]) == 1
    assert "caps_hold" in capsys.readouterr().err
    assert not (tmp_path / "dpor.duckdb").exists()
    assert not (tmp_path / "statements").exists()


def test_a_name_can_write_no_line_of_its_own_on_the_terminal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    delivery = tmp_path / "in" / "2014-10"
    delivery.mkdir(parents=True)
    for file in (SAMPLE / "2014-10").iterdir():
        named = file.read_bytes().replace(b'"Litware, Inc."', b'"Lit\x1b[2Jware\nNext      all fine"')
        (delivery / file.name).write_bytes(named)
    options = ["--db", f"{tmp_path}/dpor.duckdb", "--deliveries", f"{tmp_path}/in", "--out", f"{tmp_path}/statements"]
    assert exit_code(["run", *options]) == 0
    code, out, _ = ask(tmp_path, capsys, "statement", "1100001", "--period", "2014-10")
    assert code == 0
    assert out.splitlines()[0].startswith("1100001 Lit [2Jware Next      all fine, 2014-10")
    assert "\x1b" not in ask(tmp_path, capsys, "explain", "contoso-e1", "--period", "2014-10")[1]


@pytest.mark.parametrize("out", ["", "/2015-01", "/statements"])
def test_statements_are_never_written_among_the_deliveries(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], out: str
) -> None:
    assert exit_code(["run", "--deliveries", str(tmp_path), "--out", f"{tmp_path}{out}", "--db", f"{tmp_path}.db"]) == 2
    assert "within the deliveries" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_explain_cites_the_line_for_forms_where_a_form_decides(
    drafted: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "(P16 line 8, as line 5)" in ask(drafted, capsys, "explain", "wingtip-e3", "--period", "2015-06")[1]


@pytest.mark.parametrize(
    ("mpn_id", "period", "why"),
    [
        ("45678", "2015-06", "not an MPN ID"),
        ("9999999", "2015-06", "no partner of that MPN ID"),
        ("1100001", "2016-01", "the database holds statements of 2015-06\n"),
    ],
)
def test_statement_says_what_is_wrong_with_the_question(
    drafted: Path, capsys: pytest.CaptureFixture[str], mpn_id: str, period: str, why: str
) -> None:
    code, _, err = ask(drafted, capsys, "statement", mpn_id, "--period", period)
    assert code == 2
    assert why in err


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
    assert capsys.readouterr().err == f"dpor: {typed[-1]!a}: holds bytes that are no UTF-8: give it another name\n"


def test_the_columns_of_a_statement_stay_apart_however_long_an_id_is(
    drafted: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _, out, _ = ask(drafted, capsys, "statement", "1500001", "--period", "2015-06")
    assert "cell-pending-other-dpor-e3  ACCELERATOR" in out


def test_where_there_is_no_store_there_is_nothing_to_verify(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = ask(tmp_path, capsys, "verify")
    assert code == 2
    assert "no store there" in err


def test_a_file_of_somebody_elses_is_never_replaced(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    notes = tmp_path / "dpor.duckdb"
    notes.write_text("my notes", encoding="utf-8")
    code, _, err = ask(tmp_path, capsys, "run", "--deliveries", str(SAMPLE), "--out", str(tmp_path / "statements"))
    assert code == 4
    assert f"--db {notes}: there already, without a store of dpor's beside it" in err
    code, _, err = ask(tmp_path, capsys, "statement", "1100001", "--period", "2015-06")
    assert code == 4
    assert "name another with --db" in err
    assert [path.name for path in tmp_path.iterdir()] == ["dpor.duckdb"]
    assert notes.read_text(encoding="utf-8") == "my notes"


def test_a_fiscal_year_without_caps_is_told_where_another_has_some(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options = ["--deliveries", str(SAMPLE), "--out", str(tmp_path / "statements")]
    code, out, _ = ask(tmp_path, capsys, "run", "--period", "2015-07", *options)
    assert code == 0
    assert re.search(r"Caps +0  of FY16 are known, while FY15 has \d+: nothing is cut", out)
    page = (tmp_path / "statements" / "2015-07" / "summary.html").read_text(encoding="utf-8")
    assert "none of FY16 is known" in page
    assert "No cap of this fiscal year is known." in page
    _, out, _ = ask(tmp_path, capsys, "run", "--period", "2015-06", *options)
    assert "nothing is cut" not in out


def test_a_rate_that_is_missing_is_told_beside_what_was_paid(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    deliveries = tmp_path / "deliveries"
    shutil.copytree(SAMPLE / "2014-10", deliveries / "2014-10")
    rates = deliveries / "2014-10" / "rates.csv"
    rates.write_text(rates.read_text(encoding="utf-8").replace("DEPLOY,O365,0.2000", 'DEPLOY,O365,"0,2000"'))
    options = ["--deliveries", str(deliveries), "--out", str(tmp_path / "statements")]
    code, out, _ = ask(tmp_path, capsys, "run", *options)
    assert code == 0
    assert (
        "Missing rate                  8  subscriptions of O365 without DEPLOY: no rate is valid on the last day" in out
    )
    page = (tmp_path / "statements" / "2014-10" / "summary.html").read_text(encoding="utf-8")
    assert "8 subscriptions of O365 without DEPLOY, as no rate is valid on the last day of 2014-10." in page
    _, out, _ = ask(tmp_path, capsys, "explain", "contoso-e1", "--period", "2014-10")
    assert "  DEPLOY: no rate is valid on the last day (P18)" in out
    assert out.count("no rate") == 1


def test_a_month_without_a_delivery_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    deliveries = tmp_path / "deliveries"
    shutil.copytree(SAMPLE / "2014-10", deliveries / "2014-10")
    options = ["--deliveries", str(deliveries), "--out", str(tmp_path / "statements")]
    code, out, _ = ask(tmp_path, capsys, "run", "--period", "2014-11", *options)
    assert code == 0
    assert "  0  no file of 2014-11 is in: all is from deliveries before it\n" in out
    page = (tmp_path / "statements" / "2014-11" / "summary.html").read_text(encoding="utf-8")
    assert "No file of 2014-11 is in: all is from deliveries before it." in page
    assert "Once every figure is right" not in page
