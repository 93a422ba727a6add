-- As what was the subscription of each differing line known at the last closing, as what would it be known, had the subscriptions
-- stayed as they were then, as what is it known now, and what of it differs?
-- Grain: one row per differing line of which something was known at the last closing. claim_stage is the number of the cause to
-- which another claim belongs: por_changed, unless it is the proof of a form that failed or passed since, and alone took or gave
-- the claim: no form that came since took it, nor did a DPOR that came since and stopped the form, or one that overrules it now.
with
lines as (
    select period, subscription_id, incentive, mpn_id
    from differences
    where not never_billed
),

known_now as (
    from states_judged
    semi join differing_subscriptions using (subscription_id)
),

known_had_they_stayed as (
    from states_stayed
    union all by name
    from known_now
    anti join subscriptions_stayed using (subscription_id)
),

newer_forms as (
    select form_id
    from osa_forms, last_closed
    where accepted_in > last_period
),

newer_events as (
    select event_id
    from dpor_attachments, last_closed
    where accepted_in > last_period
),

differing_states as (
    select
        line.period, line.subscription_id, line.incentive, line.mpn_id,
        was.service as service_was, was.mpn_id as mpn_was, was.poe_status as poe_was, was.assigned_seats as seats_was,
        stayed.service as service_between, stayed.mpn_id as mpn_between, stayed.poe_status as poe_between,
        stayed.assigned_seats as seats_between,
        now.service as service_now, now.mpn_id as mpn_now, now.poe_status as poe_now, now.assigned_seats as seats_now,
        -- Its customer or service is another now, and caps of that scope limit the partner there.
        exists (
            select 1
            from cap_amounts as cap
            inner join periods using (fiscal_year)
            where cap.mpn_id = line.mpn_id and periods.period = line.period and cap.service in (was.service, now.service)
                and case scope
                    when 'CUSTOMER' then was.customer_id <> now.customer_id
                    when 'PARTNER' then false
                    else was.service <> now.service
                end
        ) as buckets_differ,
        -- A form and an event may have the same id.
        was.basis is distinct from stayed.basis or was.claim_id is distinct from stayed.claim_id as claim_differs,
        case
            when line.mpn_id = was.mpn_id and was.basis = 'OSA' and stayed.basis is distinct from 'DPOR'
                and proof_of_was.outcome = 'FAIL' and newer_form.form_id is null
                and stayed.reason is distinct from 'dpor_removed' and stopped.claim_id is null then 4
            when line.mpn_id = stayed.mpn_id and stayed.basis = 'OSA' and proof_of_stayed.outcome = 'FAIL' then 3
            else 2
        end as claim_stage -- P12
    from lines as line
    left join states_before as was
        on line.period = was.period and line.subscription_id = was.subscription_id
    left join known_had_they_stayed as stayed
        on line.period = stayed.period and line.subscription_id = stayed.subscription_id
    left join known_now as now
        on line.period = now.period and line.subscription_id = now.subscription_id
    left join latest_reviews as proof_of_was
        on was.claim_id = proof_of_was.claim_id and was.mpn_id = proof_of_was.mpn_id
    left join (from osa_claims semi join newer_events on stopped_by = event_id) as stopped
        on was.claim_id = stopped.claim_id
        -- Not by the run's periods: they may begin later.
        and stopped.stopped_at < strptime(line.period, '%Y-%m') + interval 1 month
    left join newer_forms as newer_form
        on stayed.claim_id = newer_form.form_id
    left join proofs_before as proof_of_stayed
        on stayed.claim_id = proof_of_stayed.claim_id and stayed.mpn_id = proof_of_stayed.mpn_id
)

select * from differing_states
