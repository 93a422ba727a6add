-- What would each differing line pay if the changes came one kind after the other?
-- Grain: one row per differing line and stage: 0 as it was posted, then each cause up to subscription_changed on top of those.
-- At each it has the room that it had at the last closing: what it paid, where a cap had cut it, else what the caps of then leave
-- it among the other lines of then; of the buckets that it moves to only from there on. What the caps do beyond that is theirs.
with
staged as (
    select
        period, subscription_id, incentive, mpn_id, stage,
        buckets_differ, stage = 9 and buckets_differ as is_moved,
        case when stage = 9 then mpn_now when stage >= partner_stage then mpn_between else mpn_was end as por,
        case when stage = 9 then poe_now when stage >= poe_stage then poe_between else poe_was end as poe,
        case when stage = 9 then seats_now when stage >= 6 then seats_between else seats_was end as seats,
        case when stage = 9 then rate_now when stage >= 7 then rate_between else rate_was end as rate,
        case when stage >= 8 then eligible_now else eligible_was end as eligible
    from differing_facts
    cross join (select unnest(range(10)) as stage)
),

earning as (
    select
        period, subscription_id, incentive, mpn_id, stage, buckets_differ, is_moved,
        case
            when por = mpn_id and poe in ('PASS', 'NOT_REQUIRED') and eligible
                then coalesce(round(seats * rate, 2), 0)
            else 0
        end::decimal(18, 2) as earned
    from staged
),

stages as (
    select
        earning.period, earning.subscription_id, earning.incentive, earning.mpn_id, earning.stage, earned,
        case
            when is_moved then least(earned, coalesce(room_then, earned))
            when line.before < first_value(earned) over in_order then least(earned, line.before)
            when buckets_differ then earned
            else least(earned, coalesce(room_then, earned))
        end as pays
    from earning
    inner join differences as line using (period, subscription_id, incentive, mpn_id)
    left join rooms using (period, subscription_id, incentive, mpn_id)
    window in_order as (
        partition by earning.period, earning.subscription_id, earning.incentive, earning.mpn_id order by earning.stage
    )
)

select * from stages
