-- What is one closed statement made of, with the seats that were counted and what they earned when it was posted?
-- Grain: one row per line of the statement, `causes` in their order. `states` are the files of the closings up to this one,
-- `rates` that of this one.
with
own as (
    select kind, period, subscription_id, incentive, amount, cause
    from statement_lines
    where statement_period = $period and mpn_id = $mpn_id
),

known as (
    select period, subscription_id, mpn_id, service, status, assigned_seats
    from read_parquet($states, hive_partitioning = false)
    semi join own using (period, subscription_id)
    qualify row_number() over (partition by period, subscription_id order by statement_period desc) = 1
),

earning as (
    select
        period, subscription_id, incentive, assigned_seats,
        round(assigned_seats * amount_per_seat, 2)::decimal(18, 2) as earned
    from known
    inner join read_parquet($rates, hive_partitioning = false) using (period, service)
    where mpn_id = $mpn_id and status in ('PAYABLE', 'HELD')
)

select kind, period, subscription_id, incentive, assigned_seats, earned, amount, cause
from own
left join earning using (period, subscription_id, incentive)
order by kind desc, period, subscription_id, incentive, list_position($causes, cause)
