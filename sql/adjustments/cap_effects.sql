-- By how much would today's caps alone have changed the lines of the last closing?
-- Grain: one row a line of then that they would have changed. An earlier line of which a cap left nothing was never posted.
select
    period, subscription_id, incentive, mpn_id,
    lines_recapped.payable - coalesce(lines_before.payable, 0) as effect
from lines_recapped
left join lines_before using (period, subscription_id, incentive, mpn_id)
where lines_recapped.payable <> coalesce(lines_before.payable, 0)
