-- What did one assigned seat earn, as known when the period closed?
-- Grain: one row per period so far, service and incentive with a rate.
select period, service, incentive, amount_per_seat
from period_rates
order by period, service, incentive
