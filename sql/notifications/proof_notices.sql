-- Who is asked for a proof of execution, and who is told what became of it?
-- Grain: one row per attached claim whose proof is pending, passed or failed at the end of the run's period, unless that is what
-- was told last. A proof decided and asked for again between two closings is told as it stands. P26 [s22], P13 to P15.
with
last_told as (
    select source, claim_id, max_by(coalesce(outcome, 'PENDING'), period) as poe_status
    from posted_notifications
    where kind in ('POE_REQUESTED', 'POE_RESULT')
    group by source, claim_id
),

news as (
    select
        claim_id, source, mpn_id, customer_id, subscription_id, service, claims.poe_status,
        case when claims.poe_status <> 'PENDING' then claims.poe_status end as outcome
    from claims
    left join last_told using (source, claim_id), policy
    where claims.poe_status in ('PENDING', 'PASS', 'FAIL')
        and received_at < run_end_day
        and claims.poe_status is distinct from last_told.poe_status
),

proof_notices as (
    select
        case when outcome is null then 'POE_REQUESTED' else 'POE_RESULT' end as kind,
        source,
        claim_id,
        mpn_id,
        outcome,
        case poe_status
            when 'PENDING' then format('Proof of execution asked for: {} ({})', claim_id, service)
            when 'PASS' then format('Proof of execution passed: {} ({})', claim_id, service)
            when 'FAIL' then format('Proof of execution failed: {} ({})', claim_id, service)
        end as subject,
        case poe_status
            when 'PENDING'
                then [
                    'A proof of execution is asked for.',
                    'What the claim earns is held until a proof has passed; then it is paid, within the max caps.'
                ]
            when 'PASS'
                then [
                    'Your proof of execution passed.',
                    'It counts for the claim''s whole life, earlier months included, unless a later review says otherwise.',
                    'What was held for it is released, within the max caps.'
                ]
            when 'FAIL'
                then [
                    'Your proof of execution failed.',
                    'It counts for the claim''s whole life: the claim earns nothing, and what it was paid for earlier months is '
                    || 'taken back.',
                    'A later proof that passes counts instead, for the whole life too: send it to the address below.'
                ]
        end
        || ['', format('Customer:     {}', customer_id), format('Service:      {}', service)]
        || case when subscription_id is null then [] else [format('Subscription: {}', subscription_id)] end
        || [format('{:<14}{}', case source when 'OSA' then 'Form:' else 'Claim:' end, claim_id)] as lines
    from news
)

select * from proof_notices
