-- What is one drafted statement made of?
-- Grain: one row per line of the statement, `causes` in their order.
select kind, period, subscription_id, incentive, assigned_seats, earned, amount, cause
from statement_lines
left join incentive_lines using (period, subscription_id, incentive, mpn_id)
where statement_period = $period and statement_lines.mpn_id = $mpn_id
order by kind desc, period, subscription_id, incentive, list_position($causes, cause)
