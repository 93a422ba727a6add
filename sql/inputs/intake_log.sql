-- What was read from each file, and where did its rows go?
-- Grain: one row per file.
select delivery, feed, file, sha256, rows_read, accepted, duplicates, quarantined
from read_parquet($files, hive_partitioning = false)
order by delivery, feed, file
