-- What of the subscription's period stands on statements so far?
-- Grain: one row per statement, partner, kind and cause, `causes` in their order.
select
    statement_period, state, case when statement_period = run_period then policy.as_known_on end as as_known_on,
    line.mpn_id, kind, cause, sum(amount)::decimal(18, 2) as amount
from statement_lines as line
inner join statements using (statement_period, mpn_id)
cross join policy
where subscription_id = $subscription and period = $period
group by statement_period, state, run_period, policy.as_known_on, line.mpn_id, kind, cause
order by statement_period, line.mpn_id, list_position($causes, cause)
