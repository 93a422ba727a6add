-- Which subscriptions would earn, or wait to, but have no seats counted in the period?
-- Grain: one row a PAYABLE or HELD subscription and period without a snapshot. P17.
select period, subscription_id, mpn_id, status
from por_resolution
inner join periods using (period)
anti join counted_seats using (subscription_id, month_no)
where status in ('PAYABLE', 'HELD')
