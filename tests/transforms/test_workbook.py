"""A statement's workbook, written of its own: its live sums find their cells however many incentives there are."""

from __future__ import annotations

import os
import re
from decimal import Decimal
from pathlib import Path

import openpyxl
import polars as pl
from openpyxl.utils import get_column_letter

from transforms.statements.workbook import write_workbook

AMOUNTS = ("earned", "cap_reduction", "adjustments", "opening_balance", "closing_balance", "payment")
HEAD = {
    "period": "2015-02",
    "mpn_id": "1100001",
    "partner_name": "Litware",
    "currency": "USD",
    "payment_id": None,
    "state": "DRAFT",
    "minimum_payment": Decimal("200.00"),
    "held": Decimal("0.00"),
    "support_address": None,
    **dict.fromkeys(AMOUNTS, Decimal("1.00")),
}
COLUMNS = ("Payment Type", "Incentive", "Earned", "Cap Reduction", "Paid")


def test_sums_stand_beyond_column_z_too(tmp_path: Path) -> None:
    incentives = [f"NEW{number}" for number in range(1, 41)]
    items = pl.DataFrame(schema=dict.fromkeys(COLUMNS[:2], pl.String) | dict.fromkeys(COLUMNS[2:], pl.Decimal(18, 2)))
    write_workbook(tmp_path / "s.xlsx", HEAD, incentives, items, pl.DataFrame(), pl.DataFrame())
    headers, cells = openpyxl.load_workbook(tmp_path / "s.xlsx")["Incentive Details"].iter_rows(max_row=2)
    column = {str(header.value): get_column_letter(header.column) for header in headers}
    formula = {str(header.value): str(cell.value) for header, cell in zip(headers, cells, strict=True)}
    assert formula["Total Incentives Earned"] == f"=SUM({column['New1']}2:{column['New40']}2)" == "=SUM(E2:AR2)"
    assert re.findall(r"[A-Z]+(?=2)", formula["Incentives Paid"]) == [
        column[name]
        for name in ("Total Incentives Earned", "Cap Reduction", "Adjustments", "Opening Balance", "Carried Forward")
    ]


def test_a_sum_of_the_lines_finds_a_column_beyond_z(tmp_path: Path) -> None:
    more = {f"More {number}": pl.String for number in range(30)}
    items = pl.DataFrame(schema=more | dict.fromkeys(COLUMNS, pl.String))
    write_workbook(tmp_path / "s.xlsx", HEAD, [], items, pl.DataFrame(), pl.DataFrame())
    headers, cells = openpyxl.load_workbook(tmp_path / "s.xlsx")["Incentive Details"].iter_rows(max_row=2)
    (cut,) = [str(cell.value) for header, cell in zip(headers, cells, strict=True) if header.value == "Cap Reduction"]
    assert cut == """=ROUND(SUMIFS('Line Items'!$AH$2:$AH$2,'Line Items'!$AE$2:$AE$2,"CURRENT"),2)"""


def test_a_workbook_bears_no_trace_of_the_umask(tmp_path: Path) -> None:
    items = pl.DataFrame(schema=dict.fromkeys(COLUMNS, pl.String))
    before = os.umask(0o022)
    try:
        for umask in (0o022, 0o277):
            os.umask(umask)
            write_workbook(tmp_path / f"{umask}.xlsx", HEAD, [], items, pl.DataFrame(), pl.DataFrame())
    finally:
        os.umask(before)
    usual, other = (tmp_path / f"{umask}.xlsx" for umask in (0o022, 0o277))
    assert other.read_bytes() == usual.read_bytes()


def test_text_beside_numbers_keeps_away_from_them(tmp_path: Path) -> None:
    caps = pl.DataFrame({"Scope": ["PARTNER"], "Left": [Decimal("1.00")], "Note": ["near"], "Last": ["far"]})
    write_workbook(tmp_path / "s.xlsx", HEAD, [], pl.DataFrame(schema=dict.fromkeys(COLUMNS, pl.String)), caps, caps)
    sheets = openpyxl.load_workbook(tmp_path / "s.xlsx")
    for sheet, beside in (("Incentive Details", "Payment Currency"), ("Max Caps", "Note")):
        for row in sheets[sheet].iter_rows(max_row=2):
            away = [sheets[sheet].cell(1, cell.column).value for cell in row if cell.alignment.indent]
            assert away == [beside]
