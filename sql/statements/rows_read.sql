-- What did the run's own delivery bring?
-- Grain: one row.
select
    count(*) as files,
    coalesce(sum(rows_read), 0) as rows_read,
    coalesce(sum(accepted), 0) as accepted,
    coalesce(sum(duplicates), 0) as duplicates,
    coalesce(sum(quarantined), 0) as quarantined
from intake_log, policy
where delivery = run_period
