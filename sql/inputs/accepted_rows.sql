-- What has one feed delivered, all versions? Read from the store.
-- Grain: one row an accepted row.
select *
from read_parquet($files)
