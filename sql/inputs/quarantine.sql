-- Which rows were set aside, why, and has a later delivery accepted them since?
-- Grain: one row per row set aside.
select
    delivery, feed, file, row_number, column_name, reason, detail, raw,
    accepted_in as released_by
from read_parquet($files, hive_partitioning = false)
left join released_rows using (delivery, feed, file, row_number)
order by delivery, feed, file, row_number
