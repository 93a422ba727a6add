"""The SQL and its boring twin agree, row for row, on random histories.

DPOR_TWIN_SEEDS says which worlds: `0-0` unless set, and for a long campaign say `1000-1999`.
"""

from __future__ import annotations

import os
from functools import cache

import pytest
import twin
import worlds
from harness import work_out

FIRST, LAST = map(int, os.environ.get("DPOR_TWIN_SEEDS", "0-0").split("-"))
PERIODS = ["2014-12", "2015-03", "2015-05", "2015-12", "2016-02"]
KEYS = {
    "claims": ("claim_id", "source"),
    "por_resolution": ("period", "subscription_id"),
    "incentive_lines": ("period", "subscription_id", "incentive"),
    "missing_seats": ("period", "subscription_id"),
    "statements": ("mpn_id",),
}


@cache
def deliveries(seed: int) -> worlds.Deliveries:
    return worlds.random_deliveries(seed)


@pytest.mark.parametrize("seed", range(FIRST, LAST + 1))
@pytest.mark.parametrize("period", PERIODS)
def test_the_sql_and_its_twin_agree_on_every_row(seed: int, period: str) -> None:
    world = worlds.accepted(deliveries(seed), period)
    outcome = twin.resolve(world, worlds.POLICY, period)
    statements, _ = twin.statements(outcome, period, twin.Ledger())
    meant = {
        "claims": outcome.claims,
        "por_resolution": outcome.por_resolution,
        "incentive_lines": outcome.incentive_lines,
        "missing_seats": outcome.missing_seats,
        "statements": statements,
    }
    known = work_out(world, period)
    for relation, key in KEYS.items():
        columns = list(meant[relation][0]) if meant[relation] else list(key)
        found = sorted(
            ({column: row[column] for column in columns} for row in known.rows(relation)),
            key=lambda row: [row[column] for column in key],
        )
        different = [pair for pair in zip(found, meant[relation], strict=False) if pair[0] != pair[1]]
        assert (len(found), different) == (len(meant[relation]), []), relation
