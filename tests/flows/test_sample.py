"""The sample deliveries come out as docs/sample.md tells, through the program itself."""

from __future__ import annotations

from decimal import Decimal

import duckdb
import pytest

A, B = "1400001", "1500001"
LITWARE, RELECLOUD = "1100001", "1200001"


def resolution(con: duckdb.DuckDBPyConnection, subscription: str, period: str) -> tuple[str | None, ...]:
    row = con.execute(
        "select status, reason, mpn_id, basis from por_resolution where subscription_id = $1 and period = $2",
        [subscription, period],
    ).fetchone()
    assert row is not None
    return row


SCENARIOS = [
    ("contoso-e1", "2015-02", ("PAYABLE", None, LITWARE, "OSA")),
    ("contoso-e3", "2015-02", ("PAYABLE", None, LITWARE, "OSA")),
    ("contoso-e1", "2015-03", ("UNASSIGNED", "osa_superseded_by_dpor", None, None)),
    ("contoso-e3", "2015-03", ("PAYABLE", None, RELECLOUD, "DPOR")),
    ("contoso-e1", "2015-06", ("UNASSIGNED", "osa_superseded_by_dpor", None, None)),
    ("contoso-retail-e1", "2015-06", ("PAYABLE", None, LITWARE, "OSA")),
    ("contoso-retail-e3", "2015-06", ("PAYABLE", None, LITWARE, "OSA")),
    ("contoso-retail-intune", "2015-02", ("PAYABLE", None, LITWARE, "OSA")),
    ("contoso-retail-intune", "2015-03", ("PAYABLE", None, RELECLOUD, "DPOR")),
]


@pytest.mark.parametrize(("subscription", "period", "comes_out"), SCENARIOS)
def test_scenarios_1_and_2(
    closed: duckdb.DuckDBPyConnection, subscription: str, period: str, comes_out: tuple[str | None, ...]
) -> None:
    assert resolution(closed, subscription, period) == comes_out


def test_scenario_2a_pays_neither_a_cent_more_than_its_cap(closed: duckdb.DuckDBPyConnection) -> None:
    paid = closed.execute(
        "select mpn_id, sum(payment), sum(cap_reduction) > 0 from statements"
        " where mpn_id in ($1, $2) group by mpn_id order by mpn_id",
        [LITWARE, RELECLOUD],
    ).fetchall()
    assert paid == [(LITWARE, Decimal("200000.00"), True), (RELECLOUD, Decimal("100000.00"), True)]


NO_POR = ("UNASSIGNED", "no_por", None, None)
OSA_A = ("PAYABLE", None, A, "OSA")
DPOR_A = ("PAYABLE", None, A, "DPOR")
HELD_A = ("HELD", "poe_pending", A, "DPOR")
HELD_B = ("HELD", "poe_pending", B, "DPOR")
DENIED_A = ("DENIED", "poe_failed", A, "DPOR")
CELLS = {
    "osa-same-dpor": (OSA_A, OSA_A, DPOR_A),
    "osa-other-dpor": (OSA_A, OSA_A, HELD_B),
    "osa-other-form": (OSA_A, OSA_A, ("HELD", "poe_pending", B, "OSA")),
    "own-same-dpor": (OSA_A, DPOR_A, DPOR_A),
    "own-other-dpor": (OSA_A, DPOR_A, HELD_B),
    "own-other-form": (OSA_A, DPOR_A, DPOR_A),
    "pending-same-dpor": (NO_POR, HELD_A, HELD_A),
    "pending-other-dpor": (NO_POR, HELD_A, HELD_B),
    "pending-other-form": (NO_POR, HELD_A, HELD_A),
    "passed-same-dpor": (NO_POR, DPOR_A, DPOR_A),
    "passed-other-dpor": (NO_POR, DPOR_A, HELD_B),
    "passed-other-form": (NO_POR, DPOR_A, DPOR_A),
    "failed-same-dpor": (NO_POR, DENIED_A, DENIED_A),
    "failed-other-dpor": (NO_POR, DENIED_A, HELD_B),
    "failed-other-form": (NO_POR, DENIED_A, DENIED_A),
}


@pytest.mark.parametrize("cell", CELLS)
def test_each_cell_of_slide_24(closed: duckdb.DuckDBPyConnection, cell: str) -> None:
    found = tuple(resolution(closed, f"cell-{cell}-e3", period) for period in ("2015-02", "2015-03", "2015-04"))
    assert found == CELLS[cell]


def test_rows_set_aside(closed: duckdb.DuckDBPyConnection) -> None:
    rows = closed.execute(
        "select delivery, file, row_number, reason, released_by from quarantine order by all"
    ).fetchall()
    assert rows == [
        ("2014-10", "assigned_seats.csv", 14, "bad_type", None),
        ("2014-11", "assigned_seats.csv", 17, "assigned_exceeds_purchased", None),
        ("2014-12", "subscriptions.csv", 3, "service_out_of_scope", None),
        ("2015-01", "assigned_seats.csv", 15, "unknown_subscription", "2015-02"),
        ("2015-03", "dpor_attachments.csv", 21, "wrong_portal", None),
        ("2015-04", "dpor_attachments.csv", 2, "conflicting_duplicate", None),
        ("2015-04", "poe_reviews.csv", 2, "inverted_dates", None),
        ("2015-05", "customers.csv", 2, "malformed_row", None),
    ]


def test_every_relation_and_column_is_described(closed: duckdb.DuckDBPyConnection) -> None:
    undescribed = closed.execute(
        "select table_name from duckdb_tables() where coalesce(comment, '') = ''"
        " union all select view_name from duckdb_views() where not internal and coalesce(comment, '') = ''"
        " union all select table_name || '.' || column_name from duckdb_columns()"
        " where not internal and coalesce(comment, '') = ''"
    ).fetchall()
    assert undescribed == []
