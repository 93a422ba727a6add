-- Which caps cut the subscription's lines in the period?
-- Grain: one row per incentive and scope that cut it, in the order in which the caps are applied (P20), which `scopes` gives.
select incentive, scope, cut
from cap_cuts
where subscription_id = $subscription and period = $period
order by incentive, list_position($scopes, scope)
