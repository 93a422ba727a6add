-- What do statements tell of a subscription?
-- Grain: one row per subscription, as now known, numbered from 0 in the order of their IDs.
select
    subscription_id, organization_name, agreement_id, service, offer,
    row_number() over (order by subscription_id) - 1 as subscription_no
from current_subscriptions
left join current_customers using (customer_id)
