-- What did the subscription earn and pay in the period?
-- Grain: one row per incentive.
select incentive, assigned_seats, amount_per_seat, earned, payable
from incentive_lines
where subscription_id = $subscription and period = $period
order by incentive
