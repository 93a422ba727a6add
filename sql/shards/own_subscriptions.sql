-- Which subscriptions belong to this shard's customers?
-- Grain: one row per subscription. A customer's shard is told from its id alone, by MD5, which is the same on every machine and
-- in every version.
select subscription_id
from current_subscriptions, shard
where md5_number_lower(customer_id) % parts = number
