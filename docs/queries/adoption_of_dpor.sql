-- How many subscriptions and seats have a partner by DPOR, by form, or none, month by month?
-- Whether the partner is paid is another question: `status` of por_resolution answers it. Seats of months without a snapshot don't count.
--
-- On the sample, after `dpor run --through 2015-06 --close`:
-- 2015-06 | DPOR | 21 | 208230
-- 2015-06 | OSA | 11 | 133515
-- 2015-06 | nobody | 3 | 280
-- (22 rows)
select
    period, coalesce(basis, 'nobody') as partner_by, count(*) as subscriptions, sum(assigned_seats)::bigint as seats
from por_resolution
inner join periods using (period)
left join counted_seats using (subscription_id, month_no)
group by period, basis
order by period desc, partner_by;
