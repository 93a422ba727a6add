-- What waited for a proof of execution when a period was posted, up to that period?
-- Grain: one row per line that was HELD then. `states` are the files of the closings up to this one, `rates` that of this one.
with
perhaps as (
    select distinct period, subscription_id
    from read_parquet($states, hive_partitioning = false)
    where mpn_id = $mpn_id and status = 'HELD'
),

known as (
    select period, subscription_id, mpn_id, service, status, assigned_seats
    from read_parquet($states, hive_partitioning = false)
    semi join perhaps using (period, subscription_id)
    qualify row_number() over (partition by period, subscription_id order by statement_period desc) = 1
)

select
    period, subscription_id, incentive, assigned_seats, round(assigned_seats * amount_per_seat, 2)::decimal(18, 2) as earned
from known
inner join read_parquet($rates, hive_partitioning = false) using (period, service)
where mpn_id = $mpn_id and status = 'HELD' and assigned_seats is not null
order by period, subscription_id, incentive
