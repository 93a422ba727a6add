-- Guards against money from nowhere: a line that pays more than it earned, or pays while it is held (P19, P20).
-- Returns each such line.
select period, subscription_id, incentive, mpn_id, status, earned, payable
from incentive_lines
where payable < 0 or payable > earned or (status = 'HELD' and payable <> 0)
