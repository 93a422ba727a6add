-- Which subscriptions would earn, or wait to, but have no seats counted in the period?
-- Grain: one row per PAYABLE or HELD subscription and period without a snapshot.
-- P17. Months are counted first, since few subscriptions lack one.
with
due as (
    select subscription_id, sum(until_month_no - from_month_no) as months
    from por_spans
    where status in ('PAYABLE', 'HELD')
    group by subscription_id
),

found as (
    select subscription_id, count(*) as months
    from earning_seats
    group by subscription_id
),

lacking as (
    select subscription_id
    from due
    left join found using (subscription_id)
    where due.months <> coalesce(found.months, 0)
),

months as (
    select
        unnest(range(from_month_no, until_month_no))::integer as month_no, subscription_id, mpn_id, status
    from por_spans
    where status in ('PAYABLE', 'HELD') and subscription_id in (from lacking)
),

missing_seats as (
    select period, subscription_id, mpn_id, status
    from months
    inner join periods using (month_no)
    anti join earning_seats using (period, subscription_id)
)

select * from missing_seats
