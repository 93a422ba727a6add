-- Which accepted forms are of this shard's customers?
-- Grain: one row per accepted row.
select *
from read_parquet($files, hive_partitioning = false)
where md5_number_lower(customer_id) % (select parts from shard) = (select number from shard)
