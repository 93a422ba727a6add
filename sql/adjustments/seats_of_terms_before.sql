-- How many assigned seats, of all that are known today, would a subscription count in a period by the term that it had?
-- Grain: one row per subscription and month, where its term is another today. As counted_seats (P17).
select
    subscription_id,
    (year(snapshot_date) * 12 + month(snapshot_date))::integer as month_no,
    max_by(assigned_seats, (day(snapshot_date) << 52) + epoch_us(exported_at)) as assigned_seats
from assigned_seats
inner join terms_before using (subscription_id)
where snapshot_date between start_date and last_day
group by subscription_id, month_no
