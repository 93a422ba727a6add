-- Which accepted reviews are of this shard's claims?
-- Grain: one row per accepted row.
select *
from read_parquet($files, hive_partitioning = false)
where claim_id in (
    select form_id from osa_forms
    union all
    select event_id from dpor_attachments
)
