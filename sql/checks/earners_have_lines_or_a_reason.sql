-- Guards against a subscription that should earn and is lost by a join (P17, P18).
-- Returns each subscription whose PAYABLE and HELD months are not its months with seats and those without, and each period and
-- service in which the lines are not one for each rate and row of seats. Months are told by how many they are and what their
-- numbers come to, which takes a fraction of the time of putting month against month.
with
due as (
    select
        subscription_id,
        sum(until_month_no - from_month_no) as months,
        sum((until_month_no - from_month_no) * (from_month_no + until_month_no - 1) // 2) as month_nos
    from por_spans
    where status in ('PAYABLE', 'HELD')
    group by subscription_id
),

accounted as (
    select subscription_id, count(*) as months, sum(month_no) as month_nos
    from (
        select period, subscription_id from earning_seats
        union all
        select period, subscription_id from missing_seats
    )
    inner join periods using (period)
    group by subscription_id
),

rates as (
    select periods.period, rate.service, count(distinct rate.incentive) as incentives
    from periods
    inner join current_rates as rate
        on rate.valid_from <= periods.last_day and (rate.valid_to is null or periods.last_day <= rate.valid_to)
    group by periods.period, rate.service
),

seats as (
    select period, service, count(*) as rows
    from earning_seats
    group by period, service
),

lines as (
    select period, service, count(*) as lines
    from earned_lines
    group by period, service
)

select 'months of ' || subscription_id as what, due.months as due, accounted.months as found
from due
full join accounted using (subscription_id)
where due.months is distinct from accounted.months or due.month_nos is distinct from accounted.month_nos
union all
select 'lines of ' || service || ' in ' || period, rows * coalesce(incentives, 0), coalesce(lines, 0)
from seats
left join rates using (period, service)
full join lines using (period, service)
where coalesce(rows * coalesce(incentives, 0), 0) <> coalesce(lines, 0)
