"""A dry run lists what would be set aside, also where that is too much for a run."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from ledger.bench import Books

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


@pytest.mark.parametrize("command", ["check", "run"])
def test_a_database_among_the_deliveries_is_named_and_not_its_store(tmp_path: Path, command: str) -> None:
    books = Books(tmp_path)
    books.deliver("2015-01", partners="mpn_id\n L")
    books.database = books.deliveries / "dpor.duckdb"
    assert books.dpor(command) == 2
    assert f"--db {books.database}: within the deliveries" in books.complained
    assert "dpor.store" not in books.complained


def test_check_says_where_there_is_no_delivery_of_the_period(tmp_path: Path) -> None:
    books = Books(tmp_path)
    books.deliver("2015-01", partners="mpn_id\n L")
    books.does("check", "--period", "2015-01")
    assert "no delivery of" not in books.said
    books.does("check", "--period", "2015-02")
    assert books.said.startswith("2015-02: the folder has no delivery of that name.\n\n2015-01  1 row: 1 accepted")
    books.does("run")
    books.does("check", "--period", "2015-02")
    assert books.said.startswith("2015-02: the folder has no delivery of that name.\n\nNothing new")
    books.does("check", "--period", "2015-02", "--json")
    assert json.loads(books.said)["not_there"] == "2015-02"


def test_a_delivery_of_before_the_programme_is_taken_in_by_its_first_period(tmp_path: Path) -> None:
    books = Books(tmp_path)
    books.deliver("2014-08", partners="mpn_id\n L")
    books.does("check")
    assert "`dpor run --period 2014-10 --db" in books.said
    books.does("run", "--period", "2014-10")


def test_what_older_deliveries_set_aside_has_its_label_where_the_drafted_month_set_nothing_aside(
    tmp_path: Path,
) -> None:
    books = Books(tmp_path)
    books.deliver(
        "2015-01", partners="mpn_id\n L", assigned_seats="subscription_id snapshot_date assigned_seats\n e1 x 1"
    )
    books.deliver("2015-02", partners="mpn_id\n R")
    books.does("run")
    assert "\nSet aside   1 bad_type, across all deliveries just taken in\n" in books.said


def test_who_delivered_another_form_than_the_columns_is_told_what_is_expected(tmp_path: Path) -> None:
    books = Books(tmp_path)
    month = books.deliveries / "2015-01"
    month.mkdir(parents=True)
    (month / "caps-2.csv").write_text(
        'mpn_id,scope,service,fiscal_year,amount\n12345,PARTNER,*,FY15,5\n*,PARTNER,*,FY15,"1.200,50"\n'
        "*,PLANET,*,FY15,5\n*,PARTNER,*,FY15,5.005\n*,PARTNER,*,2015,5\n*,PARTNER,*,FY15\n",
        encoding="utf-8",
    )
    expected = [
        "bad_type, mpn_id: an MPN ID of seven digits (0012345, not 12345) or * is expected",
        "bad_type, amount: an amount such as 1200.50 is expected",
        "bad_value, scope: one of SUBSCRIPTION, CUSTOMER, SERVICE, PARTNER is expected",
        "out_of_range, amount: 0 to 1000000000000 with at most 2 decimals is expected",
        "bad_value, fiscal_year",
        "malformed_row: 4 fields instead of 5",
    ]
    books.does("check")
    assert [line.partition(": ")[2] for line in books.said.splitlines() if " row " in line] == expected
    books.does("run")
    with (books.statements / "2015-01/rejected/caps.csv").open(encoding="utf-8", newline="") as file:
        sent_back = list(csv.DictReader(file))
    assert [", ".join(filter(None, (row["reason"], row["column"]))) for row in sent_back] == [
        line.partition(": ")[0] for line in expected
    ]
    assert [row["detail"] for row in sent_back] == [line.partition(": ")[2] for line in expected]
