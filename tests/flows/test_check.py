"""A dry run lists what would be set aside, also where that is too much for a run."""

from __future__ import annotations

from pathlib import Path

import pytest

from flows.dpor import exit_code

HEADER = "customer_id,organization_name,country,address,phone\n"


def test_check_lists_the_rows_and_then_exits_3_where_a_run_would(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "in/2015-01").mkdir(parents=True)
    rows = "".join(f"c{number},,DE,Main St 1,1\n" for number in range(21))
    (tmp_path / "in/2015-01/customers.csv").write_text(HEADER + rows, encoding="utf-8")
    code = exit_code(["check", "--deliveries", f"{tmp_path}/in", "--db", f"{tmp_path}/dpor.duckdb"])
    said = capsys.readouterr()
    assert code == 3
    assert "` refuses them as they are" in said.out
    assert said.out.count("missing_value, organization_name") == 21
    assert "21 of 21 rows would be set aside, more than 5%: 21 missing_value" in said.err
    assert not (tmp_path / "dpor.store").exists()


def test_check_writes_no_statements_so_it_looks_at_deliveries_anywhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "2015-01").mkdir()
    (tmp_path / "2015-01/customers.csv").write_text(HEADER, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert exit_code(["check", "--deliveries", ".", "--db", f"{tmp_path}.duckdb"]) == 0
