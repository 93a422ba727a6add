-- What does each statement of the run's period say, line by line?
-- Grain: CURRENT, one row a PAYABLE line of the period; ADJUSTMENT, one row an earlier line that pays and was never billed.
-- P22. An earlier line of which nothing has been posted is an adjustment in full, first_billed.
with
current_lines as (
    select
        run_period as statement_period, 'CURRENT' as kind,
        period, subscription_id, incentive, mpn_id, payable as amount, null as cause
    from incentive_lines, policy
    where period = run_period and status = 'PAYABLE'
),

adjustments as (
    select
        run_period as statement_period, 'ADJUSTMENT' as kind,
        period, subscription_id, incentive, mpn_id, payable as amount, 'first_billed' as cause
    from incentive_lines, policy
    where period < run_period and payable <> 0
),

statement_lines as (
    from current_lines
    union all
    from adjustments
)

select * from statement_lines
