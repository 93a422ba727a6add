-- What does closing the period post, line by line?
-- Grain: CURRENT, one row per PAYABLE line; ADJUSTMENT, one row per earlier line and cause. P24.
select statement_period, kind, period, subscription_id, incentive, mpn_id, amount, cause
from statement_lines, policy
where statement_period = run_period
order by kind, period, subscription_id, incentive, mpn_id, cause
