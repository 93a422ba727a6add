-- What happened in the subscription's service group, and on the subscription itself, up to the period's end?
-- Grain: one row per form of the group and an event on any of its subscriptions, in the order in which they count (P1, P6).
-- P11, P15: `claims` tells proofs as at the end of the run's period; what a contest that began after $period asks for wasn't
-- asked for then.
select
    claims.claim_id, claims.source, claims.mpn_id, partner_name, claims.subscription_id, received_at,
    event.action, decision, decision_reason,
    case
        when osa.review_outcome is null and osa.contested_from >= end_day then 'NOT_REQUIRED'
        else claims.poe_status
    end as poe_status,
    case when claims.ended_at < end_day then claims.ended_at end as ended_at,
    case when claims.ended_at < end_day then claims.end_reason end as end_reason,
    case when osa.stopped_day < end_day then stopped_by end as stopped_by,
    case when osa.contested_from < end_day then contested_from end as contested_from,
    review_outcome, proof.exempted_by
from claims
inner join current_subscriptions as subscription
    on claims.customer_id = subscription.customer_id and claims.service = subscription.service
inner join periods on period = $period
left join current_partners as partner on claims.mpn_id = partner.mpn_id
left join dpor_attachments as event on claims.source = 'DPOR' and claims.claim_id = event.event_id
left join osa_claims as osa on claims.source = 'OSA' and claims.claim_id = osa.claim_id
left join dpor_proofs as proof on claims.source = 'DPOR' and claims.claim_id = proof.claim_id
where subscription.subscription_id = $subscription and received_at < end_day
order by received_at::date, claims.source, received_at, claims.claim_id
