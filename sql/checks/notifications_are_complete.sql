-- Guards against a partner that isn't told what it should be, where the run closes its period (P26).
-- Returns each claim that began, ended or was refused before the period's end without its message, and each whose proof is
-- asked for or decided, unless that is what its partner was told last.
-- Only what this run tells is looked at: what was posted stands, also where other software would decide otherwise.
with
told_by_now as (
    select claim_id, source, mpn_id, decision, end_reason, poe_status
    from claims, policy
    where received_at < run_end_day and run_state = 'CLOSED' and run_period not in (select period from closed_periods)
),

due as (
    select claim_id, source, mpn_id, unnest([
        case when source = 'DPOR' and decision = 'ATTACHED' then 'DPOR_ATTACHED' end,
        case end_reason
            when 'removed_by_customer' then 'DPOR_REMOVED'
            when 'replaced_by_dpor' then 'DPOR_REPLACED'
            when 'stopped_by_dpor' then 'OSA_STOPPED'
        end,
        case when source = 'OSA' and decision = 'REJECTED' then 'OSA_FORM_REFUSED' end
    ]) as kind
    from told_by_now
),

last_told as (
    select source, claim_id, mpn_id, max_by(coalesce(outcome, 'PENDING'), period) as poe_status
    from notifications
    where kind in ('POE_REQUESTED', 'POE_RESULT')
    group by source, claim_id, mpn_id
)

select due.kind, due.source, due.claim_id, due.mpn_id
from due
left join notifications as told using (kind, source, claim_id, mpn_id)
where due.kind is not null and told.notification_id is null
union all
select 'POE ' || poe_status, source, claim_id, mpn_id
from told_by_now
anti join last_told using (source, claim_id, mpn_id, poe_status)
where poe_status in ('PENDING', 'PASS', 'FAIL')
