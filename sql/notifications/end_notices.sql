-- Who is told that it is partner of record no more, and why?
-- Grain: one row per claim that ended before the run's period's end. Who came instead is not said, nor how to reach the customer.
-- P26 [s24, s30], P3 (replaced), P4 (removed), P9 (a form stopped, for the whole service).
with
ended as (
    select
        claim_id, source, mpn_id, customer_id, subscription_id, service, end_reason,
        strftime(ended_at, '%Y-%m-%d') as ended_on
    from claims
    where ended_at is not null
),

end_notices as (
    select
        case end_reason
            when 'removed_by_customer' then 'DPOR_REMOVED'
            when 'replaced_by_dpor' then 'DPOR_REPLACED'
            when 'stopped_by_dpor' then 'OSA_STOPPED'
        end as kind,
        source,
        claim_id,
        mpn_id,
        null as outcome,
        case end_reason
            when 'removed_by_customer'
                then format('You were removed as Digital Partner of Record: subscription {} ({})', subscription_id, service)
            when 'replaced_by_dpor'
                then format('You were replaced as Digital Partner of Record: subscription {} ({})', subscription_id, service)
            when 'stopped_by_dpor'
                then format('Your OSA form {} was stopped ({})', claim_id, service)
        end as subject,
        case end_reason
            when 'removed_by_customer'
                then [
                    format('The customer removed you as Digital Partner of Record on {} (UTC).', ended_on),
                    'Who is attached at a month''s end earns for that month.'
                ]
            when 'replaced_by_dpor'
                then [
                    format('The customer attached another Digital Partner of Record on {} (UTC), in your place.', ended_on),
                    'Who is attached at a month''s end earns for that month.'
                ]
            when 'stopped_by_dpor'
                then [
                    format('The customer attached another partner as Digital Partner of Record on {} (UTC).', ended_on),
                    'That stops your OSA form for the whole service, for good.'
                ]
        end
        || ['', format('Customer:     {}', customer_id), format('Service:      {}', service)]
        || case when subscription_id is null then [] else [format('Subscription: {}', subscription_id)] end
        || [format('Claim:        {}', claim_id)] as lines
    from ended
)

select * from end_notices
