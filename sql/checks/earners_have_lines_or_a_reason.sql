-- Guards against a subscription that should earn and is lost by a join (P17, P18).
-- Returns each subscription whose PAYABLE and HELD months are not its months with seats and those without, and each period and
-- service in which the lines are not one for each rate and row of seats. Each month weighs a number drawn from it: that other
-- months weigh the same by chance is one in about 2^62, and they needn't be joined one by one.
with
weighed as (
    select month_no, period, (hash(month_no) >> 2)::hugeint as weight, sum(weight) over (order by month_no) as so_far
    from periods
),

due as (
    select
        subscription_id,
        sum(until_month_no - from_month_no) as months,
        sum(last_month.so_far - first_month.so_far + first_month.weight) as weight
    from por_spans
    inner join weighed as first_month on first_month.month_no = from_month_no
    inner join weighed as last_month on last_month.month_no = until_month_no - 1
    where status in ('PAYABLE', 'HELD')
    group by subscription_id
),

accounted as (
    select subscription_id, count(*) as months, sum(weight) as weight
    from (
        select period, subscription_id from earning_seats
        union all
        select period, subscription_id from missing_seats
    )
    inner join weighed using (period)
    group by subscription_id
),

rates as (
    select periods.period, rate.service, count(distinct rate.incentive) as incentives
    from periods
    inner join current_rates as rate
        on rate.valid_from <= periods.last_day and (rate.valid_to is null or periods.last_day <= rate.valid_to)
    inner join policy on rate.service in (select unnest(services)) and rate.incentive in (select unnest(incentives))
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

select
    case when due.months = accounted.months then 'other months of ' else 'months of ' end || subscription_id as what,
    due.months as due, accounted.months as found
from due
full join accounted using (subscription_id)
where due.weight is distinct from accounted.weight
union all
select 'lines of ' || service || ' in ' || period, rows * coalesce(incentives, 0), coalesce(lines, 0)
from seats
left join rates using (period, service)
full join lines using (period, service)
where coalesce(rows * coalesce(incentives, 0), 0) <> coalesce(lines, 0)
