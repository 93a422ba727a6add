-- What stands on each subscription at the end of an interval's months: a DPOR, a form that covers it, or neither?
-- Grain: one row per interval of por_intervals. Nothing turns within it, so its first month answers for all. A working view.
-- P10, P12 (what a form covers), P13 to P15 (proofs then); basis is what makes the partner of record, if anything does.
with
standing as (
    select
        term.subscription_id, term.customer_id, term.service, program_earns, from_month_no, until_month_no,
        periods.end_day, periods.last_day,
        dpor.claim_id as dpor_claim_id, dpor.mpn_id as dpor_mpn_id, dpor.end_day as dpor_end_day, proof.poe_status as dpor_poe,
        form.claim_id as osa_claim_id, form.mpn_id as osa_mpn_id, form.stopped_day, form.contested_from, form.review_outcome,
        form.claim_id is not null and (dpor.claim_id is null or dpor.start_day <= form.received_on) as osa_covers
    from por_intervals
    inner join periods on from_month_no = month_no
    inner join subscription_terms as term using (subscription_id)
    left join dpor_claims as dpor on por_intervals.dpor_claim_id = dpor.claim_id
    left join dpor_proofs as proof on por_intervals.dpor_claim_id = proof.claim_id
    left join osa_claims as form on por_intervals.osa_claim_id = form.claim_id
),

interval_ends as (
    select
        from_month_no, until_month_no, last_day, subscription_id, customer_id, service, program_earns,
        case
            when dpor_claim_id is not null and (dpor_end_day is null or dpor_end_day >= end_day) then 'DPOR'
            when osa_covers and (stopped_day is null or stopped_day >= end_day) and last_day <= osa_recognised_until then 'OSA'
        end as basis,
        dpor_claim_id, dpor_mpn_id, dpor_poe, osa_claim_id, osa_mpn_id,
        case
            when review_outcome is not null then review_outcome
            when contested_from < end_day then 'PENDING'
            else 'NOT_REQUIRED'
        end as osa_poe,
        osa_covers and stopped_day < end_day as osa_was_stopped,
        osa_covers
    from standing, policy
)

select * from interval_ends
