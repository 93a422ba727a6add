-- How do the run's period and the month before it part by region, service and incentive?
-- Grain: one row per dimension and name. REGION: payments. SERVICE and INCENTIVE: what lines and adjustments add, after caps.
with
months as (
    select run_period as period, true as is_now
    from policy
    union all
    select period_before, false
    from policy
),

lines as (
    select is_now, coalesce(service, 'unknown') as service, incentive, sum(amount) as amount
    from statement_lines as line
    inner join months on line.statement_period = months.period
    left join current_subscriptions using (subscription_id)
    group by is_now, service, incentive
),

amounts as (
    select 'REGION' as dimension, coalesce(region, 'unknown') as name, is_now, payment as amount
    from statements
    inner join months on statement_period = months.period
    left join current_partners using (mpn_id)
    union all
    select 'SERVICE', service, is_now, amount
    from lines
    union all
    select 'INCENTIVE', incentive, is_now, amount
    from lines
)

select
    dimension, name,
    coalesce(sum(amount) filter (is_now), 0)::decimal(18, 2) as amount,
    coalesce(sum(amount) filter (not is_now), 0)::decimal(18, 2) as amount_before
from amounts
group by dimension, name
order by list_position(['REGION', 'SERVICE', 'INCENTIVE'], dimension), amount desc, name
