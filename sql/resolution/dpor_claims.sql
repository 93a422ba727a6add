-- From when to when was a partner attached to a subscription by DPOR, and what ended it?
-- Grain: one row per claim. Half-open: started_at <= t and t < ended_at, null while it goes on.
-- P3 (replaced by the next), P4 (removed by the customer, nothing else ends it), P5.
with
turns as (
    select
        event_id, occurred_at, day, subscription_id, customer_id, service, mpn_id, decision,
        lead(occurred_at) over in_order as ended_at,
        lead(decision) over in_order as ended_by
    from dpor_events
    where decision in ('ATTACHED', 'DETACHED')
    window in_order as (partition by subscription_id order by occurred_at, event_id)
),

dpor_claims as (
    select
        event_id as claim_id, mpn_id, customer_id, service, subscription_id,
        occurred_at as started_at,
        day as start_day,
        lag(day) over (partition by subscription_id order by occurred_at, event_id) as previous_start_day,
        ended_at,
        ended_at::date as end_day,
        case ended_by when 'ATTACHED' then 'replaced_by_dpor' when 'DETACHED' then 'removed_by_customer' end as end_reason
    from turns
    where decision = 'ATTACHED'
)

select * from dpor_claims
