"""`dpor export`: a closed period's payments for finance; and `dpor reconcile` of that file once it is filled in."""

from __future__ import annotations

import csv
import io
import os
import re
import shutil
from pathlib import Path

import pytest
from ledger.bench import Books

from flows.dpor import exit_code

HEADER = (
    "participantID,participantIDType,participantName,programName,earned,earnedUSD,withheldTax,salesTax,serviceFeeTax,"
    "totalPayment,currencyCode,paymentMethod,paymentID,paymentStatus,paymentStatusDescription,paymentDate"
)
FEBRUARY = ("--period", "2015-02")
Row = dict[str, str]
pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def somewhere_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.fixture(scope="module")
def paid(tmp_path_factory: pytest.TempPathFactory) -> Books:
    """February pays 600.00 to L and 700.00 to C, whose MPN ID begins with a zero; R is below the minimum."""
    books = Books(tmp_path_factory.mktemp("paid"))
    books.deliver(
        "2015-02",
        partners="mpn_id partner_name\n L =1+1\n R Relecloud\n C Coho",
        customers="customer_id\n contoso\n tailspin\n fabrikam",
        subscriptions="subscription_id customer_id\n e1 contoso\n t1 tailspin\n f1 fabrikam",
        rates="amount_per_seat\n 10.00",
        osa_forms="form_id customer_id mpn_id\n f-l contoso L\n f-c tailspin C\n f-r fabrikam R",
        assigned_seats="""
            subscription_id  snapshot_date  assigned_seats
            e1               2015-02-28     60
            t1               2015-02-28     70
            f1               2015-02-28     1
        """,
    )
    books.does("run", "--through", "2015-02", "--close")
    books.deliver("2015-03", partners="mpn_id partner_name\n L Renamed")
    books.does("run")
    return books


def filled(books: Books, **changes: str) -> list[Row]:
    """The rows of the export as finance fills them in: sent, and nothing withheld."""
    if not Path("payments-2015-02.csv").exists():
        books.does("export", *FEBRUARY)
    with Path("payments-2015-02.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    done = {"paymentMethod": "EFT", "paymentStatus": "Sent", "paymentDate": "2015-03-20", **changes}
    return [{**row, **done} for row in rows]


def taken_back(books: Books, rows: list[Row], name: str = "filled.csv") -> int:
    out = io.StringIO()
    writer = csv.DictWriter(out, HEADER.split(","))
    writer.writeheader()
    writer.writerows(rows)
    Path(name).write_text(out.getvalue(), encoding="utf-8")
    return books.dpor("reconcile", *FEBRUARY, "--payments", name)


def findings(books: Books) -> list[str]:
    _, _, found = books.said.partition("\n\n")
    return [line for line in found.splitlines() if line.startswith("✗")]


def test_the_export_has_partner_centers_columns_and_a_row_a_payment(paid: Books) -> None:
    paid.does("export", *FEBRUARY, "--out", "to/pay.csv")
    assert "2 payments of 2015-02 in to/pay.csv, 1,300.00 USD" in paid.said
    assert Path("to/pay.csv").read_text(encoding="utf-8").splitlines() == [
        HEADER,
        "0300001,MPNID,Coho,Online Services Advisor Deploy,700.00,700.00,0.00,0.00,0.00,700.00,USD,,"
        "DPOR-2015-02-0300001,Unprocessed,,",
        "1100001,MPNID,'=1+1,Online Services Advisor Deploy,600.00,600.00,0.00,0.00,0.00,600.00,USD,,"
        "DPOR-2015-02-1100001,Unprocessed,,",
    ]
    assert list(Path("to").iterdir()) == [Path("to/pay.csv")]


def test_an_open_period_is_not_exported(paid: Books) -> None:
    paid.refuses("export", "--period", "2015-03", because=["2015-03: not closed", "`dpor close --period 2015-03 --db"])
    assert paid.dpor("export", "--period", "2015-3") == 2
    assert list(Path().glob("*.csv")) == []


def test_an_export_is_the_same_again_and_never_takes_the_place_of_a_filled_one(paid: Books) -> None:
    paid.does("export", *FEBRUARY)
    path = Path("payments-2015-02.csv")
    before = path.read_bytes()
    paid.does("export", *FEBRUARY)
    assert path.read_bytes() == before
    path.write_bytes(before.replace(b"Unprocessed", b"Sent"))
    paid.refuses("export", *FEBRUARY, because=["payments-2015-02.csv: already exists", "--out"])
    assert path.read_bytes() == before.replace(b"Unprocessed", b"Sent")


def test_two_exports_at_once_write_the_same_whole_file(paid: Books, monkeypatch: pytest.MonkeyPatch) -> None:
    paid.does("export", *FEBRUARY, "--out", "alone.csv")
    replace = Path.replace

    def overtaken(aside: Path, path: Path) -> Path:
        monkeypatch.setattr(Path, "replace", replace)
        paid.does("export", *FEBRUARY)
        return replace(aside, path)

    monkeypatch.setattr(Path, "replace", overtaken)
    paid.does("export", *FEBRUARY)
    assert Path("payments-2015-02.csv").read_bytes() == Path("alone.csv").read_bytes()
    assert sorted(path.name for path in Path().iterdir() if path.is_file()) == ["alone.csv", "payments-2015-02.csv"]
    assert list(Path().glob(".payments*")) == []


@pytest.mark.parametrize("name", ["pay.xlsx", "pay.PDF", "pay.csv.gz"])
def test_an_export_is_called_by_nothing_but_a_csv(paid: Books, name: str) -> None:
    assert paid.dpor("export", *FEBRUARY, "--out", name) == 2
    assert f"--out {name}: what is written is a CSV" in paid.complained
    assert not Path(name).exists()


def test_an_export_goes_into_no_pipe(paid: Books) -> None:
    os.mkfifo("pipe")
    assert paid.dpor("export", *FEBRUARY, "--out", "pipe") == 2
    assert "--out pipe: not a file, but a pipe or a device" in paid.complained


def test_an_export_goes_into_no_folder_and_not_into_the_store(paid: Books) -> None:
    for out in (paid.folder, paid.store / "x.csv", paid.store / "closed" / "2015-02" / "x.csv"):
        assert paid.dpor("export", *FEBRUARY, "--out", str(out)) == 2
    paid.does("verify")


def test_another_currency_has_no_amount_in_dollars(tmp_path: Path, paid: Books) -> None:
    books = Books(tmp_path / "euros")
    paid.copied(books.folder)
    of_euros = [books.store.with_suffix(f".{name}") for name in ("published.json", "journal.jsonl")]
    for left in (books.database, *of_euros):
        left.unlink()
    shutil.rmtree(books.store)
    shutil.rmtree(books.statements)
    (books.deliveries / "policy.toml").write_text('[payment]\ncurrency = "EUR"\n', encoding="utf-8")
    books.does("run", "--through", "2015-02", "--close")
    books.does("export", *FEBRUARY)
    rows = filled(books)
    assert [(row["earned"], row["earnedUSD"], row["currencyCode"]) for row in rows] == [
        ("700.00", "", "EUR"), ("600.00", "", "EUR"),
    ]  # fmt: skip
    assert taken_back(books, rows) == 0, books.said
    assert taken_back(books, [{**row, "currencyCode": "USD"} for row in rows]) == 5


def test_the_export_as_it_is_says_that_nothing_is_paid(paid: Books) -> None:
    paid.does("export", *FEBRUARY)
    assert paid.dpor("reconcile", *FEBRUARY, "--payments", "payments-2015-02.csv") == 5
    assert findings(paid) == [
        "✗ not paid: 0300001, 700.00 due; status Unprocessed, row 2",
        "✗ not paid: 1100001, 600.00 due; status Unprocessed, row 3",
    ]


def test_who_writes_another_status_is_told_which_ones_count_as_paid(paid: Books) -> None:
    counts = "  a payment counts as paid if its paymentStatus is Sent, Paid, Processed or Completed\n"
    first, second = filled(paid)
    assert taken_back(paid, [first, {**second, "paymentStatus": "Bezahlt"}]) == 5
    assert counts in f"{paid.said}\n"
    assert taken_back(paid, [first]) == 5
    assert counts not in f"{paid.said}\n"  # the other isn't in the file at all
    for status in ("Sent", "Paid", "Processed", "Completed"):
        assert taken_back(paid, [first, {**second, "paymentStatus": status}]) == 0


def test_all_sent_is_matched(paid: Books) -> None:
    assert taken_back(paid, filled(paid)) == 0, paid.said
    assert (
        "✓ matched: 2 payments, 1,300.00 USD: 0.00 withheld, 0.00 service fee, 0.00 sales tax added, 1,300.00 paid out"
        in paid.said
    )
    assert "  in all: 1,300.00 USD due, 1,300.00 USD paid, difference 0.00, before tax and fees" in paid.said


def test_what_was_due_and_what_the_file_pays_are_told_in_all(paid: Books) -> None:
    first, second = filled(paid)
    stranger = {**first, "participantID": "7000001", "paymentID": "4712", "earned": "1000", "totalPayment": "1000"}
    failed = {**second, "paymentStatus": "Failed"}
    euros = {**first, "currencyCode": "EUR"}
    for rows, in_all in (
        ([first, second, stranger], "2,300.00 USD paid, difference 1,000.00"),
        ([first, second, first], "2,000.00 USD paid, difference 700.00"),
        ([first, failed], "700.00 USD paid, difference -600.00"),
        ([{**first, "earned": "700.01"}, second], "1,300.01 USD paid, difference 0.01"),
        ([euros, second], "600.00 USD paid, difference -700.00"),
        ([], "0.00 USD paid, difference -1,300.00"),
    ):
        assert taken_back(paid, rows) == 5
        assert f"  in all: 1,300.00 USD due, {in_all}, before tax and fees\n" in paid.said
        assert ("1 payment in another currency left out of these totals" in paid.said) == (euros in rows)


def test_taxes_explain_a_total(paid: Books) -> None:
    rows = filled(paid)
    rows[0] |= {"withheldTax": "70", "salesTax": "133.00", "serviceFeeTax": "0.50", "totalPayment": "762.5"}
    assert taken_back(paid, rows) == 0, paid.said
    assert "70.00 withheld, 0.50 service fee, 133.00 sales tax added, 1,362.50 paid out" in paid.said


@pytest.mark.parametrize(
    ("changes", "finding", "told"),
    [
        ({"paymentStatus": "Failed"}, "not paid", "status Failed"),
        ({"paymentStatus": "In progress"}, "not paid", "status In progress"),
        ({"paymentStatus": ""}, "not paid", "status empty"),
        ({"paymentStatus": "x\n✓ all paid"}, "not paid", "status x ✓ all paid"),
        ({"earned": "700.01"}, "different amount", "earned 700.01"),
        ({"earned": "30267.35"}, "different amount", "earned 30,267.35"),
        ({"totalPayment": "699.99"}, "different total", "total 699.99, but its parts come to 700.00"),
        ({"withheldTax": "1"}, "different total", "total 700.00, but its parts come to 699.00"),
        ({"currencyCode": "EUR"}, "another currency", "paid in EUR"),
        ({"participantID": "1200001"}, "another participant", "paid to MPNID 1200001"),
        ({"participantIDType": "SellerID"}, "another participant", "paid to SellerID 0300001"),
    ],
)  # fmt: skip
def test_each_difference_is_a_line(paid: Books, changes: Row, finding: str, told: str) -> None:
    rows = filled(paid)
    rows[0] |= changes
    assert taken_back(paid, rows) == 5
    assert findings(paid) == [f"✗ {finding}: 0300001, 700.00 due; {told}, row 2"]
    assert "✓ matched: 1 payment, 600.00 USD" in paid.said


def test_what_is_missing_stands_twice_or_was_never_exported_is_found(paid: Books) -> None:
    first, second = filled(paid)
    assert taken_back(paid, [second]) == 5
    assert findings(paid) == ["✗ not paid: 0300001, 700.00 due; not in the file"]
    assert taken_back(paid, [first, second, first]) == 5
    assert findings(paid) == [
        "✗ the same payment again: 0300001, 700.00 due; DPOR-2015-02-0300001, 700.00 USD, status Sent, row 4"
    ]
    assert taken_back(paid, [first, second, {**first, "paymentID": "4711"}]) == 5
    assert findings(paid) == ["✗ another paymentID: 0300001, 700.00 due; 4711, 700.00 USD, row 4"]
    stranger = {**first, "participantID": "7000001", "paymentID": "4712", "earned": "5", "totalPayment": "5"}
    assert taken_back(paid, [first, second, stranger]) == 5
    assert findings(paid) == ["✗ paid without a statement: 7000001, no payment due; 4712, 5.00 USD, row 4"]
    assert taken_back(paid, []) == 5
    assert len(findings(paid)) == 2


def test_the_last_row_of_a_payment_says_whether_it_is_paid(paid: Books) -> None:
    first, second = filled(paid)
    failed, came_back = {**first, "paymentStatus": "Failed "}, {**first, "paymentStatus": "Returned"}
    sent = {**first, "paymentStatus": "Sent ", "paymentID": f"{first['paymentID']} "}
    assert taken_back(paid, [failed, second, sent]) == 0, paid.said
    assert "before tax and fees\n  1 row left out: a later row with the same paymentID says how it ended" in paid.said
    assert taken_back(paid, [sent, second, came_back]) == 5
    assert findings(paid) == ["✗ not paid: 0300001, 700.00 due; status Returned, row 4"]
    assert "✓ matched: 1 payment, 600.00 USD" in paid.said
    assert taken_back(paid, [sent, came_back, second, sent]) == 0, paid.said
    assert taken_back(paid, [failed, sent, sent, second]) == 5
    assert [line.partition(":")[0] for line in findings(paid)] == ["✗ the same payment again"]
    assert taken_back(paid, [sent, sent, came_back, second]) == 5
    assert [line.partition(":")[0] for line in findings(paid)] == ["✗ not paid", "✗ the same payment again"]


def test_two_partners_under_a_number_of_the_banks_are_two(paid: Books) -> None:
    rows = [{**row, "paymentID": "4711"} for row in filled(paid)]
    assert taken_back(paid, rows) == 5
    assert [line.partition(":")[0] for line in findings(paid)] == ["✗ another paymentID"] * 2 + ["✗ not paid"] * 2
    assert "left out" not in paid.said


def test_the_file_of_another_period_matches_nothing(paid: Books) -> None:
    rows = [{**row, "paymentID": row["paymentID"].replace("2015-02", "2015-01")} for row in filled(paid)]
    assert taken_back(paid, rows) == 5
    assert len(findings(paid)) == 4
    assert "no paymentID in the file is of 2015-02: is it another period's file?" in paid.said
    assert taken_back(paid, filled(paid)) == 0
    assert "another period's file" not in paid.said


def test_a_spreadsheet_may_have_taken_the_zeros_off_and_moved_the_columns(paid: Books) -> None:
    rows = filled(paid)
    rows[0] |= {"participantID": "300001", "earned": "700", "totalPayment": "700", "salesTax": "0"}
    path = Path("moved.csv")
    columns = sorted(rows[0])
    lines = [columns, *([row[column] for column in columns] for row in rows)]
    path.write_bytes(b"\xef\xbb\xbf" + "\r\n".join(",".join(line) for line in lines).encode() + b"\r\n")
    paid.does("reconcile", *FEBRUARY, "--payments", "moved.csv")


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"earned": "1e3"}, "earned 1e3"),
        ({"earned": "", "withheldTax": "-5"}, "earned (empty), withheldTax -5"),
        ({"totalPayment": "1,300.00"}, "totalPayment 1,300.00"),
        ({"participantID": "12345678"}, "participantID 12345678"),
        ({"paymentID": ""}, "paymentID (empty)"),
        ({"currencyCode": ""}, "currencyCode (empty)"),
        ({"salesTax": "0.001"}, "salesTax 0.001"),
    ],
)
def test_a_row_that_cant_be_read_is_named_with_its_columns(paid: Books, changes: Row, named: str) -> None:
    rows = filled(paid)
    rows[1] |= changes
    assert taken_back(paid, rows) == 2
    assert f"filled.csv row 3: can't be read: {named}\n" in paid.complained


def test_the_other_form_may_have_a_column_of_the_same_name(paid: Books) -> None:
    lines = ["paymentID,mpn_id,period,amount", "1,1100001,2015-02,600", "2,0300001,2015-02,700", ""]
    Path("paid.csv").write_text("\n".join(lines), encoding="utf-8")
    paid.does("reconcile", *FEBRUARY, "--payments", "paid.csv")


def test_a_column_that_is_gone_is_named(paid: Books) -> None:
    Path("short.csv").write_text(HEADER.replace("salesTax,", "") + "\n", encoding="utf-8")
    assert paid.dpor("reconcile", *FEBRUARY, "--payments", "short.csv") == 2
    assert "salesTax" in paid.complained


def test_closing_says_what_there_is_to_hand_out(
    tmp_path: Path, paid: Books, capsys: pytest.CaptureFixture[str]
) -> None:
    books = paid.copied(tmp_path / "books")
    books.does("close", "--period", "2015-03")
    assert "Messages    0 to partners  dpor notify --period 2015-03" in books.said
    assert "Payments    0 to make  dpor export --period 2015-03" in books.said
    books.does("export", "--period", "2015-03")
    assert Path("payments-2015-03.csv").read_text(encoding="utf-8") == HEADER + "\n"
    for command in ("export", "notify", "reconcile"):
        assert exit_code([command, "--help"]) == 0
        assert re.search(rf"Example[^:]*: dpor {command} --period", capsys.readouterr().out)
