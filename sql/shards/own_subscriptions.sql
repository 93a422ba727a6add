-- Which subscriptions belong to this shard's customers?
-- Grain: one row per subscription. A customer's shard is told from its id alone, by MD5, which every machine and version counts alike.
select subscription_id
from current_subscriptions, shard
where md5_number_lower(customer_id) % parts = number
