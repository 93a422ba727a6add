-- Who is paid in the run's period?
--
-- On the sample, after `dpor run --through 2015-06 --close`:
-- 1200001 | Relecloud | 39118.00
-- 1100001 | Litware, Inc. | 26712.00
-- 1400001 | A. Datum Corporation | 850.00
-- (7 rows)
select mpn_id, partner_name, payment
from statements
inner join policy on statement_period = run_period
inner join current_partners using (mpn_id)
where payment > 0
order by payment desc, mpn_id;
