-- Which rows of the run's own delivery go back to whoever delivered them?
-- Grain: one row per row set aside.
select
    feed, file, row_number, column_name as "column", reason, detail, raw
from quarantine, policy
where delivery = run_period
order by feed, file, row_number
