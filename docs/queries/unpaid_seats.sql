-- How many assigned seats earn nobody anything in the run's period, and what is missing?
--
-- On the sample, after `dpor run --through 2015-06 --close`:
-- poe_pending | 9 | 4000 | A proof of execution that passes: send it to the address of your region
-- poe_failed | 2 | 800 | A proof of execution that passes: the latest one failed
-- partner_not_eligible | 1 | 600 | Your eligibility on the last day of the period
-- (6 rows)
select reason, count(*) as subscriptions, sum(assigned_seats)::bigint as seats, any_value(missing) as missing
from unpaid_seats
inner join policy on period = run_period
group by reason
order by seats desc, reason;
