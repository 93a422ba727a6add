-- What do Parquet files of the store hold?
-- Grain: that of the files.
select *
from read_parquet($files, hive_partitioning = false)
