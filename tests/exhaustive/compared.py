"""Compares what the SQL worked out of each history with what the twin said of it, all in one query.

A customer's rows are told by a sum of 64-bit hashes, one of each row. In a row, ids give way to what they stand for in
the history: a subscription to its letter, a form or event to its number. What the twin said is hashed likewise.
"""

from __future__ import annotations

from pathlib import Path

import duckdb
import polars as pl
from exhaustive.alone import Alone, months_of
from exhaustive.sequences import PARTNERS

FOUND = """
    create or replace temp table found as
    with
    resolutions as (
        select
            customer_id,
            sum(hash(
                period, replace(subscription_id, customer_id, ''), service, mpn_id, basis, status, reason,
                replace(claim_id, customer_id || '-', '')
            )) as resolution
        from por_resolution
        group by customer_id
    ),
    ends as (
        select term.customer_id, occurred_at, replace(event_id, term.customer_id || '-', '') as ended_by
        from dpor_attachments
        inner join current_subscriptions as term using (subscription_id)
    ),
    delivered as (
        select
            event_id as claim_id, 'DPOR' as source, mpn_id, occurred_at as received_at, subscription_id
        from dpor_attachments
        union all
        select form_id, 'OSA', mpn_id, received_on::timestamp, null from osa_forms
    ),
    decided as (
        select
            claims.customer_id,
            sum(hash(
                replace(claim_id, claims.customer_id || '-', ''), decision, decision_reason, poe_status,
                ended_by, end_reason, ended_at is null,
                delivered.received_at is null or claims.subscription_id is distinct from delivered.subscription_id
            )) as decided
        from claims
        left join delivered using (claim_id, source, mpn_id, received_at)
        left join ends on claims.customer_id = ends.customer_id and ended_at = ends.occurred_at
        group by claims.customer_id
    )
    select customer_id, resolution, coalesce(decided, 0) as decided
    from resolutions
    left join decided using (customer_id)
"""

SAID = """
    create or replace temp table said as
    with
    standing_sums as (
        select
            turn, standing,
            sum(hash(period, subscription, 'O365', mpn_id, basis, status, reason, claim)) as standing_sum
        from read_parquet($standings)
        group by turn, standing
    ),
    resolution_sums as (
        select answer, sum(standing_sum) as resolution
        from read_parquet($resolutions)
        inner join standing_sums using (turn, standing)
        group by answer
    ),
    claim_sums as (
        select
            answer,
            sum(hash(number, decision, reason, poe, ended_by, end_reason, ended_by is null, false)) as decided
        from read_parquet($claims)
        group by answer
    )
    select customer_id, resolution_sums.resolution, coalesce(decided, 0) as decided
    from read_parquet($said) as said
    left join resolution_sums on said.resolution = resolution_sums.answer
    left join claim_sums on said.claims = claim_sums.answer
"""

UNLIKE = """
    select customer_id
    from found
    full join said using (customer_id)
    where found.resolution is distinct from said.resolution or found.decided is distinct from said.decided
    order by customer_id
"""


PAID = f"""
    create or replace temp table paid as
    with
    lines as (
        select
            customer_id, line.mpn_id,
            hash(
                period, replace(subscription_id, customer_id, ''), incentive, line.service, status,
                assigned_seats, amount_per_seat, earned, payable
            ) as line
        from incentive_lines as line
        inner join current_subscriptions using (subscription_id)
    )
    select
        customer_id,
        sum(line) filter (mpn_id = '{PARTNERS["A"]}')::varchar as paid_to_a,
        sum(line) filter (mpn_id = '{PARTNERS["B"]}')::varchar as paid_to_b,
        count(*) filter (mpn_id not in {tuple(PARTNERS.values())}) as paid_to_others
    from lines
    group by customer_id
"""


def said_of(histories: pl.DataFrame, alone: Alone) -> pl.DataFrame:
    """The twin's answers by customer: their numbers, `resolution` and `claims`."""
    length = (histories.width - 1) // 2
    answers = [
        alone.answers(tuple(zip(row[1 : 1 + length], row[1 + length :], strict=True))) for row in histories.iter_rows()
    ]
    return histories.select(
        pl.col("number").cast(pl.String).alias("customer_id"),
        resolution=pl.Series([one for one, _ in answers], dtype=pl.Int64),
        claims=pl.Series([other for _, other in answers], dtype=pl.Int64),
    )


def unlike(con: duckdb.DuckDBPyConnection, said: pl.DataFrame, alone: Alone, folder: Path) -> list[str]:
    """The customers of whom the SQL found anything else than the twin said."""
    text = pl.String
    standings = [
        (turn, number, period, "ab"[at], status, reason, mpn_id, basis, None if claim is None else str(claim))
        for standing, number in alone.standings.items()
        for turn in range(6)
        for period in months_of(turn)
        for at, (status, reason, mpn_id, basis, claim) in enumerate(standing)
    ]
    resolutions = [
        (number, turn, standing)
        for resolution, number in alone.resolutions.items()
        for turn, standing in enumerate(resolution)
    ]
    claims = [
        (number, *(None if value is None else str(value) for value in claim))
        for rows, number in alone.claims.items()
        for claim in rows
    ]
    ids = {"turn": pl.Int64, "standing": pl.Int64}
    tables = {
        "standings": _frame(
            standings,
            ids | dict.fromkeys(("period", "subscription", "status", "reason", "mpn_id", "basis", "claim"), text),
        ),
        "resolutions": _frame(resolutions, {"answer": pl.Int64, **ids}),
        "claims": _frame(
            claims,
            {"answer": pl.Int64}
            | dict.fromkeys(("number", "decision", "reason", "poe", "ended_by", "end_reason"), text),
        ),
        "said": said,
    }
    for name, table in tables.items():
        table.write_parquet(folder / f"said-{name}.parquet")
    con.execute(FOUND)
    con.execute(SAID, {name: str(folder / f"said-{name}.parquet") for name in tables})
    return [customer for (customer,) in con.execute(UNLIKE).fetchall()]


def sums(con: duckdb.DuckDBPyConnection, folder: Path, *, lines: bool) -> pl.DataFrame:
    """What was found of each customer, as text: `resolution`, `decided`; with `lines`, what each partner is paid."""
    path = folder / "sums.parquet"
    con.execute(FOUND)
    columns = "customer_id, resolution::varchar as resolution, decided::varchar as decided"
    if lines:
        con.execute(PAID)
        con.sql(
            f"select {columns}, paid_to_a, paid_to_b, paid_to_others from found left join paid using (customer_id)"
        ).write_parquet(str(path))
    else:
        con.sql(f"select {columns} from found").write_parquet(str(path))
    return pl.read_parquet(path, memory_map=False)


def _frame(rows: list[tuple[object, ...]], schema: dict[str, type[pl.DataType]]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=schema, orient="row")
