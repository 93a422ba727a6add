-- What did the draft say that was published last, line by line?
-- Grain: CURRENT, one row a PAYABLE line; ADJUSTMENT, one row an earlier line and cause.
select statement_period, kind, period, subscription_id, incentive, mpn_id, amount, cause
from statement_lines
where statement_period = $period
order by kind, period, subscription_id, incentive, mpn_id, cause
