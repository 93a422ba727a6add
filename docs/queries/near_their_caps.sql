-- Which partners have used at least four fifths of a cap of the run's fiscal year?
--
-- On the sample, after `dpor run --through 2015-06 --close`:
-- 1100001 | Litware, Inc. | PARTNER |  | 200000.00 | 200000.00 | 0.00 | 28686.75 | 100
-- 1200001 | Relecloud | PARTNER |  | 100000.00 | 100000.00 | 0.00 | 21176.00 | 100
-- 1300002 | Fabrikam Île-de-France | SUBSCRIPTION | tailspin-crmol | 2000.00 | 2000.00 | 0.00 | 400.00 | 100
-- (4 rows)
select mpn_id, partner_name, scope, bucket, cap, used, remaining, cut, used_percent
from cap_usage
cross join policy
inner join periods on period = run_period and cap_usage.fiscal_year = periods.fiscal_year
where used_percent >= 80
order by used_percent desc, mpn_id, scope, bucket;
