-- By how much does each line of a closed period differ from what was posted, cause by cause?
-- Grain: one row per differing line and cause that makes a difference. The causes of a line add up to its difference.
-- P22. Each cause takes the difference that it makes when applied in the order of `causes`.
with
first_billed as (
    select period, subscription_id, incentive, mpn_id, payable - posted as amount
    from differences
    where never_billed
),

by_facts as (
    select
        period, subscription_id, incentive, mpn_id, stage as cause_no,
        pays - lag(pays) over (partition by period, subscription_id, incentive, mpn_id order by stage) as amount
    from stages
),

last_stages as (
    select period, subscription_id, incentive, mpn_id, earned, pays
    from stages
    where stage = 9
),

by_caps_and_rules as (
    select
        line.period, line.subscription_id, line.incentive, line.mpn_id,
        case
            when caps_differ is distinct from true then 0
            when room_now is null then last_stages.earned - last_stages.pays -- no cap limits it today
            else least(last_stages.earned, room_now) - last_stages.pays
        end as by_caps,
        line.judged - last_stages.pays - by_caps as by_other_lines,
        line.payable - line.judged as by_policy,
        line.before - line.posted as by_software
    from differences as line
    inner join last_stages using (period, subscription_id, incentive, mpn_id)
    left join rooms using (period, subscription_id, incentive, mpn_id)
),

numbered as (
    select period, subscription_id, incentive, mpn_id, 1 as cause_no, amount from first_billed
    union all
    select period, subscription_id, incentive, mpn_id, cause_no, amount from by_facts
    where cause_no > 0
    union all
    select period, subscription_id, incentive, mpn_id, 10, by_caps from by_caps_and_rules
    union all
    select period, subscription_id, incentive, mpn_id, 11, by_other_lines from by_caps_and_rules
    union all
    select period, subscription_id, incentive, mpn_id, 12, by_policy from by_caps_and_rules
    union all
    select period, subscription_id, incentive, mpn_id, 13, by_software from by_caps_and_rules
),

adjustments as (
    select period, subscription_id, incentive, mpn_id, cause, amount::decimal(18, 2) as amount
    from numbered
    inner join causes using (cause_no)
    where amount <> 0
)

select * from adjustments
