-- How many rows of the run's own delivery were set aside, and why?
-- Grain: one row per feed and reason.
select feed, reason, count(*) as rows
from quarantine, policy
where delivery = run_period
group by feed, reason
order by feed, reason
