-- Guards against money from nowhere: a cut of more than its line earned, or of a line that is held or isn't there (P19, P20).
-- Returns each such cut. A line without one pays what it earned, or nothing while it is held.
with
cuts as (
    select period, subscription_id, incentive, sum(cut) as cut
    from cap_cuts
    group by period, subscription_id, incentive
)

select period, subscription_id, incentive, status, earned, cut
from cuts
left join earned_lines using (period, subscription_id, incentive)
where status is distinct from 'PAYABLE' or cut <= 0 or cut > earned
