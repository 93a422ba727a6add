"""Statements as workbooks and PDFs: the cents of the database, the same bytes each time, and only what was asked."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import openpyxl
import pypdf
import pytest
from ledger.bench import OF_A_FORM, Books, deliver_four_months

from flows.dpor import exit_code
from transforms.statements import documents

pytestmark = pytest.mark.slow

SAMPLE = Path(__file__).resolve().parents[2] / "data/sample"
COLUMNS = ("earned", "cap_reduction", "adjustments", "opening_balance", "closing_balance", "payment")


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Books:
    books = Books(tmp_path_factory.mktemp("documents"))
    assert draft(books) == 0
    return books


def draft(books: Books, *more: str) -> int:
    return exit_code(["run", *place(books), "--formats", "csv,xlsx,pdf", *more])


def place(books: Books) -> list[str]:
    return ["--deliveries", str(SAMPLE), "--db", str(books.database), "--out", str(books.statements)]


def formulas_of(path: Path) -> dict[str, str]:
    sheet = openpyxl.load_workbook(path)["Incentive Details"]
    return {str(header.value): str(cell.value) for header, cell in zip(sheet[1], sheet[2], strict=True)}


def summed(path: Path, formula: str) -> Decimal:
    """What a sum of the lines comes to, worked out from the cells as a spreadsheet would."""
    book, total = openpyxl.load_workbook(path), Decimal(0)
    for inner in re.findall(r"SUMIFS\((.*?)\)", formula):
        column, *pairs = inner.split(",")
        kept = [re.match(r"'(.+)'!\$(.)\$2:\$.\$(\d+)", place) for place in (column, *pairs[::2])]
        sheet = book[kept[0][1]]  # type: ignore[index]
        values = [[cell.value for cell in sheet[found[2]][1 : int(found[3])]] for found in kept]  # type: ignore[index]
        wanted = [text.strip('"') for text in pairs[1::2]]
        rows = zip(*values, strict=True)
        total += sum((Decimal(str(row[0])) for row in rows if list(row[1:]) == wanted), Decimal(0))
    return -total if formula.startswith("=0-") else total


def statements(books: Books) -> Iterator[tuple[str, dict[str, Decimal]]]:
    for mpn_id, *amounts in books.rows(f"select mpn_id, {', '.join(COLUMNS)} from statements order by 1"):
        yield mpn_id, dict(zip(COLUMNS, amounts, strict=True))


def test_the_live_sums_of_every_workbook_come_to_the_database_to_the_cent(sample: Books) -> None:
    seen = set()
    for mpn_id, amounts in statements(sample):
        path = sample.statements / f"2015-06/{mpn_id}.xlsx"
        formulas = formulas_of(path)
        parts = [summed(path, formulas[name]) for name in ("Deploy", "Manage", "Accelerator")]
        come_to = {
            "earned": sum(parts, Decimal(0)),
            "cap_reduction": summed(path, formulas["Cap Reduction"]),
            "adjustments": summed(path, formulas["Adjustments"]),
            "opening_balance": summed(path, formulas["Opening Balance"]),
            "closing_balance": summed(path, formulas["Carried Forward"]),
        }
        assert come_to | {"payment": amounts["payment"]} == amounts
        assert formulas["Total Incentives Earned"] == "=SUM(E2:G2)"
        assert formulas["Incentives Paid"] == "=ROUND(H2-I2+J2+K2-L2,2)"
        seen |= {name for name, amount in amounts.items() if amount}
    assert {"earned", "cap_reduction", "adjustments", "payment"} <= seen


def test_the_values_kept_beside_the_formulas_are_the_databases(sample: Books) -> None:
    headers = dict(zip(COLUMNS, ("Total Incentives Earned", "Cap Reduction", "Adjustments"), strict=False))
    headers |= {
        "opening_balance": "Opening Balance",
        "closing_balance": "Carried Forward",
        "payment": "Incentives Paid",
    }
    for mpn_id, amounts in statements(sample):
        sheet = openpyxl.load_workbook(sample.statements / f"2015-06/{mpn_id}.xlsx", data_only=True)[
            "Incentive Details"
        ]
        shown = {header.value: cell.value for header, cell in zip(sheet[1], sheet[2], strict=True)}
        assert {name: Decimal(str(shown[header])) for name, header in headers.items()} == amounts
        assert not [header for header in headers.values() if isinstance(shown[header], str)]
        assert shown["Partner MPN ID"] == mpn_id


def test_ids_are_text_numbers_are_numbers_and_headers_stay_in_sight(sample: Books) -> None:
    book = openpyxl.load_workbook(sample.statements / "2015-06/0045678.xlsx")
    assert book["Incentive Details"]["B2"].value == "0045678"
    assert book.sheetnames == ["Incentive Details", "Line Items", "Not Paid", "Max Caps"]
    assert [book[name].freeze_panes for name in book.sheetnames] == ["A2"] * 4
    lines = openpyxl.load_workbook(sample.statements / "2015-06/1200001.xlsx")["Line Items"]
    assert {cell.data_type for cell in lines["E"]} == {"s"}
    assert {cell.data_type for column in "JKLMN" for cell in lines[column][1:]} == {"n"}


def test_a_partner_reads_what_is_missing_where_it_is_not_paid(sample: Books) -> None:
    told = {}
    for mpn_id, _ in statements(sample):
        book = openpyxl.load_workbook(sample.statements / f"2015-06/{mpn_id}.xlsx")
        for subscription, _, _, _, status, reason, missing, *_ in book["Not Paid"].iter_rows(
            min_row=2, values_only=True
        ):
            assert missing
            told[mpn_id, subscription] = (status, reason)
    nobody = sample.rows(
        "select subscription_id, status, reason from por_resolution where period = '2015-06' and mpn_id is not null"
        " and status <> 'PAYABLE'"
    )
    assert nobody
    assert {(key[1], *value) for key, value in told.items()} >= set(nobody)
    assert ("UNASSIGNED", "osa_superseded_by_dpor") in told.values()
    assert "PAYABLE" not in {status for status, _ in told.values()}
    assert told["1100001", "contoso-e1"] == ("UNASSIGNED", "osa_superseded_by_dpor")


def test_the_caps_of_a_statement_are_used_by_what_it_was_paid(sample: Books) -> None:
    sheet = openpyxl.load_workbook(sample.statements / "2015-06/1200001.xlsx")["Max Caps"]
    rows = list(sheet.iter_rows(min_row=2, values_only=True))
    assert rows
    for _, _, _, cap, used, left, _ in rows:
        assert Decimal(str(used)) + Decimal(str(left)) == Decimal(str(cap))
        assert left >= 0


def test_the_pdf_says_the_payment_and_every_line(sample: Books) -> None:
    pages = [page.extract_text() for page in pypdf.PdfReader(sample.statements / "2015-06/1200001.pdf").pages]
    ((payment,),) = sample.rows("select payment from statements where mpn_id = '1200001'")
    assert f"{payment:,.2f}" in pages[0]
    assert "Incentives paid" in pages[0]
    assert "Less than 200.00 is not paid but carried forward." in pages[0]
    lines = " ".join(pages[1:])
    subscriptions = sample.rows("select distinct subscription_id from statement_lines where mpn_id = '1200001'")
    assert all(subscription[:8] in lines for (subscription,) in subscriptions)


def test_the_same_bytes_again_also_from_several_processes(
    sample: Books, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(documents, "PARTNERS_A_BATCH", 3)
    again = Books(tmp_path)
    assert draft(again) == 0
    one, other = sample.statements / "2015-06", again.statements / "2015-06"
    files = sorted(path.name for path in one.glob("*.*"))
    assert len([name for name in files if name.endswith((".xlsx", ".pdf"))]) == 22
    for name in files:
        assert (other / name).read_bytes() == (one / name).read_bytes(), name


def kinds(books: Books, period: str) -> set[str]:
    return {path.suffix for path in (books.statements / period).glob("1100001.*")}


def test_only_the_formats_asked_for_are_there_and_a_closing_keeps_those_of_its_draft(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    books = Books(tmp_path)
    assert draft(books, "--period", "2014-10") == 0
    assert kinds(books, "2014-10") == {".csv", ".xlsx", ".pdf"}
    assert exit_code(["run", "--period", "2014-10", "--formats", "pdf", *place(books)]) == 0
    assert kinds(books, "2014-10") == {".pdf"}
    assert exit_code(["close", "--period", "2014-10", *place(books)]) == 0
    assert kinds(books, "2014-10") == {".pdf"}
    (books.statements / "2014-10/1100001.pdf").unlink()
    assert exit_code(["status", *place(books)[:4]]) == 0
    assert kinds(books, "2014-10") == {".pdf"}
    assert exit_code(["run", "--through", "2014-10", "--close", "--formats", "csv,xlsx", *place(books)]) == 0
    assert kinds(books, "2014-10") == {".csv", ".xlsx"}
    assert exit_code(["run", "--formats", "csv,docx", *place(books)]) == 2
    assert "name any of csv, xlsx, pdf" in capsys.readouterr().err


def test_formulas_and_markup_in_names_stay_text(tmp_path: Path) -> None:
    books = Books(tmp_path)
    books.deliver(
        "2015-02",
        partners="""mpn_id partner_name\n L =HYPERLINK("x")""",
        customers="""customer_id organization_name\n c #let($x$)*_`@<script>""",
        subscriptions="subscription_id customer_id\n s c",
        osa_forms="form_id customer_id mpn_id\n f c L",
        assigned_seats="subscription_id snapshot_date assigned_seats\n s 2015-02-28 1000",
        rates="amount_per_seat\n 0.5",
    )
    books.does("run", "--period", "2015-02", "--formats", "xlsx,pdf")
    book = openpyxl.load_workbook(books.statements / "2015-02/1100001.xlsx")
    assert book["Incentive Details"]["A2"].value == '\'=HYPERLINK("x")'
    assert book["Line Items"]["C2"].value == "#let($x$)*_`@<script>"
    pages = pypdf.PdfReader(books.statements / "2015-02/1100001.pdf").pages
    text = "".join("".join(page.extract_text() for page in pages).split())
    assert '=HYPERLINK("x")' in text
    assert "#let($x$)*_`@<script>" in text


def lefts(page: pypdf.PageObject, letters: str) -> list[float]:
    """How far from the left each piece of text begins that has these letters only."""
    found: list[tuple[float, str]] = []
    page.extract_text(
        visitor_text=lambda text, moved, at, *_: found.append((moved[4] + at[4], text.strip("\u200b \n")))
    )
    return [left for left, text in found if text and set(text) <= set(letters)]


def test_what_has_no_place_to_break_the_line_at_stays_in_its_column_of_a_pdf(tmp_path: Path) -> None:
    books = Books(tmp_path)
    wide = "W" * 64
    books.deliver(
        "2015-02",
        partners="mpn_id partner_name\n L " + "N" * 300,
        customers="customer_id\n c",
        subscriptions=f"subscription_id customer_id\n {wide} c",
        osa_forms="form_id customer_id mpn_id\n f c L",
        assigned_seats=f"subscription_id snapshot_date assigned_seats\n {wide} 2015-02-28 1000",
        rates="amount_per_seat\n 0.5",
    )
    books.does("run", "--period", "2015-02", "--formats", "pdf")
    first, lines = pypdf.PdfReader(books.statements / "2015-02/1100001.pdf").pages
    letters = lefts(lines, "W")
    attached = min(left for left in lefts(lines, "0123456789-") if left > min(letters))
    assert max(letters) + (letters[1] - letters[0]) < attached
    in_lines = [line.partition(" · ")[0].count("N") for line in first.extract_text().splitlines() if "N\u200bN" in line]
    assert len(in_lines) > 2
    assert sum(in_lines) == 300


def test_of_a_text_that_fills_pages_a_pdf_prints_the_beginning(tmp_path: Path) -> None:
    books = Books(tmp_path)
    books.deliver(
        "2015-02",
        partners="mpn_id partner_name\n L " + "N" * 100_000,
        customers="customer_id organization_name\n c " + "W" * 100_000,
        subscriptions="subscription_id customer_id\n s c",
        osa_forms="form_id customer_id mpn_id\n f c L",
        assigned_seats="subscription_id snapshot_date assigned_seats\n s 2015-02-28 1000",
        rates="amount_per_seat\n 0.5",
    )
    books.does("run", "--period", "2015-02", "--formats", "csv,pdf")
    said = "".join(page.extract_text() for page in pypdf.PdfReader(books.statements / "2015-02/1100001.pdf").pages)
    assert [1000 <= said.count(letter) < 1100 for letter in "NW"] == [True, True]
    assert "W" * 100_000 in (books.statements / "2015-02/1100001.csv").read_text(encoding="utf-8")


def test_a_line_break_in_a_name_stays_within_its_cell_and_its_partners_file(tmp_path: Path) -> None:
    books = Books(tmp_path)
    books.deliver(
        "2015-02",
        partners="mpn_id\n L\n R",
        customers="customer_id organization_name\n c One\n d Two|Lines\n e Three",
        subscriptions="subscription_id customer_id\n s c\n t d\n u e",
        osa_forms="form_id customer_id mpn_id\n f c L\n g d L\n h e R",
        assigned_seats="""
            subscription_id  snapshot_date  assigned_seats
            s                2015-02-28     1
            t                2015-02-28     2
            u                2015-02-28     3
        """,
        rates="amount_per_seat\n 1",
    )
    customers = books.deliveries / "2015-02" / "customers.csv"
    customers.write_text(customers.read_text().replace("Two|Lines", '"Two\nLines"'), encoding="utf-8")
    books.does("run", "--period", "2015-02")
    found = {}
    for partner in ("1100001", "1200001"):
        with (books.statements / "2015-02" / f"{partner}.csv").open(encoding="utf-8", newline="") as file:
            found[partner] = [(row["Customer Name"], row["Paid"]) for row in csv.DictReader(file)]
    assert found == {
        "1100001": [("One", "1.00"), ("Two\nLines", "2.00"), ("", "-3.00")],
        "1200001": [("Three", "3.00"), ("", "-3.00")],
    }


def test_an_incentive_that_the_policy_lists_no_more_is_taken_back_in_every_format(tmp_path: Path) -> None:
    """March's workbook, brought back, has the column of then."""
    books = Books(tmp_path)
    two = "incentive amount_per_seat\n DEPLOY 1.00\n MANAGE 0.50"
    books.deliver("2015-03", **OF_A_FORM, rates=two)
    books.does("run", "--through", "2015-03", "--close", "--formats", "csv,xlsx,pdf")
    (books.deliveries / "policy.toml").write_text('[program]\nincentives = ["DEPLOY"]\n', encoding="utf-8")
    books.deliver("2015-04", assigned_seats="subscription_id snapshot_date assigned_seats\n sub 2015-04-30 1000")
    (books.statements / "2015-03" / "1100001.xlsx").unlink()
    books.does("run", "--period", "2015-04", "--formats", "csv,xlsx,pdf")
    march, april = (books.statements / period / "1100001.xlsx" for period in ("2015-03", "2015-04"))
    then, now = formulas_of(march), formulas_of(april)
    assert [summed(march, then[name]) for name in ("Deploy", "Manage")] == [Decimal("1000.00"), Decimal("500.00")]
    assert "Manage" not in now
    assert [summed(april, now[name]) for name in ("Deploy", "Adjustments")] == [Decimal("1000.00"), Decimal("-500.00")]
    assert "Manage" not in text_of(april.with_suffix(".pdf"))[0].partition("Line items")[0]


def test_what_is_long_follows_the_lines_and_says_where_all_of_it_is(tmp_path: Path) -> None:
    books = Books(tmp_path)
    names = [f"s{number:04}" for number in range(1_001)]
    seats = "".join(f"\n {name} 2015-03-31 1000" for name in names)
    books.deliver(
        "2015-03",
        **{
            **OF_A_FORM,
            "subscriptions": "subscription_id customer_id" + "".join(f"\n {name} cust" for name in names),
            "assigned_seats": f"subscription_id snapshot_date assigned_seats{seats}",
        },
        rates="amount_per_seat\n 1.00",
        caps="scope amount\n SUBSCRIPTION 10",
    )
    books.does("run", "--formats", "pdf")
    first, second, *_, last = text_of(books.statements / "2015-03" / "1100001.pdf")
    assert "After the line items: max caps" in first
    assert "The first 1,000 of 1,001 rows (line items); the workbook and the CSV have all." in first
    assert "The first 1,000 of 1,001 rows (caps); the workbook has all." in first
    assert second.startswith("Line items")
    assert "s0999" in last
    assert "Max Cap" in last


def text_of(path: Path) -> list[str]:
    """The text of each page."""
    return [page.extract_text() for page in pypdf.PdfReader(path).pages]


def test_a_debt_is_one_in_the_pdf_too(books: Books) -> None:
    deliver_four_months(books)
    books.does("run", "--through", "2015-04", "--close", "--formats", "pdf")
    owes, is_owed = (text_of(books.statements / period / "1100001.pdf")[0] for period in ("2015-03", "2015-04"))
    assert "Less carried forward 250.00" in owes
    assert "\N{MINUS SIGN}250.00 is carried forward, to be set off against what the next statements pay." in owes
    assert "Less carried forward \N{MINUS SIGN}150.00" in is_owed
    assert "150.00 is carried forward to the next statement." in is_owed


def test_a_workbook_prints_each_sheet_on_pages_of_its_width(sample: Books) -> None:
    for sheet in openpyxl.load_workbook(sample.statements / "2015-06" / "1300002.xlsx"):
        assert sheet.page_setup.orientation == "landscape"
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert sheet.page_setup.fitToHeight == 0  # as many pages as it needs; one wide is what it is without a number
        assert sheet.print_title_rows == "$1:$1"
