-- Which seats earn, or wait to, and for whom?
-- Grain: one row per PAYABLE or HELD subscription and period with seats.
-- P16, P17.
select period, seats.subscription_id, customer_id, service, mpn_id, status, assigned_seats
from counted_seats as seats
inner join por_spans as span
    on seats.subscription_id = span.subscription_id
    and seats.month_no >= span.from_month_no and seats.month_no < span.until_month_no
inner join periods using (month_no)
where status in ('PAYABLE', 'HELD')
