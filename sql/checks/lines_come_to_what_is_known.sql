-- Guards against an earlier line that all statements together pay otherwise than is known today: P22's adjustments make that up.
-- Returns each subscription of which they don't.
-- As in differing_subscriptions, each line's cents are weighed with a number drawn from its key and added up.
with
told as (
    select subscription_id, sum((hash(period, incentive, mpn_id) >> 2)::hugeint * (amount * 100)::bigint) as weighed
    from statement_lines
    group by subscription_id
),

known as (
    select subscription_id, sum((hash(period, incentive, mpn_id) >> 2)::hugeint * (payable * 100)::bigint) as weighed
    from incentive_lines
    group by subscription_id
)

select subscription_id
from told
full join known using (subscription_id)
where coalesce(told.weighed, 0) <> coalesce(known.weighed, 0)
