-- Who is partner of record for each subscription in each period, is it paid, and if not, why not?
-- Grain: one row a known subscription and period that its term overlaps.
-- P16, in the order of its table; P10 and P12 (what a form covers), P13 to P15 (proofs at the period's end).
with
standing as (
    select
        term.subscription_id, term.customer_id, term.service, program_earns,
        greatest(from_month_no, term.first_month_no) as from_month_no,
        least(until_month_no, last_month_no + 1) as until_month_no,
        dpor.claim_id as dpor_claim_id, dpor.mpn_id as dpor_mpn_id, dpor.end_day as dpor_end_day, proof.poe_status as dpor_poe,
        form.claim_id as osa_claim_id, form.mpn_id as osa_mpn_id, form.stopped_day, form.contested_from, form.review_outcome,
        form.claim_id is not null and (dpor.claim_id is null or dpor.start_day <= form.received_on) as osa_covers
    from por_intervals
    inner join subscription_terms as term using (subscription_id)
    left join dpor_claims as dpor on por_intervals.dpor_claim_id = dpor.claim_id
    left join dpor_proofs as proof on por_intervals.dpor_claim_id = proof.claim_id
    left join osa_claims as form on por_intervals.osa_claim_id = form.claim_id
),

by_month as (
    select *, unnest(range(from_month_no, until_month_no))::integer as month_no
    from standing
),

at_period_end as (
    select
        period, last_day, subscription_id, customer_id, service, program_earns,
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
    from by_month
    inner join periods using (month_no), policy
),

named as (
    select
        *,
        case basis when 'DPOR' then dpor_mpn_id when 'OSA' then osa_mpn_id end as por_mpn_id,
        case basis when 'DPOR' then dpor_claim_id when 'OSA' then osa_claim_id end as por_claim_id,
        case basis when 'DPOR' then dpor_poe when 'OSA' then osa_poe end as poe
    from at_period_end
),

reasoned as (
    select
        named.*,
        case
            when not program_earns then 'program_not_eligible'
            when basis = 'DPOR' and poe = 'FAIL' then 'poe_failed'
            when basis is not null and (last_day < eligible_from or last_day > eligible_to) then 'partner_not_eligible'
            when basis is not null and poe = 'PENDING' then 'poe_pending'
            when basis is not null then null
            when osa_was_stopped then 'osa_superseded_by_dpor'
            when osa_covers then 'osa_recognition_ended'
            when dpor_claim_id is not null then 'dpor_removed'
            else 'no_por'
        end as reason
    from named
    left join current_partners on named.por_mpn_id = current_partners.mpn_id
),

por_resolution as (
    select
        period, subscription_id, customer_id, service,
        case when program_earns then por_mpn_id end as mpn_id,
        case when program_earns then basis end as basis,
        case
            when reason is null then 'PAYABLE'
            when reason = 'poe_pending' then 'HELD'
            when reason = 'poe_failed' then 'DENIED'
            when reason in ('program_not_eligible', 'partner_not_eligible') then 'INELIGIBLE'
            else 'UNASSIGNED'
        end as status,
        reason,
        case when program_earns then por_claim_id end as claim_id,
        case when program_earns then poe end as poe_status
    from reasoned
)

select * from por_resolution
