-- Which rows were set aside, and how many were accepted since?
--
-- On the sample, after `dpor run --through 2015-06 --close`:
-- 2014-10 | assigned_seats | bad_type | 1 | 0
-- 2014-11 | assigned_seats | assigned_exceeds_purchased | 1 | 0
-- 2014-12 | subscriptions | service_out_of_scope | 1 | 0
-- (8 rows)
select delivery, feed, reason, count(*) as set_aside, count(released_by) as released
from quarantine
group by delivery, feed, reason
order by delivery, feed, reason;
