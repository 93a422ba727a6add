-- Guards against a partner paid for a subscription whose partner of record it is not (P16).
-- Returns each row of seats that earn for which there is no PAYABLE or HELD span of the same partner and status. That there are
-- not two is for resolution_is_complete to see.
select period, seats.subscription_id, seats.mpn_id, seats.status
from earning_seats as seats
inner join periods using (period)
anti join por_spans as span
    on seats.subscription_id = span.subscription_id and seats.mpn_id = span.mpn_id and seats.status = span.status
    and span.from_month_no <= month_no and month_no < span.until_month_no
    and span.status in ('PAYABLE', 'HELD')
