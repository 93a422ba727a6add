-- Who is partner of record for each subscription, from which month to which, is it paid, and if not, why not?
-- Grain: one row per known subscription and run of months of its term with one answer. Half-open: from_month_no <= m and
-- m < until_month_no. P16, in the order of its table.
with
named as (
    select
        subscription_id, from_month_no, until_month_no, last_day, customer_id, service, program_earns,
        basis, osa_was_stopped, osa_covers, dpor_claim_id,
        case basis when 'DPOR' then dpor_mpn_id when 'OSA' then osa_mpn_id end as por_mpn_id,
        case basis when 'DPOR' then dpor_claim_id when 'OSA' then osa_claim_id end as por_claim_id,
        case basis when 'DPOR' then dpor_poe when 'OSA' then osa_poe end as poe
    from interval_ends
),

reasoned as (
    select
        subscription_id, from_month_no, until_month_no, customer_id, service, program_earns, basis, por_mpn_id, por_claim_id, poe,
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

por_spans as (
    select
        subscription_id, from_month_no, until_month_no, customer_id, service,
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

select * from por_spans
