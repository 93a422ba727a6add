-- By how much would today's caps alone have changed the lines of the last closing?
-- Grain: one row a line of then that they would have changed.
select period, subscription_id, incentive, mpn_id, lines_recapped.payable - lines_before.payable as effect
from lines_recapped
inner join lines_before using (period, subscription_id, incentive, mpn_id)
where lines_recapped.payable <> lines_before.payable
