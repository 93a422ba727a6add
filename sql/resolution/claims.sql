-- What became of every form and every event, as it stands at the end of the run's period?
-- Grain: one row per form and event. Ends that are not before the period's end are not shown.
-- P2 to P9, P13 to P15.
with
from_events as (
    select
        event_id as claim_id, 'DPOR' as source, event.mpn_id, event.customer_id, event.service, event.subscription_id,
        occurred_at as received_at, decision, decision_reason, poe_status, ended_at, end_reason
    from dpor_events as event
    left join dpor_claims as claim on event.event_id = claim.claim_id
    left join dpor_proofs on event.event_id = dpor_proofs.claim_id
),

from_forms as (
    select
        form_id as claim_id, 'OSA' as source, form.mpn_id, form.customer_id, form.service, null as subscription_id,
        form.received_on::timestamp as received_at, decision, decision_reason,
        case
            when claim.claim_id is null then null
            when review_outcome is not null then review_outcome
            when contested_from < run_end_day then 'PENDING'
            else 'NOT_REQUIRED'
        end as poe_status,
        stopped_at as ended_at,
        case when stopped_at is not null then 'stopped_by_dpor' end as end_reason
    from osa_form_decisions as form
    left join osa_claims as claim on form.form_id = claim.claim_id, policy
),

claims as (
    select
        claim_id, source, mpn_id, customer_id, service, subscription_id, received_at, decision, decision_reason, poe_status,
        case when ended_at < run_end_day then ended_at end as ended_at,
        case when ended_at < run_end_day then end_reason end as end_reason
    from (from from_events union all from from_forms), policy
)

select * from claims
