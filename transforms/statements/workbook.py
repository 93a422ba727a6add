"""A partner's statement as a workbook: what is paid, the lines it is the sum of, what waits, and the caps."""

from __future__ import annotations

import stat
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import polars as pl
from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from schemas.policy import following

PROGRAM = "Online Services Advisor Deploy"
MOST_ROWS = 1_000_000
"""A sheet holds 1,048,576 rows; what is longer goes on in the next sheet."""

A4 = 9
HEADER_HEIGHT = 32
"""Of two lines."""

FIRST_INCENTIVE = 4
"""The place of the first incentive's sum in the row of details, counted from 0."""

HEADER, HEADER_OF_NUMBERS, HEADER_BESIDE, BESIDE = "header", "header of numbers", "header beside", "beside"
"""Text beside numbers keeps a little away from them: they stand at the right of their column."""

MONEY, RATE, COUNT, DAY = "#,##0.00", "#,##0.0000", "#,##0", "yyyy-mm-dd"
FORMS = {
    "POR Attach Date": DAY,
    "Assigned Seats": COUNT,
    "Amount per Seat": RATE,
    **dict.fromkeys(("Earned", "Cap Reduction", "Paid", "Held", "Max Cap", "Used", "Left", "Cut So Far"), MONEY),
}
WIDTHS = {
    "Customer Name": 32,
    "Subscription ID": 28,
    "Offer": 28,
    "What Is Missing": 80,
    "Applies To": 32,
    "Reason": 24,
}


def write_workbook(
    path: Path,
    head: dict[str, Any],
    incentives: Sequence[str],
    items: pl.DataFrame,
    unpaid: pl.DataFrame,
    caps: pl.DataFrame,
) -> None:
    """Write a statement as XLSX. Text is neutral already, ids are text, and the sums are live.

    `head` is a row of statement_heads; `items`, `unpaid` and `caps` have the columns that the sheets show. The bytes
    depend on nothing else: the workbook's time is the end of its period.
    """
    settings = {
        "constant_memory": True,
        "tmpdir": str(path.parent),
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with Workbook(str(path), settings) as book:
        end = datetime.strptime(following(head["period"]), "%Y-%m").replace(tzinfo=UTC)
        book.set_properties({"title": f"Statement {head['period']} {head['mpn_id']}", "created": end})
        forms = {form: book.add_format({"num_format": form}) for form in (MONEY, RATE, COUNT)}
        forms[DAY] = book.add_format({"num_format": DAY, "align": "left"})
        forms[BESIDE] = book.add_format({"indent": 1})
        bold = {"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"}
        forms[HEADER] = book.add_format(bold | {"align": "left"})
        forms[HEADER_OF_NUMBERS] = book.add_format(bold | {"align": "right"})
        forms[HEADER_BESIDE] = book.add_format(bold | {"align": "left", "indent": 1})
        parts = [items.slice(first, MOST_ROWS) for first in range(0, max(items.height, 1), MOST_ROWS)]
        names = [f"Line Items{f' {number}' if number > 1 else ''}" for number in range(1, len(parts) + 1)]
        details = book.add_worksheet("Incentive Details")
        _write_details(details, head, incentives, items, list(zip(names, parts, strict=True)), forms)
        for name, part in zip(names, parts, strict=True):
            _write_table(book.add_worksheet(name), part, forms)
        _write_table(book.add_worksheet("Not Paid"), unpaid, forms)
        _write_table(book.add_worksheet("Max Caps"), caps, forms)
    _note_no_permissions_but_the_usual(path)


def _note_no_permissions_but_the_usual(path: Path) -> None:
    """A workbook's parts bear the permissions of the files that they were made of: those of a umask, or of a disk."""
    with ZipFile(path, "a") as book:
        for part in book.infolist():
            part.external_attr = (stat.S_IFREG | 0o600) << 16
        book.comment = b""  # without a change of what it knows of, nothing is written


def _write_details(
    sheet: Worksheet,
    head: dict[str, Any],
    incentives: Sequence[str],
    items: pl.DataFrame,
    parts: Sequence[tuple[str, pl.DataFrame]],
    forms: dict[str, Format],
) -> None:
    """The statement in one row: every amount a live sum of the lines, with the database's amount as its value."""
    current = items.filter(pl.col("Payment Type") == "CURRENT")

    def total(column: str, kind: str, incentive: str | None = None) -> str:
        """The sum of a column of the lines of a kind, over every sheet that has some."""
        where = {"Payment Type": kind, **({"Incentive": incentive} if incentive else {})}
        sums = []
        for name, rows in parts:
            found = [f",{_range(name, rows, key)},{_quoted(text)}" for key, text in where.items()]
            sums.append(f"SUMIFS({_range(name, rows, column)}{''.join(found)})")
        return f"ROUND({'+'.join(sums)},2)"

    earned_at = FIRST_INCENTIVE + len(incentives)
    each = f"{xl_col_to_name(FIRST_INCENTIVE)}2:{xl_col_to_name(earned_at - 1)}2"
    earned = {name: current.filter(pl.col("Incentive") == name)["Earned"].sum() for name in incentives}
    cells: list[tuple[str, Any, str | None]] = [
        ("Partner Name", head["partner_name"], None),
        ("Partner MPN ID", head["mpn_id"], None),
        ("Earnings Period", head["period"], None),
        ("Program", PROGRAM, None),
        *((name.title(), earned[name], total("Earned", "CURRENT", name)) for name in incentives),
        ("Total Incentives Earned", head["earned"], f"SUM({each})" if incentives else "0"),
        ("Cap Reduction", head["cap_reduction"], total("Cap Reduction", "CURRENT")),
        ("Adjustments", head["adjustments"], total("Paid", "ADJUSTMENT")),
        ("Opening Balance", head["opening_balance"], total("Paid", "OPENING BALANCE")),
        ("Carried Forward", head["closing_balance"], f"0-{total('Paid', 'CARRIED FORWARD')}"),
        ("Incentives Paid", head["payment"], _paid(earned_at)),
        ("Payment Currency", head["currency"], None),
        ("Payment ID", head["payment_id"] or "", None),
    ]
    _print_on_pages_of_its_width(sheet)
    sheet.freeze_panes(1, 0)
    sheet.set_row(0, HEADER_HEIGHT)
    sheet.set_column(0, 0, 32)
    sheet.set_column(1, len(cells) - 2, 16)
    sheet.set_column(3, 3, 28)
    sheet.set_column(len(cells) - 1, len(cells) - 1, 24)
    kinds = _kinds([formula is not None for _, _, formula in cells])
    for place, ((header, _, _), (kind, _)) in enumerate(zip(cells, kinds, strict=True)):
        sheet.write_string(0, place, header, forms[kind])
    for place, ((_, value, formula), (_, form)) in enumerate(zip(cells, kinds, strict=True)):
        if formula is None:
            sheet.write_string(1, place, str(value or ""), forms.get(form))
        else:
            sheet.write_formula(1, place, f"={formula}", forms[MONEY], value)
    minimum = f"{head['minimum_payment']:,}"
    below = [
        (3, f"{head['state']}. Amounts in {head['currency']}; less than {minimum} is not paid but carried forward."),
        (4, f"Waiting for a proof of execution, all months up to this one together: {head['held']:,}"),
        (5, f"Questions: {head['support_address'] or 'your support address'}"),
    ]
    for row, text in below:
        sheet.write_string(row, 0, text)


def _paid(first: int) -> str:
    """Earned less caps, plus adjustments and opening balance, less what is carried: five columns from `first` on."""
    earned, cut, adjusted, opened, carried = (f"{xl_col_to_name(first + place)}2" for place in range(5))
    return f"ROUND({earned}-{cut}+{adjusted}+{opened}-{carried},2)"


def _write_table(sheet: Worksheet, rows: pl.DataFrame, forms: dict[str, Format]) -> None:
    """A sheet of rows under a header that stays in sight."""
    _print_on_pages_of_its_width(sheet)
    sheet.freeze_panes(1, 0)
    sheet.set_row(0, HEADER_HEIGHT)
    kinds = _kinds([FORMS.get(name, DAY) != DAY for name in rows.columns])
    for place, (name, (kind, _)) in enumerate(zip(rows.columns, kinds, strict=True)):
        sheet.set_column(place, place, WIDTHS.get(name, 14))
        sheet.write_string(0, place, name, forms[kind])
    if rows.height:
        sheet.autofilter(0, 0, rows.height, rows.width - 1)
    kept = [forms.get(FORMS.get(name, form)) for name, (_, form) in zip(rows.columns, kinds, strict=True)]
    for number, row in enumerate(rows.iter_rows(), start=1):
        _write_row(sheet, number, zip(row, kept, strict=True))


def _kinds(are_numbers: Sequence[bool]) -> list[tuple[str, str]]:
    """The forms of each column's header and of its texts, by which columns hold numbers."""
    return [
        (HEADER_OF_NUMBERS, "") if is_number else (HEADER_BESIDE, BESIDE) if stands_beside else (HEADER, "")
        for is_number, stands_beside in zip(are_numbers, [False, *are_numbers], strict=False)
    ]


def _print_on_pages_of_its_width(sheet: Worksheet) -> None:
    """A sheet's columns go on one page, A4 across, its rows on as many as they need, each under the header."""
    sheet.set_paper(A4)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    sheet.set_footer("&L&A&R&P / &N")


def _write_row(sheet: Worksheet, number: int, cells: Iterable[tuple[Any, Format | None]]) -> None:
    for place, (value, form) in enumerate(cells):
        if value is None:
            continue
        if isinstance(value, str):
            sheet.write_string(number, place, value, form)
        else:
            sheet.write(number, place, value, form)


def _range(sheet: str, rows: pl.DataFrame, column: str) -> str:
    letter = xl_col_to_name(rows.columns.index(column))
    return f"'{sheet}'!${letter}$2:${letter}${max(rows.height, 1) + 1}"


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'
