-- Which lines of differing subscriptions are cut by a cap today?
-- Grain: one row per such line. A line that the caps leave alone can be told of without them, unless these have changed.
select period, subscription_id, incentive, mpn_id, customer_id, service
from lines_now
semi join cap_cuts using (period, subscription_id, incentive)
