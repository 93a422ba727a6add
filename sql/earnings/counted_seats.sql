-- How many assigned seats does a subscription count in a period?
-- Grain: one row per subscription and month in which a snapshot within its term was taken.
-- P17: the latest snapshot, and of one day's exports the latest. Both in one number, day of the month first, since that is
-- compared faster than a row of two; microseconds of any year up to 2100 fit into the 52 bits below it.
select
    subscription_id,
    (year(snapshot_date) * 12 + month(snapshot_date))::integer as month_no,
    max_by(assigned_seats, (day(snapshot_date) << 52) + epoch_us(exported_at)) as assigned_seats
from assigned_seats
inner join subscription_terms using (subscription_id), policy
where snapshot_date between start_date and last_day and snapshot_date >= program_first_day and snapshot_date < run_end_day
group by subscription_id, month_no
