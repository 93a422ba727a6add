"""What a run says on the terminal and to finance, of what is missing too."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from at_a_terminal import SAMPLE, ask

from flows.dpor import exit_code


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


def test_a_fiscal_year_without_caps_is_told_where_another_has_some(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options = ["--deliveries", str(SAMPLE), "--out", str(tmp_path / "statements")]
    code, out, _ = ask(tmp_path, capsys, "run", "--period", "2015-07", *options)
    assert code == 0
    assert re.search(r"Caps +0  known for FY16, while FY15 has \d+: nothing is cut", out)
    page = (tmp_path / "statements" / "2015-07" / "summary.html").read_text(encoding="utf-8")
    assert "none is known for FY16" in page
    assert "No cap is known for this fiscal year." in page
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
    assert "  0  no file of 2014-11 is in: everything is from earlier deliveries\n" in out
    page = (tmp_path / "statements" / "2014-11" / "summary.html").read_text(encoding="utf-8")
    assert "No file of 2014-11 is in: everything is from earlier deliveries." in page
    assert "Once every figure is right" not in page
