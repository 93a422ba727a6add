-- What is each partner paid in the run's period, and what was it in the month before?
-- Grain: one row per statement, by MPN ID.
with
before as (
    select mpn_id, payment
    from statements
    inner join policy on statement_period = period_before
)

select
    own.mpn_id, coalesce(partner_name, '') as partner_name, coalesce(region, '') as region,
    coalesce(hq_mpn_id, '') as hq_mpn_id,
    opening_balance as opening, earned, cap_reduction as capped, adjustments, own.payment as paid,
    closing_balance as carried, held, (own.payment - coalesce(before.payment, 0))::decimal(18, 2) as change
from statements as own
inner join policy on statement_period = run_period
left join current_partners using (mpn_id)
left join before on own.mpn_id = before.mpn_id
order by own.mpn_id
