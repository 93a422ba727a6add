-- For which incentives has the service no rate in the period?
-- Grain: one row per incentive that has a rate for some service in some period. P18.
select distinct incentive
from period_rates
where incentive not in (select incentive from period_rates where period = $period and service = $service)
order by incentive
