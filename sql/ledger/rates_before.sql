-- What did one assigned seat earn in a period, as known at the last closing?
-- Grain: one row per period, service and incentive that had a rate then.
select period, service, incentive, amount_per_seat
from posted_rates
