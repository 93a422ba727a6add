-- Whom do two accounts of one period tell something else?
-- Grain: one row per MPN ID with a message that differs, or that only one of them has. The wording isn't compared: it may be
-- another version's.
with
one as (
    select notification_id, kind, mpn_id, email, claim_id, source, outcome
    from read_parquet($one, hive_partitioning = false)
),

other as (
    select notification_id, kind, mpn_id, email, claim_id, source, outcome
    from read_parquet($other, hive_partitioning = false)
)

select distinct mpn_id
from (
    (from one except all from other)
    union all
    (from other except all from one)
)
order by mpn_id
