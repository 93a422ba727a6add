-- What is each partner paid for the run's period, and what is carried forward?
-- Grain: one row per MPN ID that has a PAYABLE or HELD line in any period so far, or anything but zeros in a closed statement.
-- P21 (never merged), P23 (below the minimum nothing is paid). held: earned on HELD lines of every period so far.
-- What isn't zero in a closed statement was earned, was held, or comes from a line that was posted, then or before.
with
opening as (
    select mpn_id, max_by(closing_balance, statement_period) as opening_balance
    from posted_statements
    group by mpn_id
    having bool_or(earned <> 0 or held <> 0) or mpn_id in (select mpn_id from posted_lines where amount <> 0)
),

earned as (
    select
        mpn_id,
        sum(earned) filter (where period = run_period and status = 'PAYABLE') as earned,
        sum(earned) filter (where status = 'HELD') as held
    from earned_lines, policy
    group by mpn_id
),

cut as (
    select mpn_id, sum(cut) as cap_reduction
    from policy
    inner join cap_cuts on cap_cuts.period = run_period
    inner join earned_lines as line using (period, subscription_id, incentive)
    group by mpn_id
),

adjusted as (
    select mpn_id, sum(amount) as adjustments
    from statement_lines, policy
    where statement_period = run_period and kind = 'ADJUSTMENT'
    group by mpn_id
),

together as (
    select
        mpn_id,
        coalesce(earned, 0) as earned,
        coalesce(cap_reduction, 0) as cap_reduction,
        coalesce(adjustments, 0) as adjustments,
        coalesce(held, 0) as held,
        coalesce(opening_balance, 0) as opening_balance
    from earned
    full join opening using (mpn_id)
    full join cut using (mpn_id)
    full join adjusted using (mpn_id)
),

due as (
    select
        mpn_id, earned, cap_reduction, adjustments, held, opening_balance,
        opening_balance + earned - cap_reduction + adjustments as due
    from together
),

drafted_statements as (
    select
        run_period as statement_period,
        mpn_id,
        earned::decimal(18, 2) as earned,
        cap_reduction::decimal(18, 2) as cap_reduction,
        adjustments::decimal(18, 2) as adjustments,
        held::decimal(18, 2) as held,
        opening_balance::decimal(18, 2) as opening_balance,
        case when due > 0 and due >= minimum_payment then due else 0 end::decimal(18, 2) as payment,
        case when due > 0 and due >= minimum_payment then 0 else due end::decimal(18, 2) as closing_balance,
        run_state as state
    from due, policy
)

select * from drafted_statements
