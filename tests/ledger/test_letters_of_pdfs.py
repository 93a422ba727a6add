"""The letters of names in a PDF: the archive's form, boxes where no font has one, and what a name does beside it."""

from __future__ import annotations

import re
from pathlib import Path

import pypdf
import pytest
from ledger.bench import OF_A_FORM, Books

pytestmark = pytest.mark.slow


def said_of_the_archive(path: Path) -> dict[str, str]:
    """The part and the conformance of PDF/A that a file claims."""
    said = pypdf.PdfReader(path).xmp_metadata
    return dict(re.findall(r"<pdfaid:(\w+)>(\w)</pdfaid", said.rdf_root.toxml())) if said else {}


def test_a_pdf_is_one_for_the_archive_and_who_has_a_name_of_boxes_is_told(tmp_path: Path) -> None:
    books = Books(tmp_path)
    of_two = {
        "partners": "mpn_id partner_name\n L Łódź\n R ไทย",
        "osa_forms": "form_id customer_id mpn_id service\n form cust L O365\n crm cust R CRMOL",
        "subscriptions": "subscription_id customer_id service\n sub cust O365\n own cust CRMOL",
        "assigned_seats": f"{OF_A_FORM['assigned_seats']}\n own 2015-03-31 10",
    }
    books.deliver("2015-03", **OF_A_FORM | of_two, rates="service amount_per_seat\n O365 1.00\n CRMOL 1.00")
    books.does("run", "--formats", "pdf")
    assert "2 files; 1 PDF with boxes for letters that no font here has (1200001): name a folder" in books.complained
    folder = books.statements / "2015-03"
    assert said_of_the_archive(folder / "1100001.pdf") == {"part": "2", "conformance": "B"}
    assert said_of_the_archive(folder / "1200001.pdf") == {}
    assert pypdf.PdfReader(folder / "1100001.pdf").metadata["/CreationDate"] == "D:20150331000000Z"  # type: ignore[index]


@pytest.mark.parametrize(
    ("name", "region", "font"),
    [
        ("コンソリデーテッド直", "JAPAN", "NotoSansCJKjp"),
        ("直骨次", "APGC", "NotoSansCJKsc"),
        ("한국", "APGC", "NotoSansCJKsc"),
    ],
)
def test_names_of_east_asia_are_readable_each_in_the_letters_of_its_region(
    name: str, region: str, font: str, tmp_path: Path
) -> None:
    books = Books(tmp_path)
    partners = f"mpn_id partner_name region\n L {name} {region}"
    books.deliver("2015-03", **OF_A_FORM | {"partners": partners, "rates": "amount_per_seat\n 1.00"})
    books.does("run", "--formats", "pdf")
    assert "boxes" not in books.complained
    path = books.statements / "2015-03" / "1100001.pdf"
    assert said_of_the_archive(path) == {"part": "2", "conformance": "B"}
    (page, *_) = pypdf.PdfReader(path).pages
    assert name in page.extract_text()
    fonts = [page["/Resources"]["/Font"][key]["/BaseFont"] for key in page["/Resources"]["/Font"]]  # type: ignore[index]
    assert any(font in used for used in fonts), fonts


def test_a_name_turns_nothing_that_stands_beside_it(tmp_path: Path) -> None:
    books = Books(tmp_path)
    partners = "mpn_id partner_name\n L Litware\u202e"
    books.deliver("2015-03", **OF_A_FORM | {"partners": partners, "rates": "amount_per_seat\n 1.00"})
    books.does("run", "--formats", "pdf")
    first, *_ = pypdf.PdfReader(books.statements / "2015-03" / "1100001.pdf").pages
    assert "Litware · MPN ID 1100001" in first.extract_text()


def test_closed_pdfs_are_those_of_their_own_fonts(
    closed: Books, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fonts = tmp_path / "fonts"
    fonts.mkdir()
    (fonts / "own.txt").write_text("another folder of fonts")
    monkeypatch.setenv("DPOR_FONTS", str(fonts))
    closed.does("run", "--period", "2015-05", "--formats", "csv,pdf")
    closed.does("close", "--period", "2015-05")
    monkeypatch.delenv("DPOR_FONTS")
    lost = closed.statements / "2015-05" / "1100001.pdf"
    before = lost.read_bytes()
    lost.write_bytes(b"as if of other fonts")
    closed.does("verify")
    lost.unlink()
    assert closed.dpor("verify") == 5
    assert f"{lost}: missing" in closed.said
    closed.does("status")
    assert "its PDFs were made with other fonts: name the folder used then in DPOR_FONTS" in closed.complained
    monkeypatch.setenv("DPOR_FONTS", str(fonts))
    closed.does("status")
    assert lost.read_bytes() == before
    closed.does("verify")
