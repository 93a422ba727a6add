-- Guards against a line with other money than its seats times its rate, or money rounded twice (P18).
-- Returns each line that is not within half a cent of the exact product.
select period, subscription_id, incentive, assigned_seats, amount_per_seat, earned
from earned_lines
where earned - assigned_seats * amount_per_seat not between -0.0049 and 0.0050
