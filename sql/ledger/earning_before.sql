-- Which seats earned, or waited to, at the last closing?
-- Grain: one row per subscription and period that was PAYABLE or HELD then, with seats. The columns are those of earning_seats.
select period, subscription_id, customer_id, service, mpn_id, status, assigned_seats
from states_before
where status in ('PAYABLE', 'HELD') and assigned_seats is not null
