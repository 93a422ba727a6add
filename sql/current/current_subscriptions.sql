-- Which version of a subscription counts? The one delivered last, for past periods too (P22).
-- Grain: one row per subscription.
select
    subscription_id, customer_id, agreement_id, program, service, offer, start_date, end_date,
    delivery, file, row_number
from subscriptions
qualify row_number() over (partition by subscription_id order by delivery desc, file desc, row_number desc) = 1
