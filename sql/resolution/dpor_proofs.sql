-- Does a DPOR claim need a proof of execution, and is it there?
-- Grain: one row per DPOR claim. exempted_by is the form's claim whose partner simply went digital, null where none did.
-- P12 (the group's OSA partner just before), P13 (the latest review), P14 (the one exemption), P15 (the form's own proof then).
with
forms_before as (
    select dpor.claim_id, form.claim_id as form_claim_id
    from dpor_claims as dpor
    inner join osa_claims as form
        on dpor.customer_id = form.customer_id and dpor.service = form.service
        and form.received_on < dpor.start_day
    where form.review_outcome is distinct from 'FAIL'
    qualify row_number() over (partition by dpor.claim_id order by form.received_on desc, form.claim_id desc) = 1
),

exempt as (
    select dpor.claim_id, form.claim_id as exempted_by
    from forms_before
    inner join dpor_claims as dpor on forms_before.claim_id = dpor.claim_id
    inner join osa_claims as form on forms_before.form_claim_id = form.claim_id, policy
    where form.mpn_id = dpor.mpn_id
        and dpor.start_day <= osa_recognised_until
        and (form.stopped_at is null or (form.stopped_at, form.stopped_by) > (dpor.started_at, dpor.claim_id))
        and (dpor.previous_start_day is null or dpor.previous_start_day <= form.received_on)
        and (
            form.review_outcome = 'PASS'
            or (form.review_outcome is null and (form.contested_from is null or form.contested_from >= dpor.start_day))
        )
),

dpor_proofs as (
    select
        dpor.claim_id,
        exempted_by,
        case when exempted_by is not null then 'NOT_REQUIRED' else coalesce(outcome, 'PENDING') end as poe_status
    from dpor_claims as dpor
    left join exempt on dpor.claim_id = exempt.claim_id
    left join latest_reviews on dpor.claim_id = latest_reviews.claim_id and dpor.mpn_id = latest_reviews.mpn_id
)

select * from dpor_proofs
