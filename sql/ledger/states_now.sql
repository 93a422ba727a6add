-- What is known of each subscription and period today?
-- Grain: one row per known subscription and period of its term.
select
    period, subscription_id, customer_id, service, mpn_id, basis, claim_id, status, reason, poe_status, assigned_seats
from por_resolution
inner join periods using (period)
left join counted_seats using (subscription_id, month_no)
