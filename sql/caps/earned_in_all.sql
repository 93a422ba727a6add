-- What do the lines of all periods earn together, and which subscription the most of it?
-- Grain: one row; null where nobody earns.
-- P18. What is paid, held, cut or carried is never more.
with
by_subscription as (
    select subscription_id, sum(earned)::decimal(38, 2) as earned
    from (
        select subscription_id, earned from earned_totals
        union all
        select subscription_id, earned from earned_lines where status = 'HELD'
    )
    group by subscription_id
)

select sum(earned) as earned, arg_max(subscription_id, (earned, subscription_id)) as subscription_id, max(earned) as its_own
from by_subscription
