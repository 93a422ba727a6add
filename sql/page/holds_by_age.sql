-- How long has what is held been waiting at the end of the run's period?
-- Grain: one row per age in months, the line's own month counted. P19.
with
held as (
    select run_month_no - month_no + 1 as age, subscription_id, mpn_id, earned
    from earned_lines
    inner join periods using (period)
    inner join policy on period <= run_period
    where status = 'HELD'
)

select
    case when age <= 3 then age::varchar when age <= 6 then '4 to 6' else '7 and more' end as months,
    count(distinct subscription_id) as subscriptions,
    count(distinct mpn_id) as partners,
    sum(earned)::decimal(18, 2) as amount
from held
group by months
order by min(age)
