"""What statement files are made of, beside their lines: how far caps are used up, and the balances (P20, P23)."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import duckdb
import pytest

from transforms.warehouse import sql


@pytest.fixture
def june() -> Iterator[duckdb.DuckDBPyConnection]:
    """A run of June 2015, the last month of FY15, with nothing but the columns that are asked for."""
    with duckdb.connect(":memory:") as con:
        con.execute("create table policy as select '2015-06' as run_period")
        con.execute(
            "create table periods as from (values ('2015-05', 'FY15'), ('2015-06', 'FY15'), ('2015-07', 'FY16'))"
            " as months (period, fiscal_year)"
        )
        yield con


def made(con: duckdb.DuckDBPyConnection, name: str) -> list[tuple[Any, ...]]:
    return con.execute(sql("statements", name)).fetchall()


def test_each_statement_shows_its_partners_buckets_of_the_fiscal_year_in_the_order_of_the_scopes(
    june: duckdb.DuckDBPyConnection,
) -> None:
    june.execute(
        """
        create table statements as from (values
            ('B', '2015-06'), ('A', '2015-06'), ('A', '2015-05'), ('C', '2015-05')
        ) as s (mpn_id, statement_period)
        """
    )
    june.execute(
        """
        create table cap_usage as from (values
            ('B', 'FY15', 'PARTNER', '', 70, 7, 63, 1),
            ('A', 'FY15', 'PARTNER', '', 10, 1, 9, 5),
            ('A', 'FY15', 'SERVICE', 'O365', 20, 2, 18, 4),
            ('A', 'FY15', 'CUSTOMER', 'c', 30, 3, 27, 3),
            ('A', 'FY15', 'SUBSCRIPTION', 's2', 40, 4, 36, 2),
            ('A', 'FY15', 'SUBSCRIPTION', 's1', 50, 5, 45, 1),
            ('A', 'FY16', 'PARTNER', '', 60, 6, 54, 0),
            ('C', 'FY15', 'PARTNER', '', 80, 8, 72, 0)
        ) as usage (mpn_id, fiscal_year, scope, bucket, cap, used, remaining, cut)
        """
    )
    assert made(june, "caps_of_partners") == [
        ("A", "FY15", "SUBSCRIPTION", "s1", 50, 5, 45, 1),
        ("A", "FY15", "SUBSCRIPTION", "s2", 40, 4, 36, 2),
        ("A", "FY15", "CUSTOMER", "c", 30, 3, 27, 3),
        ("A", "FY15", "SERVICE", "O365", 20, 2, 18, 4),
        ("A", "FY15", "PARTNER", None, 10, 1, 9, 5),
        ("B", "FY15", "PARTNER", None, 70, 7, 63, 1),
    ]


def test_a_balance_stands_in_its_periods_statement_where_it_is_not_zero(june: duckdb.DuckDBPyConnection) -> None:
    june.execute(
        """
        create table statements as from (values
            ('A', '2015-06', 12.34, 0.00), ('B', '2015-06', 0.00, -5.60), ('C', '2015-06', 0.00, 0.00),
            ('D', '2015-06', 1.00, 2.00), ('A', '2015-05', 7.00, 12.34)
        ) as s (mpn_id, statement_period, opening_balance, closing_balance)
        """
    )
    assert sorted(made(june, "balances")) == [
        ("A", "OPENING BALANCE", "2015-06", Decimal("12.34")),
        ("B", "CARRIED FORWARD", "2015-06", Decimal("5.60")),
        ("D", "CARRIED FORWARD", "2015-06", Decimal("-2.00")),
        ("D", "OPENING BALANCE", "2015-06", Decimal("1.00")),
    ]
