"""`dpor reconcile`: control totals that must hold, and what finance really paid held against the statements."""

from __future__ import annotations

from pathlib import Path

import duckdb
import polars as pl
import pytest
from ledger.bench import Books


def paid(books: Books, *lines: str) -> tuple[str, str]:
    path = books.folder / "paid.csv"
    path.write_text("\n".join(["mpn_id,period,amount", *lines, ""]), encoding="utf-8")
    return ("--payments", str(path))


@pytest.mark.parametrize("period", ["2015-02", "2015-03", "2015-04", "2015-05"])
def test_the_control_totals_hold(three_closed: Books, period: str) -> None:
    three_closed.does("reconcile", "--period", period)
    assert three_closed.said.count("✓") == 5
    assert "✗" not in three_closed.said


def test_the_control_totals_show_their_figures(three_closed: Books) -> None:
    three_closed.does("reconcile", "--period", "2015-04")
    totals = [" ".join(line.split()) for line in three_closed.said.splitlines()]
    posted = "800.00 = 800.00 -250.00 + 550.00 + 500.00 = 650.00 + 150.00"
    assert totals[:7] == [
        "2015-04, CLOSED, amounts in USD",
        "",
        "✓ rows read = accepted + duplicates + set aside 6 = 6 6 + 0 + 0",
        "✓ seats counted = those of every status 55 = 55 55 PAYABLE",
        "✓ earned = payable + cap reduction 550.00 = 550.00 550.00 + 0.00",
        f"✓ opening + current + adjustments = payment + closing {posted}",
        "✓ the sum of the statements = the batch of lines 1,050.00 = 1,050.00 550.00 + 500.00",
    ]


def test_a_draft_is_called_one(three_closed: Books) -> None:
    three_closed.does("reconcile", "--period", "2015-05")
    assert three_closed.said.startswith("2015-05, DRAFT, amounts in USD\n\n")
    three_closed.does("reconcile", "--period", "2015-05", "--json")
    assert '"state": "DRAFT"' in three_closed.said
    assert '"one_side": "' not in three_closed.said.partition("earned = payable")[0]  # counts are numbers


def test_rows_that_say_nothing_are_left_out(three_closed: Books) -> None:
    three_closed.does("reconcile", "--period", "2015-04", *paid(three_closed, "1200001,2015-04,650.00", ",,", " , ,"))


def test_a_file_in_another_encoding_is_asked_for_in_utf8(three_closed: Books) -> None:
    named = ("--payments", str(three_closed.folder / "paid.csv"))
    lines = "mpn_id,period,amount,name\n1200001,2015-04,650.00,Caf\u00e9\n"
    (three_closed.folder / "paid.csv").write_bytes(lines.encode("cp1252"))
    assert three_closed.dpor("reconcile", "--period", "2015-04", *named) == 2
    assert "save the file as `CSV UTF-8`" in three_closed.complained


def test_seats_of_every_status_are_counted(three_closed: Books) -> None:
    three_closed.does("reconcile", "--period", "2015-02")
    assert "5 PAYABLE" in three_closed.said
    assert "70 INELIGIBLE" in three_closed.said


@pytest.mark.parametrize(
    ("lie", "total"),
    [
        ("update intake_log set rows_read = rows_read + 1 where delivery = '2015-04'", "rows read"),
        ("update statements set earned = earned + 1 where statement_period = '2015-04'", "earned = payable"),
        ("update statements set payment = payment + 0.01 where statement_period = '2015-04'", "opening + current"),
        ("update statement_lines set amount = amount - 1 where kind = 'ADJUSTMENT'", "the batch of lines"),
        ("delete from por_spans where subscription_id = 'e3'", "seats counted"),
    ],
)
def test_a_total_that_does_not_hold_is_marked(closed: Books, lie: str, total: str) -> None:
    with duckdb.connect(str(closed.database)) as con:
        con.execute(lie)
    assert closed.dpor("reconcile", "--period", "2015-04") == 5
    assert [line for line in closed.said.splitlines() if line.startswith("✗") and total in line] != []
    assert "differences were found" in closed.complained


def test_what_was_paid_as_it_was_due_is_matched(three_closed: Books) -> None:
    three_closed.does("reconcile", "--period", "2015-04", *paid(three_closed, "1200001,2015-04,650.00"))
    assert "✓ matched: 1 payment, 650.00\n  in all: 650.00 due, 650.00 paid, difference 0.00\n" in three_closed.said


def test_one_partner_paid_in_parts_is_matched(three_closed: Books) -> None:
    parts = paid(three_closed, "1200001,2015-04,600.00", "1200001,2015-04,50", "1100001,2015-02,600.00")
    three_closed.does("reconcile", "--period", "2015-04", *parts)
    assert "1 payment of other periods left out" in three_closed.said
    assert "none of the file's payments" not in three_closed.said


def test_the_file_of_another_period_is_called_that(three_closed: Books) -> None:
    others = paid(three_closed, "1100001,2015-03,600.00", "1100001,2015-02,600.00")
    assert three_closed.dpor("reconcile", "--period", "2015-04", *others) == 5
    assert "none of the file's payments is for 2015-04: they are for 2015-02, 2015-03" in three_closed.said


@pytest.mark.parametrize(
    ("lines", "finding"),
    [
        ([], "✗ not paid: 1200001, statement 650.00, paid nothing"),
        (["1200001,2015-03,650.00"], "✗ not paid: 1200001, statement 650.00, paid nothing"),
        (["1200001,2015-04,650.01"], "✗ different amount: 1200001, statement 650.00, paid 650.01"),
        (
            ["1200001,2015-04,650", "1200001,2015-04,650"],
            "✗ different amount: 1200001, statement 650.00, paid 1,300.00",
        ),
        (["1200001,2015-04,650", "1100001,2015-04,150"], "✗ different amount: 1100001, statement 0.00, paid 150.00"),
        (
            ["1200001,2015-04,650", "7000001,2015-04,1"],
            "✗ paid without a statement: 7000001, statement nothing, paid 1.00",
        ),
    ],
)
def test_what_was_paid_otherwise_is_a_difference(three_closed: Books, lines: list[str], finding: str) -> None:
    assert three_closed.dpor("reconcile", "--period", "2015-04", *paid(three_closed, *lines)) == 5
    assert finding in three_closed.said.splitlines()


@pytest.mark.parametrize(
    ("lines", "in_all"),
    [
        ([], "650.00 due, 0.00 paid, difference -650.00"),
        (["1200001,2015-04,650", "7000001,2015-04,1200"], "650.00 due, 1,850.00 paid, difference 1,200.00"),
        (["1200001,2015-04,649.99", "1200001,2015-03,1"], "650.00 due, 649.99 paid, difference -0.01"),
    ],
)
def test_what_was_due_and_what_was_paid_are_told_in_all(three_closed: Books, lines: list[str], in_all: str) -> None:
    assert three_closed.dpor("reconcile", "--period", "2015-04", *paid(three_closed, *lines)) == 5
    assert f"  in all: {in_all}" in three_closed.said.splitlines()


@pytest.mark.parametrize(
    ("line", "at_fault"),
    [
        ("120001,2015-04,650.00", "mpn_id 120001"),
        ("1200001,2015-04,-650.00", "amount -650.00"),
        ("1200001,2015-04,650.001", "amount 650.001"),
        ("1200001,2015-04,1e3", "amount 1e3"),
        ("1200001,2015-04,", "amount (empty)"),
        (",2015-04,650.00", "mpn_id (empty)"),
        ("1200001,,650.00", "period (empty)"),
        ("1200001,2015-04", "2 fields instead of 3"),
        ("1200001,2015-04,650.00,more", "4 fields instead of 3"),
        ("1200001,2015-4,650.00", "period 2015-4"),
        ("1200001,April 2015,0", "period April 2015"),
        ("Fabrikam,April 2015,", "mpn_id Fabrikam, period April 2015, amount (empty)"),
    ],
)
def test_a_payment_that_cant_be_read_is_named_by_its_row_and_columns(
    three_closed: Books, line: str, at_fault: str
) -> None:
    payments = paid(three_closed, "1200001,2015-04,650.00", line)
    assert three_closed.dpor("reconcile", "--period", "2015-04", *payments) == 2, three_closed.said
    assert f"paid.csv row 3: can't be read: {at_fault}\n" in three_closed.complained
    assert "a period is written as 2015-03" in three_closed.complained
    assert "Traceback" not in three_closed.complained


@pytest.mark.parametrize("content", ["", "mpn_id,period\n", "mpn_id;period;amount\n1200001;2015-04;650\n", "\0"])
def test_a_file_that_is_none_of_payments_is_refused(three_closed: Books, tmp_path: Path, content: str) -> None:
    path = tmp_path / "paid.csv"
    path.write_text(content, encoding="utf-8")
    assert three_closed.dpor("reconcile", "--period", "2015-04", "--payments", str(path)) == 2
    assert "paid.csv" in three_closed.complained
    assert "Traceback" not in three_closed.complained


def test_a_parquet_file_that_would_end_the_program_is_named(three_closed: Books, tmp_path: Path) -> None:
    path = tmp_path / "paid.parquet"
    pl.DataFrame({name: [f"{row}" for row in range(25)] for name in ("mpn_id", "period", "amount")}).write_parquet(path)
    # A page's header says, zigzag, how many values the page has: 51 is 26 less than none, which ends Polars.
    path.write_bytes(path.read_bytes().replace(b"\x2c\x15\x32\x15", b"\x2c\x15\x33\x15"))
    assert three_closed.dpor("reconcile", "--period", "2015-05", "--payments", str(path)) == 2
    assert "paid.parquet: is broken (it would end the program that reads it)" in three_closed.complained


def test_what_isnt_there_is_unusable(three_closed: Books) -> None:
    assert three_closed.dpor("reconcile", "--period", "2015-09") == 2
    assert "2015-02 to 2015-05" in three_closed.complained
    assert three_closed.dpor("reconcile", "--period", "2015-04", "--payments", "nowhere.csv") == 2


def test_a_month_that_was_run_reconciles_even_without_a_statement(books: Books) -> None:
    books.deliver("2015-02", partners="mpn_id\n L")
    books.does("run")
    books.does("reconcile", "--period", "2015-02")
    assert books.said.count("✓") == 5
    assert books.dpor("reconcile", "--period", "2015-03") == 2
