-- In which lines do two accounts of one period differ, to the cent?
-- Grain: one row per MPN ID with a line that differs, or that only one of them has.
with
one as (
    select kind, period, subscription_id, incentive, mpn_id, amount, cause
    from read_parquet($one, hive_partitioning = false)
),

other as (
    select kind, period, subscription_id, incentive, mpn_id, amount, cause
    from read_parquet($other, hive_partitioning = false)
)

select distinct mpn_id
from (
    (from one except all from other)
    union all
    (from other except all from one)
)
order by mpn_id
