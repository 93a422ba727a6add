-- Which accepted snapshots or events are of this shard's subscriptions?
-- Grain: one row per accepted row.
select *
from read_parquet($files, hive_partitioning = false)
semi join own_subscriptions using (subscription_id)
