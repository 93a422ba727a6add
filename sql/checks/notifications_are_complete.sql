-- Guards against a partner that isn't told what it should be, where the run closes its period (P26).
-- Returns each claim that began, ended or was refused before the period's end, and whose proof is asked for or decided, without its message.
-- Only what this run tells is looked at: what was posted stands, also where other software would decide otherwise.
with
due as (
    select claim_id, source, mpn_id, unnest([
        case when source = 'DPOR' and decision = 'ATTACHED' then 'DPOR_ATTACHED' end,
        case end_reason
            when 'removed_by_customer' then 'DPOR_REMOVED'
            when 'replaced_by_dpor' then 'DPOR_REPLACED'
            when 'stopped_by_dpor' then 'OSA_STOPPED'
        end,
        case when source = 'OSA' and decision = 'REJECTED' then 'OSA_FORM_REFUSED' end,
        case poe_status when 'PENDING' then 'POE_REQUESTED' when 'PASS' then 'POE_RESULT' when 'FAIL' then 'POE_RESULT' end
    ]) as kind
    from claims, policy
    where received_at < run_end_day and run_state = 'CLOSED' and run_period not in (select period from closed_periods)
)

select due.kind, due.source, due.claim_id, due.mpn_id
from due
left join notifications as told using (kind, source, claim_id, mpn_id)
where due.kind is not null and told.notification_id is null
