-- From which months on can the answer for a subscription be another than the month before?
-- Grain: one row per subscription, month and what turns in it; the claim that begins, where one does.
-- P3, P4, P6 (begins and ends), P9 (stops), P11 (contests), P16 (recognition and eligibility run out). A partner's eligibility
-- turns the months of its own claims only.
with
claims_begun as (
    select
        subscription_id, mpn_id, start_day as day, end_day as turns_on, null::date as turns_too_on,
        claim_id as dpor_claim_id, null as osa_claim_id,
        row(started_at, claim_id) as dpor_order, null as osa_order
    from dpor_claims
    union all
    select
        subscription_id, mpn_id, received_on, stopped_day, contested_from,
        null, claim_id,
        null, row(received_on, claim_id)
    from osa_claims
    inner join subscription_terms using (customer_id, service)
    where review_outcome is distinct from 'FAIL'
),

-- What begins or ends by a last day turns on the day after it.
days as (
    select subscription_id, day, dpor_claim_id, osa_claim_id, dpor_order, osa_order from claims_begun
    union all
    select subscription_id, turns_on, null, null, null, null from claims_begun
    union all
    select subscription_id, turns_too_on, null, null, null, null from claims_begun
    union all
    select subscription_id, osa_recognised_until + 1, null, null, null, null from claims_begun, policy
    where osa_claim_id is not null
    union all
    select subscription_id, eligible_from, null, null, null, null from claims_begun
    inner join current_partners using (mpn_id)
    where eligible_from > day
    union all
    select subscription_id, eligible_to + 1, null, null, null, null from claims_begun
    inner join current_partners using (mpn_id)
),

turning_points as (
    select
        subscription_id,
        greatest(year(day) * 12 + month(day), program_first_month_no)::integer as month_no,
        dpor_claim_id, osa_claim_id, dpor_order, osa_order
    from days, policy
    where day < run_end_day
)

select * from turning_points
