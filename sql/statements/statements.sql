-- What is each partner paid for the run's period, and what is carried forward?
-- Grain: one row an MPN ID that has a PAYABLE or HELD line in any period so far.
-- P21 (never merged), P23 (below the minimum nothing is paid). held: earned on HELD lines of every period so far.
with
lines as (
    select
        mpn_id,
        coalesce(sum(earned) filter (where period = run_period and status = 'PAYABLE'), 0) as earned,
        coalesce(sum(earned - payable) filter (where period = run_period and status = 'PAYABLE'), 0) as cap_reduction,
        coalesce(sum(earned) filter (where status = 'HELD'), 0) as held
    from incentive_lines, policy
    group by mpn_id
),

adjusted as (
    select mpn_id, sum(amount) as adjustments
    from statement_lines
    where kind = 'ADJUSTMENT'
    group by mpn_id
),

due as (
    select
        mpn_id, earned, cap_reduction, held, coalesce(adjustments, 0) as adjustments, 0 as opening_balance,
        earned - cap_reduction + coalesce(adjustments, 0) as due
    from lines
    left join adjusted using (mpn_id)
),

statements as (
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
        'DRAFT' as state
    from due, policy
)

select * from statements
