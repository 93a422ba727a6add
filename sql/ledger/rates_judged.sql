-- What does one assigned seat earn in a period, as known today?
-- Grain: one row per period, service and incentive that has a rate.
select period, service, incentive, amount_per_seat
from period_rates
