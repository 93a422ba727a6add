"""Items of statements are told in words and in order, however few a part holds (P19, P22, P23)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import polars as pl
import pytest

from transforms.statements import items
from transforms.statements.items import ITEM, each_part

TABLES = """
    create table policy as select '2015-06' as run_period;
    create table last_closed as select '' as last_period;
    create table incentive_lines (period varchar, subscription_id varchar, incentive varchar, mpn_id varchar,
        status varchar, assigned_seats integer, amount_per_seat decimal(18, 4), earned decimal(18, 2),
        payable decimal(18, 2));
    create table earned_lines (period varchar, subscription_id varchar, incentive varchar, mpn_id varchar,
        status varchar, assigned_seats integer, amount_per_seat decimal(18, 4), earned decimal(18, 2));
    create table new_lines (kind varchar, period varchar, subscription_id varchar, incentive varchar, mpn_id varchar,
        assigned_seats integer, amount_per_seat decimal(18, 4), earned decimal(18, 2), payable decimal(18, 2),
        cause varchar);
    create table statement_lines (statement_period varchar, kind varchar, period varchar, subscription_id varchar,
        incentive varchar, mpn_id varchar, amount decimal(18, 2), cause varchar);
    create table balances (mpn_id varchar, kind varchar, period varchar, paid decimal(18, 2));
    create table periods as select '2015-06' as period, 24186 as month_no;
    create table current_subscriptions (
        subscription_id varchar, customer_id varchar, agreement_id varchar, service varchar, offer varchar);
    create table current_customers as select 'contoso' as customer_id, '=Contoso' as organization_name;
    create table por_spans as select 's1' as subscription_id, 'B' as mpn_id, 24100 as from_month_no,
        24200 as until_month_no, 'e1' as claim_id, 'DPOR' as basis;
    create table claims as select 'e1' as claim_id, 'DPOR' as source, timestamp '2015-04-03 12:00:00' as received_at;
    insert into current_subscriptions values ('s1', 'contoso', 'ea-1', 'O365', 'E1'),
        ('s2', 'contoso', 'ea-2', 'O365', 'E2'), ('s10', 'contoso', 'ea-1', 'EMS', 'E3');
    insert into balances values ('B', 'OPENING BALANCE', '2015-06', 7);
    insert into earned_lines values ('2015-06', 's1', 'DEPLOY', 'B', 'HELD', 5, 1, 5),
        ('2015-05', 's2', 'DEPLOY', 'A', 'HELD', 5, 1, 5);
    insert into new_lines values
        ('CURRENT', '2015-06', 's2', 'DEPLOY', 'B', 5, 1, 5, 5, null),
        ('CURRENT', '2015-06', 's1', 'MANAGE', 'B', 4, 1, 4, 4, null),
        ('CURRENT', '2015-06', 's1', 'DEPLOY', 'B', 3, 1, 3, 1, null),
        ('CURRENT', '2015-06', 's10', 'DEPLOY', 'B', 2, 1, 2, 2, null),
        ('ADJUSTMENT', '2015-04', 's1', 'DEPLOY', 'B', 4, 1, 4, 4, 'seats_changed'),
        ('ADJUSTMENT', '2015-04', 's1', 'DEPLOY', 'B', 4, 1, 4, 4, 'poe_passed'),
        ('ADJUSTMENT', '2015-04', 's1', 'DEPLOY', 'B', 4, 1, 4, 4, 'cap_changed'),
        ('CURRENT', '2015-06', 's10', 'DEPLOY', 'A', 2, 1, 2, 2, null);
    insert into statement_lines select '2015-06', kind, period, subscription_id, incentive, mpn_id, payable, cause
        from new_lines;
"""

IN_ORDER = [
    ("A", "CURRENT", "2015-06", "s10", "DEPLOY", None),
    ("A", "HELD", "2015-05", "s2", "DEPLOY", "poe_pending"),
    ("B", "OPENING BALANCE", "2015-06", None, None, None),
    ("B", "CURRENT", "2015-06", "s1", "DEPLOY", None),
    ("B", "CURRENT", "2015-06", "s1", "MANAGE", None),
    ("B", "CURRENT", "2015-06", "s10", "DEPLOY", None),
    ("B", "CURRENT", "2015-06", "s2", "DEPLOY", None),
    ("B", "ADJUSTMENT", "2015-04", "s1", "DEPLOY", "poe_passed"),
    ("B", "ADJUSTMENT", "2015-04", "s1", "DEPLOY", "seats_changed"),
    ("B", "ADJUSTMENT", "2015-04", "s1", "DEPLOY", "cap_changed"),
    ("B", "HELD", "2015-06", "s1", "DEPLOY", "poe_pending"),
]
"""By partner, then as a statement is read, then by texts: s10 stands before s2. Causes in their own order."""


def parts(folder: Path) -> list[tuple[int, pl.DataFrame]]:
    con = duckdb.connect()
    con.execute(TABLES)
    return [*each_part(con, folder / "items", lambda number, rows: (number, rows))]


@pytest.mark.parametrize("items_a_part", [1, 2, 3, 500_000])
def test_items_come_in_the_order_of_statements_however_few_a_part_holds(
    items_a_part: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(items, "ITEMS_A_PART", items_a_part)
    numbers, frames = zip(*parts(tmp_path), strict=True)
    assert [*numbers] == [*range(len(frames))]
    told = pl.concat(frames).select("mpn_id", "Payment Type", "Report Period", "Subscription ID", "Incentive", "Reason")
    assert told.rows() == IN_ORDER
    assert (len(frames) == 1) == (items_a_part > len(IN_ORDER))
    assert [*tmp_path.iterdir()] == []


def test_an_item_is_told_in_the_words_of_its_subscription_and_span(tmp_path: Path) -> None:
    ((_, rows),) = parts(tmp_path)
    assert rows.schema == ITEM
    assert rows.row(3) == (
        *("B", "CURRENT", "2015-06", "=Contoso", "ea-1", "s1", date(2015, 4, 3), "O365", "E1", "DEPLOY"),
        *(3, Decimal("1.0000"), Decimal("3.00"), Decimal("2.00"), Decimal("1.00"), "DPOR", None),
    )
    opening = dict(zip(ITEM, rows.row(2), strict=True))
    assert {name for name, value in opening.items() if value is not None} == {
        *("mpn_id", "Payment Type", "Report Period", "Paid")
    }


def test_where_nothing_is_told_there_is_no_part(tmp_path: Path) -> None:
    con = duckdb.connect()
    con.execute(TABLES)
    for table in ("balances", "earned_lines", "new_lines", "statement_lines"):
        con.execute(f"delete from {table}")
    assert [*each_part(con, tmp_path / "items", lambda number, _: number)] == []
