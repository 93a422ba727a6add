"""Each partner's items become lines of CSV of its own, whether it has many or few, and whatever its cells hold."""

from __future__ import annotations

import polars as pl
import pytest

from transforms.statements import publishing
from transforms.statements.publishing import csv_of_each

ITEMS = pl.DataFrame(
    {
        "mpn_id": ["A", "A", "A", "B", "C", "C", "D"],
        "Customer Name": ["Contoso", "Fabri, kam", None, "two\nlines", "Northwind", 'say "so"', "Contoso"],
        "Reason": [None, "a", "b", "c", "d", None, None],
    }
)
LINES = {
    "A": 'Contoso,\n"Fabri, kam",a\n,b\n',
    "B": '"two\nlines",c\n',
    "C": 'Northwind,d\n"say ""so""",\n',
    "D": "Contoso,\n",
}


@pytest.mark.parametrize("parted_from", [1, 2, 3, 1_000])
@pytest.mark.parametrize("partners", ["ABCD", "ACD", "AC", "D"])
def test_each_partner_has_its_own_lines_of_csv(
    parted_from: int, partners: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """B's cell with a line break makes those parted with it be written alone too."""
    monkeypatch.setattr(publishing, "PARTED_FROM", parted_from)
    found = csv_of_each(ITEMS.filter(pl.col("mpn_id").is_in([*partners])))
    assert [(mpn_id, text.decode()) for mpn_id, text in found] == [(mpn_id, LINES[mpn_id]) for mpn_id in partners]
