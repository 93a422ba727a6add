-- Guards against two partners of record for one subscription and month, and against months that no span speaks of (P16).
-- Returns each subscription whose spans don't lie end to end from the first month of its term, or the programme, to the last.
with
due as (
    select
        subscription_id,
        greatest(year(start_date) * 12 + month(start_date), first_month_no) as from_month_no,
        least(coalesce(year(end_date) * 12 + month(end_date), last_month_no), last_month_no) + 1 as until_month_no
    from current_subscriptions, (select min(month_no) as first_month_no, max(month_no) as last_month_no from periods)
    where from_month_no < until_month_no and first_month_no is not null
),

in_order as (
    select
        subscription_id, from_month_no, until_month_no,
        lag(until_month_no) over (partition by subscription_id order by from_month_no, until_month_no) as previous_until
    from por_spans
),

found as (
    select
        subscription_id, min(from_month_no) as from_month_no, max(until_month_no) as until_month_no,
        bool_and(from_month_no < until_month_no and coalesce(previous_until, from_month_no) = from_month_no) as end_to_end
    from in_order
    group by subscription_id
)

select
    subscription_id, due.from_month_no, found.from_month_no as found_from,
    due.until_month_no, found.until_month_no as found_until
from due
full join found using (subscription_id)
where due.from_month_no is distinct from found.from_month_no
    or due.until_month_no is distinct from found.until_month_no
    or not end_to_end
