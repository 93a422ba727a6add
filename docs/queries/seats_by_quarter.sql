-- How many assigned seats did a partner have per month on average, by service and quarter?
-- Seats that earn, or wait to. The average is over the months that have seats: a month without any doesn't lower it.
--
-- On the sample, after `dpor run --through 2015-06 --close`:
-- 0045678 | O365 | 2014-Q4 | 150.0
-- 0045678 | O365 | 2015-Q1 | 150.0
-- 0045678 | O365 | 2015-Q2 | 150.0
-- (37 rows)
select
    mpn_id, service, concat(year(first_day), '-Q', quarter(first_day)) as calendar_quarter,
    (sum(assigned_seats) / count(distinct period))::decimal(18, 1) as seats
from earning_seats
inner join periods using (period)
group by all
order by mpn_id, service, calendar_quarter;
