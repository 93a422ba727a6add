"""What `dpor explain`, `statement` and `verify` answer on the sample, and what they say to a question that has none."""

from __future__ import annotations

from pathlib import Path

import pytest
from at_a_terminal import SAMPLE, ask

from flows.dpor import exit_code


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
    assert out.count("proof of execution: pending") == 2
    assert "contested from 2015-04-14" in out


def test_explain_tells_a_proof_as_it_stood_before_a_later_contest(
    drafted: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _, out, _ = ask(drafted, capsys, "explain", "cell-osa-other-form-e3", "--period", "2015-03")
    assert "cell-osa-other-form-e3 in 2015-03: PAYABLE" in out
    assert "no proof asked for: the form is not contested (P15)" in out
    assert "proof of execution: pending" not in out


def test_explain_shows_seats_rate_and_cap(drafted: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = ask(drafted, capsys, "explain", "wingtip-e3", "--period", "2015-06")
    assert "Earns on 80,000 assigned seats (P17)" in out
    assert "DEPLOY: 0.2250 a seat = 18,000.00 (P18), pays 1,313.25 (PARTNER cap took 16,686.75: P20)" in out


@pytest.mark.parametrize(
    ("subscription", "period", "says"),
    [
        ("nobody-has-it", "2015-03", "no such subscription in the database\n"),
        ("Contoso-E1", "2015-03", "Contoso-E1: no such subscription in the database: did you mean contoso-e1?\n"),
        ("contoso-e1", "2016-01", "the database covers 2014-10 to 2015-06"),
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
    assert "the database holds statements for 2015-06" in err


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


def test_explain_cites_the_line_for_forms_where_a_form_decides(
    drafted: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "(P16 line 8, as line 5)" in ask(drafted, capsys, "explain", "wingtip-e3", "--period", "2015-06")[1]


@pytest.mark.parametrize(
    ("mpn_id", "period", "why"),
    [
        ("45678", "2015-06", "not an MPN ID"),
        ("9999999", "2015-06", "no partner with that MPN ID"),
        ("1100001", "2016-01", "the database holds statements for 2015-06\n"),
    ],
)
def test_statement_says_what_is_wrong_with_the_question(
    drafted: Path, capsys: pytest.CaptureFixture[str], mpn_id: str, period: str, why: str
) -> None:
    code, _, err = ask(drafted, capsys, "statement", mpn_id, "--period", period)
    assert code == 2
    assert why in err


def test_the_columns_of_a_statement_stay_apart_however_long_an_id_is(
    drafted: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _, out, _ = ask(drafted, capsys, "statement", "1500001", "--period", "2015-06")
    assert "cell-pending-other-dpor-e3  ACCELERATOR" in out


def test_where_there_is_no_store_there_is_nothing_to_verify(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = ask(tmp_path, capsys, "verify")
    assert code == 2
    assert "no store there" in err
