-- Of which periods is anything known, as of which delivery if not as of today, and what is a subscription's term?
-- Grain: one row; without a start where there is no such subscription, and with one that differs from it in capitals alone.
select
    min(period) as first_period, max(period) as last_period, any_value(policy.as_known_on) as as_known_on,
    any_value(start_date) as start_date, any_value(end_date) as end_date,
    (
        select min(other.subscription_id)
        from current_subscriptions as other
        where lower(other.subscription_id) = lower($subscription)
    ) as meant
from periods
cross join policy
left join current_subscriptions on subscription_id = $subscription
