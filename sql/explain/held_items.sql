-- What waits for a proof of execution, up to a period?
-- Grain: one row per HELD line.
select period, subscription_id, incentive, assigned_seats, earned
from incentive_lines
where mpn_id = $mpn_id and status = 'HELD' and period <= $period
order by period, subscription_id, incentive
