-- Guards against two partners of record for one subscription, and against subscriptions that no row speaks of (P16).
-- Returns each subscription and period of its term that has not exactly one row, and each row outside a term.
with
due as (
    select subscription_id, period
    from current_subscriptions
    inner join periods on start_date <= last_day and (end_date is null or first_day <= end_date)
),

found as (
    select subscription_id, period, count(*) as rows
    from por_resolution
    group by subscription_id, period
)

select subscription_id, period, rows
from due
full join found using (subscription_id, period)
where due.period is null or rows is null or rows <> 1
