"""Every history of up to four events: the SQL and the twin agree, and what the policy promises holds.

The suite takes all histories of one and two events. DPOR_SEQUENCES=3, or 4, takes all of that length too, in batches,
each a test: `DPOR_SEQUENCES=3 python -m pytest tests/exhaustive -n 2 --dist load`.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
from exhaustive.bench import resolved, resolved_by_the_twin, unlike, worked_out
from exhaustive.sequences import CAP, History, count

LONGEST = max(2, int(os.environ.get("DPOR_SEQUENCES", "2")))
A_BATCH = 40_000
BATCHES = [(length, first) for length in range(1, LONGEST + 1) for first in range(0, count(length), A_BATCH)]

LAWS = {
    "never two partners of record": """
        select subscription_id from por_resolution group by subscription_id, period having count(*) > 1
    """,
    "the last DPOR wins": """
        with
        effects as (
            select
                period, claims.subscription_id,
                arg_max(decision, received_at) in ('ATTACHED', 'DUPLICATE') as attached,
                arg_max(mpn_id, received_at) as mpn_id
            from claims
            inner join periods on received_at < end_day
            where source = 'DPOR' and decision <> 'REJECTED'
            group by all
        )
        select subscription_id
        from por_resolution as por
        left join effects using (period, subscription_id)
        where coalesce(attached, false) <> coalesce(basis = 'DPOR', false)
            or coalesce(attached, false) and por.mpn_id is distinct from effects.mpn_id
    """,
    "a failed DPOR pays nobody": """
        select line.subscription_id
        from incentive_lines as line
        inner join por_resolution as por using (period, subscription_id)
        inner join poe_reviews as review on por.claim_id = review.claim_id
        inner join dpor_proofs as proof on por.claim_id = proof.claim_id
        where basis = 'DPOR' and outcome = 'FAIL' and exempted_by is null
    """,
    "a stopped form never earns again": """
        select line.subscription_id
        from incentive_lines as line
        inner join periods using (period)
        inner join por_resolution as por using (period, subscription_id)
        inner join osa_claims as form on por.claim_id = form.claim_id
        where basis = 'OSA' and stopped_at < end_day
    """,
    "another partner's DPOR stops every earlier form of the service": """
        select form.customer_id || '-'
        from osa_claims as form
        inner join claims as dpor on form.customer_id = dpor.customer_id and form.mpn_id <> dpor.mpn_id
        where dpor.source = 'DPOR' and dpor.decision = 'ATTACHED' and dpor.received_at >= form.received_on + 1
            and (form.stopped_at is null or form.stopped_at > dpor.received_at)
    """,
    "forms earn until they are recognised no more, DPOR from when it is live": """
        select subscription_id
        from por_resolution
        where basis = 'OSA' and period > '2015-12' or basis = 'DPOR' and period < '2015-03'
    """,
    "whoever is partner of record is paid, and nobody else": """
        select subscription_id
        from por_resolution as por
        full join incentive_lines as line using (period, subscription_id)
        where (por.status in ('PAYABLE', 'HELD')) <> (line.mpn_id is not null) or por.mpn_id <> line.mpn_id
            or por.status = 'HELD' and payable <> 0
    """,
    "nothing is paid above a cap": f"""
        select any_value(subscription_id)
        from incentive_lines
        inner join periods using (period)
        inner join current_subscriptions using (subscription_id)
        group by grouping sets ((subscription_id, line_mpn_id, fiscal_year), (customer_id, line_mpn_id, fiscal_year))
        having sum(payable) > {CAP}
    """.replace("line_mpn_id", "mpn_id"),
    "a cap cuts no cent before it is reached": f"""
        select any_value(subscription_id)
        from incentive_lines
        inner join periods using (period)
        inner join current_subscriptions using (subscription_id)
        group by customer_id, mpn_id, fiscal_year
        having sum(payable) < least({CAP}, sum(earned) filter (status = 'PAYABLE'))
            and max(earned) filter (status = 'PAYABLE') is not null
            and sum(payable) < {CAP}
    """,
}  # fmt: skip
"""What the policy promises, each as a query for whoever it is broken for."""


def told(customers: list[str]) -> list[str]:
    """The first few histories, as one reads them."""
    shown = []
    for customer in customers[:5]:
        length, number = customer[1:].split("-")
        shown.append(f"{customer}: {History(int(length), int(number))}")
    return shown


def broken(con: duckdb.DuckDBPyConnection) -> dict[str, list[str]]:
    """The laws that don't hold, with a few of the customers that they fail for."""
    found = {law: con.execute(query).fetchmany(5) for law, query in LAWS.items()}
    return {law: told([row[0].rpartition("-")[0] for row in rows]) for law, rows in found.items() if rows}


@pytest.fixture(params=BATCHES, ids=lambda batch: f"{batch[0]} events from {batch[1]}")
def histories(request: pytest.FixtureRequest) -> list[History]:
    length, first = request.param
    return [History(length, number) for number in range(first, min(first + A_BATCH, count(length)))]


def test_the_twin_agrees_and_every_law_holds(histories: list[History], tmp_path: Path) -> None:
    with worked_out(histories, tmp_path) as con:
        found = resolved(con, tmp_path)
        assert broken(con) == {}
    for sql, boring in zip(found, resolved_by_the_twin(histories), strict=True):
        assert sql.height == boring.height
        assert told(unlike(sql, boring)) == []


@pytest.fixture(scope="module")
def pairs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[list[History], list[tuple[object, ...]]]]:
    """All histories of two events, with every line that they earn."""
    histories = [History(2, number) for number in range(count(2))]
    with worked_out(histories, tmp_path_factory.mktemp("pairs")) as con:
        yield histories, con.execute("from incentive_lines order by all").fetchall()


def test_the_order_in_which_rows_arrive_never_matters(
    pairs: tuple[list[History], list[tuple[object, ...]]], tmp_path: Path
) -> None:
    histories, lines = pairs
    with worked_out(histories, tmp_path, backwards=True) as con:
        assert con.execute("from incentive_lines order by all").fetchall() == lines


def test_what_one_customer_does_changes_no_others_lines(
    pairs: tuple[list[History], list[tuple[object, ...]]], tmp_path: Path
) -> None:
    histories, lines = pairs
    every_third = histories[::3]
    with worked_out(every_third, tmp_path) as con:
        alone = con.execute("from incentive_lines order by all").fetchall()
    kept = {f"{history.customer}-{one}" for history in every_third for one in "ab"}
    assert alone == [line for line in lines if line[1] in kept]


def test_the_laws_can_be_broken(tmp_path: Path) -> None:
    """Each law finds what breaks it, so that its silence says something."""
    histories = [History(2, number) for number in range(0, count(2), 7)]
    with worked_out(histories, tmp_path) as con:
        con.execute("create table por_copy as from por_resolution; create table line_copy as from incentive_lines")
        con.execute("drop view incentive_lines; drop view por_resolution")
        con.execute("create table por_resolution as from por_copy union all from por_copy where period = '2015-06'")
        con.execute("create table incentive_lines as from line_copy")
        con.execute("update incentive_lines set payable = 61, mpn_id = '9999999'")
        con.execute("update por_resolution set basis = 'DPOR' where period = '2014-12'")
        con.execute(
            "update por_resolution set claim_id = (select any_value(claim_id) from poe_reviews inner join dpor_proofs"
            " using (claim_id) where outcome = 'FAIL' and exempted_by is null)"
        )
        assert {
            "never two partners of record",
            "the last DPOR wins",
            "a failed DPOR pays nobody",
            "forms earn until they are recognised no more, DPOR from when it is live",
            "whoever is partner of record is paid, and nobody else",
            "nothing is paid above a cap",
        } <= set(broken(con))
        con.execute("update incentive_lines set payable = 0")
        con.execute("update osa_claims set stopped_at = '2014-10-01'")
        con.execute("update por_resolution set basis = 'OSA', claim_id = (select any_value(claim_id) from osa_claims)")
        assert {"a cap cuts no cent before it is reached", "a stopped form never earns again"} <= set(broken(con))
        con.execute("update osa_claims set stopped_at = null")
        assert "another partner's DPOR stops every earlier form of the service" in broken(con)
