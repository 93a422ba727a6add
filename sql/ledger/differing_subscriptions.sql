-- On which subscriptions does any line of a closed period pay something else than was posted?
-- Grain: one row per subscription. Only their lines are looked at one by one.
-- P22. Each line's cents, posted or paid, are weighed with a number drawn from its key and added up: the sums differ where a line
-- does; that they were equal by chance is one in about 2^62. In return no line need meet its like.
with
posted as (
    select subscription_id, sum((hash(period, incentive, mpn_id) >> 2)::hugeint * (amount * 100)::bigint) as weighed
    from posted_lines
    group by subscription_id
),

paid_today as (
    select subscription_id, sum((hash(period, incentive, mpn_id) >> 2)::hugeint * (payable * 100)::bigint) as weighed
    from incentive_lines, last_closed
    where period <= last_period
    group by subscription_id
),

differing_subscriptions as (
    select subscription_id
    from posted
    full join paid_today using (subscription_id)
    where coalesce(posted.weighed, 0) <> coalesce(paid_today.weighed, 0)
)

select * from differing_subscriptions
