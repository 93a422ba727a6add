-- Which periods close before the run's can?
-- Grain: one row per open period before the run's, in order. P24: the first to close is the first that there is a delivery of.
select period
from periods
inner join policy on period < run_period
where period > coalesce((select max(period) from closed_periods), '')
    and (exists (from closed_periods) or period >= (select min(delivery) from intake_log))
order by period
