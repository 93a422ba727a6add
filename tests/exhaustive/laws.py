"""What the policy promises of every history, each promise as a query for the customers whom it is broken for."""

from __future__ import annotations

import duckdb
from exhaustive.alone import TURNS
from exhaustive.bench import CAPS

FIRST_MONTH = 2014 * 12 + 10
A_SUBSCRIPTION, A_CUSTOMER = dict(CAPS).values()

IN_SHORT = f"""
    create or replace temp table at_turns as
    select period, end_day, subscription_id, customer_id, mpn_id, basis, status, claim_id
    from por_resolution
    inner join periods using (period)
    where period in {tuple(TURNS)};

    create or replace temp table customers_in_short as
    select
        customer_id,
        count(*) as rows,
        sum(slot) as slots,
        bit_or(slot) as different_slots
    from (
        select
            customer_id,
            1::bigint << (2 * (month_no - {FIRST_MONTH}) + (right(subscription_id, 1) = 'b')::int) as slot
        from por_resolution
        inner join periods using (period)
    )
    group by customer_id
"""
"""Partners of record in the months in which anything may turn; and a bit for each row of a customer."""

LAWS = {
    "never two partners of record for a subscription and period": """
        select customer_id from customers_in_short where slots <> different_slots or rows <> 32
    """,
    "the last DPOR wins": """
        with
        effects as (
            select
                period, claims.subscription_id,
                arg_max(decision, received_at) in ('ATTACHED', 'DUPLICATE') as attached,
                arg_max(mpn_id, received_at) as mpn_id
            from claims
            inner join (select distinct period, end_day from at_turns) on received_at < end_day
            where source = 'DPOR' and decision <> 'REJECTED'
            group by all
        )
        select customer_id
        from at_turns as por
        left join effects using (period, subscription_id)
        where coalesce(attached, false) <> coalesce(basis = 'DPOR', false)
            or coalesce(attached, false) and por.mpn_id is distinct from effects.mpn_id
    """,
    "a failed DPOR pays nobody": """
        select por.customer_id
        from at_turns as por
        inner join poe_reviews as review using (claim_id)
        inner join claims as claim using (claim_id)
        where basis = 'DPOR' and outcome = 'FAIL' and poe_status <> 'NOT_REQUIRED' and status <> 'DENIED'
    """,
    "a stopped form never earns again": """
        select por.customer_id
        from at_turns as por
        inner join claims as form using (claim_id)
        where basis = 'OSA' and ended_at < end_day
    """,
    "another partner's DPOR stops every earlier form of the service": """
        select form.customer_id
        from claims as form
        inner join claims as dpor on form.customer_id = dpor.customer_id and form.mpn_id <> dpor.mpn_id
        where form.source = 'OSA' and form.decision = 'ATTACHED' and dpor.source = 'DPOR' and dpor.decision = 'ATTACHED'
            and dpor.received_at >= form.received_at + interval 1 day
            and (form.ended_at is null or form.ended_at > dpor.received_at)
    """,
    "what was refused, or said before, makes nobody partner of record": """
        select por.customer_id
        from at_turns as por
        inner join claims using (claim_id)
        where decision <> 'ATTACHED'
    """,
    "forms earn until they are recognised no more, DPOR from when it is live": """
        select customer_id
        from at_turns
        where basis = 'OSA' and period > '2015-12' or basis = 'DPOR' and period < '2015-03'
    """,
}
"""Of who is partner of record."""

LAWS_OF_LINES = {
    "whoever is partner of record is paid, and nobody else": """
        select coalesce(customer_id, line.subscription_id)
        from por_resolution as por
        full join incentive_lines as line using (period, subscription_id)
        where (por.status in ('PAYABLE', 'HELD')) is distinct from (line.mpn_id is not null)
            or por.mpn_id <> line.mpn_id or por.status <> line.status and line.mpn_id is not null
            or por.status = 'HELD' and payable <> 0
    """,
    "nothing is paid above a cap": f"""
        select any_value(customer_id)
        from incentive_lines
        inner join periods using (period)
        inner join current_subscriptions using (subscription_id)
        group by grouping sets ((subscription_id, mpn_id, fiscal_year), (customer_id, mpn_id, fiscal_year))
        having sum(payable) > case when grouping(subscription_id) = 0 then {A_SUBSCRIPTION} else {A_CUSTOMER} end
    """,
    "a cap cuts no cent before it is reached": f"""
        with
        buckets as (
            select customer_id, mpn_id, fiscal_year, sum(earned) as earned, sum(payable) as payable
            from incentive_lines
            inner join periods using (period)
            inner join current_subscriptions using (subscription_id)
            where status = 'PAYABLE'
            group by customer_id, subscription_id, mpn_id, fiscal_year
        )
        select customer_id
        from buckets
        group by customer_id, mpn_id, fiscal_year
        having sum(payable) <> least(sum(least(earned, {A_SUBSCRIPTION})), {A_CUSTOMER})
    """,
}  # fmt: skip
"""Of what is paid."""


def broken(con: duckdb.DuckDBPyConnection, laws: dict[str, str]) -> dict[str, list[str]]:
    """The laws that don't hold, each with a few of the customers that it is broken for."""
    con.execute(IN_SHORT)
    found = {law: con.execute(query).fetchmany(5) for law, query in laws.items()}
    return {law: [row[0] for row in rows] for law, rows in found.items() if rows}
