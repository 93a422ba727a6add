-- In which statements do two accounts of one period differ, to the cent?
-- Grain: one row per MPN ID whose sums differ, or that only one of them has.
with
one as (
    select mpn_id, earned, cap_reduction, adjustments, held, opening_balance, payment, closing_balance
    from read_parquet($one, hive_partitioning = false)
),

other as (
    select mpn_id, earned, cap_reduction, adjustments, held, opening_balance, payment, closing_balance
    from read_parquet($other, hive_partitioning = false)
)

select distinct mpn_id
from (
    (from one except all from other)
    union all
    (from other except all from one)
)
order by mpn_id
