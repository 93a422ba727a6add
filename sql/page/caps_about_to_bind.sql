-- Which caps of the run's fiscal year are used by four fifths or more?
-- Grain: one row per cap's bucket, the fullest first; the first fifty, and how many there are. P20.
select
    cap_usage.mpn_id, partner_name, scope, bucket, cap, used, remaining, cut, used_percent, count(*) over () as of_all
from cap_usage
cross join policy
inner join periods on period = run_period and cap_usage.fiscal_year = periods.fiscal_year
where used_percent >= 80
order by used_percent desc, remaining, cut desc, cap_usage.mpn_id, scope, bucket
limit 50
