"""Folders may have any name: one that DuckDB would take for a pattern, or for a column, leads to no other store."""

from __future__ import annotations

import csv
import re
import shutil
import tempfile
from pathlib import Path

import pytest
from ledger.bench import Books, unlike

pytestmark = pytest.mark.slow

HOME = Path(__file__).resolve().parents[2]
SAMPLE = HOME / "data" / "sample"
OCTOBER = ("--period", "2014-10")
STRANGE, DECOY = "x[1] a*b region=EU delivery=7", "x1 a-b region=EU delivery=7"
"""As a pattern, the first is the second's name."""


def deliver_sample(books: Books, *periods: str, rates: tuple[str, str] = ("", "")) -> Books:
    """The sample's deliveries of some periods; `rates` are changed from one amount to another."""
    for period in periods:
        shutil.copytree(SAMPLE / period, books.deliveries / period)
    shutil.copy(SAMPLE / "policy.toml", books.deliveries)
    file = books.deliveries / "2014-10" / "rates.csv"
    file.write_text(file.read_text(encoding="utf-8").replace(*rates), encoding="utf-8")
    return books


@pytest.fixture
def plain(tmp_path: Path) -> Books:
    return Books(tmp_path / "plain")


@pytest.fixture
def strange(tmp_path: Path) -> Books:
    """Beside it lies a store that pays three times as much for Office 365."""
    decoy = deliver_sample(Books(tmp_path / DECOY), "2014-10", rates=("0.2000", "0.6000"))
    decoy.does("run", "--through", "2014-10", "--close")
    return Books(tmp_path / STRANGE)


def test_a_month_comes_to_the_same_in_a_folder_of_any_name(plain: Books, strange: Books) -> None:
    for books in (plain, strange):
        deliver_sample(books, "2014-10").does("run")
    assert unlike(strange.everything(), plain.everything()) == []


def test_every_command_tells_the_same_in_a_folder_of_any_name(
    plain: Books, strange: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = {books.folder.name: told_by_every_command(books, monkeypatch) for books in (plain, strange)}
    assert told[STRANGE] == told["plain"]
    assert unlike(strange.everything(), plain.everything()) == []


def told_by_every_command(books: Books, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the commands say of October, closed, and of November, run by another policy: without where things lie."""
    deliver_sample(books, "2014-10", "2014-11")
    monkeypatch.setattr(tempfile, "tempdir", str(books.folder))
    payments = books.folder / "payments.csv"
    said = []
    for command in (
        ("run", "--through", "2014-10", "--close"),
        ("export", *OCTOBER, "--out", str(payments)),
        ("explain", "alpine-e3", *OCTOBER),
        ("statement", "1100001", *OCTOBER),
        ("reconcile", *OCTOBER, "--payments", str(payments)),
        ("run", "--formats", "csv,xlsx,pdf"),
        ("status",),
        ("close", "--period", "2014-11"),
        ("verify",),
    ):
        if "--formats" in command:
            change_policy_and_caps(books)
        if "--payments" in command:
            fill_in(payments)
        books.does(*command)
        said.append(books.said.replace("'", "").replace(str(books.folder), "…"))
    return said


def change_policy_and_caps(books: Books) -> None:
    """So that what was closed is judged once more, by the policy of then, and capped once more by today's caps."""
    policy = books.deliveries / "policy.toml"
    text = policy.read_text(encoding="utf-8").replace('minimum_payment = "200.00"', 'minimum_payment = "100.00"')
    policy.write_text(text, encoding="utf-8")
    books.deliver("2014-11", caps="mpn_id amount\n 1100001 50.00")


def fill_in(payments: Path) -> None:
    """As finance does: everything is paid out."""
    with payments.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    paid = {"paymentStatus": "Sent", "withheldTax": "0", "salesTax": "0", "serviceFeeTax": "0"}
    with payments.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows({**row, **paid, "totalPayment": row["earned"]} for row in rows)


@pytest.mark.parametrize("place", ["", "file://"])
def test_shards_come_to_the_same_at_a_place_of_any_name(plain: Books, strange: Books, place: str) -> None:
    deliver_sample(plain, "2014-10").does("run")
    deliver_sample(strange, "2014-10").does("run", "--shards", "2", "--place", f"{place}{strange.folder}")
    assert unlike(strange.everything(), plain.everything()) == []


def test_nothing_that_duckdb_reads_takes_columns_from_the_names_of_folders() -> None:
    sources = [*(HOME / "sql").rglob("*.sql"), *(HOME / "transforms").rglob("*.py"), *(HOME / "flows").rglob("*.py")]
    calls = [(path.name, line) for path in sources for line in lines_that_read_parquet(path)]
    assert len(calls) > 12
    assert [call for call in calls if "hive_partitioning = false" not in call[1]] == []


def lines_that_read_parquet(path: Path) -> list[str]:
    """Lines of SQL: Polars takes nothing from the names of folders."""
    return [line for line in path.read_text(encoding="utf-8").splitlines() if re.search(r"from read_parquet\(", line)]
