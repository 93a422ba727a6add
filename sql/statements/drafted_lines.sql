-- What does each statement of the run's period say, line by line?
-- Grain: CURRENT, one row a PAYABLE line of the period; ADJUSTMENT, one row an earlier line and cause of its difference.
-- P22.
with
current_lines as (
    select
        run_period as statement_period, 'CURRENT' as kind,
        period, subscription_id, incentive, mpn_id, payable as amount, null as cause
    from incentive_lines, policy
    where period = run_period and status = 'PAYABLE'
),

drafted_lines as (
    from current_lines
    union all
    select run_period as statement_period, 'ADJUSTMENT' as kind, period, subscription_id, incentive, mpn_id, amount, cause
    from adjustments, policy
)

select * from drafted_lines
