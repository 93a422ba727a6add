-- What did each portal event do? Attach, detach, nothing new, or was it refused?
-- Grain: one row per event, whatever its decision. Order within a subscription: (occurred_at, event_id), P1.
-- P2 (who is heard at all), P3 (the last ADD attaches), P4 (REMOVE of the attached), P5 (attached again is a new claim).
with
received as (
    select
        event_id, occurred_at, occurred_at::date as day, subscription_id, customer_id, service, mpn_id, action,
        case
            when occurred_at::date < dpor_go_live then 'dpor_not_available'
            when not program_earns then 'program_not_eligible'
            when action = 'ADD' and occurred_at::date > last_day then 'subscription_ended'
        end as rejection
    from dpor_attachments
    inner join subscription_terms using (subscription_id), policy
),

-- A run is an ADD and all that follows up to the next; run 0 is what comes before the first.
runs as (
    select
        event_id, occurred_at, subscription_id, mpn_id, action,
        count(*) filter (where action = 'ADD') over in_order as run_no
    from received
    where rejection is null
    window in_order as (partition by subscription_id order by occurred_at, event_id rows unbounded preceding)
),

attached as (
    select
        event_id, occurred_at, subscription_id, mpn_id, action, run_no,
        case when run_no > 0 then first_value(mpn_id) over in_run end as attached_mpn_id
    from runs
    window in_run as (partition by subscription_id, run_no order by occurred_at, event_id)
),

-- The first REMOVE of the run's own partner ends it; every other finds nothing to remove.
detached as (
    select
        event_id, subscription_id, mpn_id, action, run_no, attached_mpn_id,
        action = 'REMOVE' and mpn_id is not distinct from attached_mpn_id and 1 = row_number() over (
            partition by subscription_id, run_no, action, mpn_id order by occurred_at, event_id
        ) as detaches
    from attached
),

run_ends as (
    select subscription_id, run_no, any_value(attached_mpn_id) as attached_mpn_id, bool_or(detaches) as was_detached
    from detached
    group by subscription_id, run_no
),

decided as (
    select
        event.event_id,
        case
            when event.action = 'REMOVE' and event.detaches then 'DETACHED'
            when event.action = 'REMOVE' then 'REJECTED'
            when before.attached_mpn_id = event.mpn_id and not before.was_detached then 'DUPLICATE'
            else 'ATTACHED'
        end as decision
    from detached as event
    left join run_ends as before
        on event.subscription_id = before.subscription_id and event.run_no = before.run_no + 1
),

dpor_events as (
    select
        event_id, occurred_at, day, subscription_id, customer_id, service, mpn_id, action,
        coalesce(decision, 'REJECTED') as decision,
        case
            when rejection is not null then rejection
            when decision = 'REJECTED' then 'nothing_to_remove'
            when decision = 'DUPLICATE' then 'already_attached'
        end as decision_reason
    from received
    left join decided using (event_id)
)

select * from dpor_events
