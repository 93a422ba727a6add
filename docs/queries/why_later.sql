-- Why did earlier months change, in how many adjustments and by how much?
--
-- On the sample, after `dpor run --through 2015-06 --close`:
-- cap_changed | 3 | 600.00
-- first_billed | 3 | 233.60
-- poe_passed | 6 | 1200.00
-- (5 rows)
select cause, count(*) as adjustments, sum(amount) as amount
from statement_lines
where kind = 'ADJUSTMENT'
group by cause
order by cause;
