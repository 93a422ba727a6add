-- What have closed statements posted for each line, all of them together?
-- Grain: one row a line that was ever posted.
select period, subscription_id, incentive, mpn_id, sum(amount)::decimal(18, 2) as payable
from posted_lines
group by period, subscription_id, incentive, mpn_id
