"""Finance's page in a real browser: it says what the database says, can be searched and sorted, and asks nobody."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from decimal import Decimal
from io import BytesIO
from pathlib import Path

import duckdb
import pytest
from axe_playwright_python.sync_playwright import Axe
from ledger.bench import Books
from playwright.sync_api import Browser, Page, sync_playwright
from pypdf import PdfReader

from flows.dpor import exit_code
from transforms.database.published import InvariantBroken
from transforms.statements.page import write_page
from transforms.statements.summary import summary_of

pytestmark = pytest.mark.slow

SAMPLE = Path(__file__).resolve().parents[2] / "data/sample"
QUIET = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking", "--disable-sync")
MONEY = r"-?[\d,]+\.\d\d"


@pytest.fixture(scope="module")
def drafted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample with all months closed but the last, which is a draft."""
    folder = tmp_path_factory.mktemp("page")
    place = ["--db", f"{folder}/dpor.duckdb", "--deliveries", str(SAMPLE), "--out", f"{folder}/statements"]
    assert exit_code(["run", "--through", "2015-05", "--close", *place]) == 0
    assert exit_code(["run", "--period", "2015-06", "--formats", "csv,xlsx", *place]) == 0
    return folder


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A headless Chromium. Where none is installed the tests are left out, unless one was promised."""
    installed = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if installed is None:
        assert not os.environ.get("DPOR_NEEDS_BROWSER"), "no Chromium is installed"
        pytest.skip("no Chromium is installed")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=installed, args=list(QUIET))
        yield started
        started.close()


@pytest.fixture
def page(browser: Browser, drafted: Path) -> Iterator[Page]:
    """The draft's page, opened from disk; anything that the browser complains of, or asks for elsewhere, fails."""
    complaints: list[str] = []
    with browser.new_page(viewport={"width": 1280, "height": 900}) as opened:
        opened.on("console", lambda message: complaints.append(message.text))
        opened.on("pageerror", lambda error: complaints.append(str(error)))
        opened.on("request", lambda request: request.url.startswith("file:") or complaints.append(request.url))
        opened.goto((drafted / "statements/2015-06/summary.html").as_uri())
        yield opened
        assert complaints == []


def money(text: str) -> Decimal:
    return Decimal(text.replace(",", ""))


def rows(page: Page, caption: str) -> list[list[str]]:
    """The cells of a table's body that are in sight."""
    found = page.get_by_role("region", name=caption, exact=True).locator("tbody tr:visible").all()
    return [row.locator("th, td").all_inner_texts() for row in found]


def test_every_partner_is_there_with_the_databases_cents(page: Page, drafted: Path) -> None:
    with duckdb.connect(str(drafted / "dpor.duckdb"), read_only=True) as con:
        known = con.execute(
            "select mpn_id, opening_balance, earned, cap_reduction, adjustments, payment, closing_balance, held"
            " from statements where statement_period = '2015-06' order by mpn_id"
        ).fetchall()
    shown = [(row[0], *map(money, row[4:11])) for row in rows(page, "Partners")]
    assert shown == known
    assert len(known) == 11


def test_the_payment_comes_about_by_what_is_above_it_in_both_months(page: Page) -> None:
    table = page.get_by_role("region", name="How the payment comes about")
    parts = [list(map(money, row[1:])) for row in rows(page, "How the payment comes about")]
    total = list(map(money, table.locator("tfoot td").all_inner_texts()))
    assert [sum(column) for column in zip(*parts, strict=True)] == total
    assert total[0] - total[1] == total[2]
    controls = rows(page, "Control totals")
    assert [row[0][0] for row in controls] == ["✓"] * 5
    assert controls[1][1:] == [
        *("342,025", "342,025"),
        "800 DENIED + 4,000 HELD + 655 INELIGIBLE + 336,345 PAYABLE + 225 UNASSIGNED",
    ]


@pytest.mark.parametrize(
    ("caption", "column"),
    [
        ("Payments by region", 1),
        ("Lines by service", 1),
        ("Lines by incentive", 1),
        ("Adjustments by cause", 3),
        ("Held, by age", 3),
    ],
)
def test_the_parts_of_a_table_come_to_its_total(page: Page, caption: str, column: int) -> None:
    table = page.get_by_role("region", name=caption, exact=True)
    total = money(re.findall(MONEY, table.locator("tfoot").inner_text())[0])
    assert sum(money(row[column]) for row in rows(page, caption)) == total != 0


def test_a_search_narrows_and_says_what_is_shown_to_the_cent(page: Page) -> None:
    page.get_by_label("Search").fill("fabrikam emea")
    assert [row[0] for row in rows(page, "Partners")] == ["1300001", "1300002"]
    assert page.locator("#shown").inner_text() == "2 of 11 partners, paid 800.00"
    page.get_by_label("Search").fill("")
    page.get_by_label("Show").select_option("held")
    assert {row[0] for row in rows(page, "Partners")} == {"1400001", "1500001", "1800001"}


def test_a_click_sorts_by_amount_and_again_the_other_way_round(page: Page) -> None:
    header = page.locator("#list thead th").nth(8)
    assert header.inner_text() == "Paid"
    header.get_by_role("button").click()
    paid = [money(row[8]) for row in rows(page, "Partners")]
    assert paid == sorted(paid, reverse=True)
    assert header.get_attribute("aria-sort") == "descending"
    header.get_by_role("button").press("Enter")
    assert [money(row[8]) for row in rows(page, "Partners")] == sorted(paid)


def test_the_bars_of_the_first_month_are_no_wider_than_those_of_a_year(browser: Browser, tmp_path: Path) -> None:
    place = ["--db", f"{tmp_path}/dpor.duckdb", "--deliveries", str(SAMPLE), "--out", f"{tmp_path}/statements"]
    assert exit_code(["run", *place]) == 0
    with browser.new_page(viewport={"width": 1280, "height": 900}) as opened:
        opened.goto((tmp_path / "statements/2015-06/summary.html").as_uri())
        chart = opened.locator(".months").bounding_box()
        (bar,) = (one.bounding_box() for one in opened.locator(".months rect").all())
        said = opened.locator("header").inner_text()
    assert chart and bar and 0 < bar["width"] < chart["width"] / 12
    assert "Months close in order, and 2014-10 is still open." in said
    assert "dpor close" not in said


def test_every_link_leads_to_a_file_that_is_there(page: Page, drafted: Path) -> None:
    links = [link.get_attribute("href") or "" for link in page.locator("a[href]:not(.skip)").all()]
    assert len(links) == 22
    assert [link for link in links if not (drafted / "statements/2015-06" / link).is_file()] == []


def test_what_was_set_aside_is_told_with_the_file_to_send_back(browser: Browser, drafted: Path) -> None:
    with browser.new_page() as page:
        page.goto((drafted / "statements/2014-10/summary.html").as_uri())
        assert [row[:3] for row in rows(page, "Set aside in this delivery")] == [["assigned_seats", "bad_type", "1"]]
        assert "no statements for the month before" in page.inner_text("main")
        assert "Paid, change" not in page.inner_text("main")
        assert page.inner_text("h1").split() == ["2014-10", "Closed"]


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_keeps_anybody_from_using_it(browser: Browser, drafted: Path, width: int, scheme: str) -> None:
    with browser.new_context(
        viewport={"width": width, "height": 800}, color_scheme="dark" if scheme == "dark" else "light", bypass_csp=True
    ) as context:
        page = context.new_page()
        page.goto((drafted / "statements/2015-06/summary.html").as_uri())
        assert page.evaluate("document.documentElement.scrollWidth") == width
        assert [found["id"] for found in Axe().run(page).response["violations"]] == []


def test_it_stands_without_scripts_and_prints_every_partner(browser: Browser, drafted: Path) -> None:
    with browser.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        page.emulate_media(media="print")
        page.goto((drafted / "statements/2015-06/summary.html").as_uri())
        assert len(rows(page, "Partners")) == 11
        assert not page.get_by_label("Search").is_visible()


def test_each_printed_page_of_partners_has_their_header(browser: Browser, tmp_path: Path) -> None:
    books = Books(tmp_path)
    numbers = range(2_000_000, 2_000_090)
    books.deliver(
        "2015-02",
        partners="\n".join(["mpn_id", *map(str, numbers)]),
        customers="\n".join(["customer_id", *(f"c{n}" for n in numbers)]),
        subscriptions="\n".join(["subscription_id customer_id", *(f"s{n} c{n}" for n in numbers)]),
        rates="amount_per_seat\n 10.00",
        osa_forms="\n".join(["form_id customer_id mpn_id", *(f"f{n} c{n} {n}" for n in numbers)]),
        assigned_seats="\n".join(
            ["subscription_id snapshot_date assigned_seats", *(f"s{n} 2015-02-28 30" for n in numbers)]
        ),
    )
    books.does("run")
    with browser.new_page() as page:
        page.goto((books.statements / "2015-02/summary.html").as_uri())
        printed = [one.extract_text() for one in PdfReader(BytesIO(page.pdf())).pages]
    of_partners = [text for text in printed if "Partner NA" in text]
    assert len(of_partners) > 1
    assert [text for text in of_partners if "Cut by caps" not in text] == []


def test_a_partners_name_is_never_markup(browser: Browser, drafted: Path, tmp_path: Path) -> None:
    deliveries = shutil.copytree(SAMPLE, tmp_path / "in")
    partners = deliveries / "2014-10/partners.csv"
    text = partners.read_text(encoding="utf-8")
    name = "<script>alert(1)</script><img src=x onerror=alert(2)>"
    partners.write_text(text.replace("Trey Research", name), encoding="utf-8")
    place = ["--db", f"{tmp_path}/d.duckdb", "--deliveries", str(deliveries), "--out", f"{tmp_path}/out"]
    assert exit_code(["run", "--period", "2014-10", *place]) == 0
    with browser.new_page() as page:
        page.on("dialog", lambda dialog: pytest.fail(f"a script ran: {dialog.message}"))
        page.goto((tmp_path / "out/2014-10/summary.html").as_uri())
        assert name in [row[1] for row in rows(page, "Partners")]
        assert page.locator("img").count() == 0


def test_a_part_that_does_not_come_to_its_total_is_never_published(drafted: Path, tmp_path: Path) -> None:
    shutil.copy(drafted / "dpor.duckdb", tmp_path / "d.duckdb")
    with duckdb.connect(tmp_path / "d.duckdb") as con:
        summary = summary_of(con, "2015-06")
        con.execute("update statement_lines set amount = amount + 0.01 where statement_period = '2015-06'")
        with pytest.raises(InvariantBroken, match="lines by service"):
            write_page(con, summary, tmp_path / "summary.html", ["csv"])
    assert not (tmp_path / "summary.html").exists()
