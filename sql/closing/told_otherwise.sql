-- Which statements of closed periods does the database tell otherwise than they were posted, to the cent?
-- Grain: one row per period and MPN ID whose sums or lines differ, or that only one of the two has. P24.
with
posted as (
    select statement_period, mpn_id, earned, cap_reduction, adjustments, held, opening_balance, payment, closing_balance, state
    from read_parquet($statements, hive_partitioning = false)
),

told as (
    select statement_period, mpn_id, earned, cap_reduction, adjustments, held, opening_balance, payment, closing_balance, state
    from statements
    where state = 'CLOSED' or statement_period in (select statement_period from posted)
),

posted_lines as (
    select statement_period, mpn_id, kind, period, subscription_id, incentive, amount, cause
    from read_parquet($lines, hive_partitioning = false)
),

told_lines as (
    select statement_period, mpn_id, kind, period, subscription_id, incentive, amount, cause
    from statement_lines
    where statement_period in (select statement_period from posted)
),

told_otherwise as (
    select statement_period, mpn_id
    from ((from posted except all from told) union all (from told except all from posted))
    union
    select statement_period, mpn_id
    from ((from posted_lines except all from told_lines) union all (from told_lines except all from posted_lines))
)

select * from told_otherwise
order by statement_period, mpn_id
