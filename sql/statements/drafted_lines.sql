-- What does each statement of the run's period say, line by line?
-- Grain: CURRENT, one row per PAYABLE line of the period; ADJUSTMENT, one row per earlier line and cause of its difference.
-- P22.
select run_period as statement_period, kind, period, subscription_id, incentive, mpn_id, payable as amount, cause
from new_lines, policy
union all
select run_period, 'ADJUSTMENT', period, subscription_id, incentive, mpn_id, amount, cause
from adjustments, policy
