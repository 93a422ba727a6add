-- Who is told that a customer attached it, and what?
-- Grain: one row per DPOR claim that began before the run's period's end. The customer's name, address and phone are given to
-- whoever is still attached then, and to nobody else. P26 [s21], P3.
with
begun as (
    select
        claim_id, mpn_id, subscription_id, customer_id, service, received_at, ended_at is null as stands
    from claims, policy
    where source = 'DPOR' and decision = 'ATTACHED' and received_at < run_end_day
),

attachment_notices as (
    select
        'DPOR_ATTACHED' as kind,
        'DPOR' as source,
        begun.claim_id,
        begun.mpn_id,
        null as outcome,
        format('You are Digital Partner of Record: subscription {} ({})', subscription_id, begun.service) as subject,
        [
            format('A customer attached you as Digital Partner of Record on {} (UTC).', strftime(received_at, '%Y-%m-%d')),
            ''
        ]
        || case
            when stands
                then [
                    format('Organisation: {}', organization_name),
                    format('Address:      {}, {}', address, customer.country),
                    format('Phone:        {}', phone)
                ]
            else ['The attachment has ended since, so the customer''s name, address and phone are not given.', '']
        end
        || [
            format('Service:      {}, {}', begun.service, offer),
            format('Subscription: {}', subscription_id),
            format(
                'Term:         {}',
                coalesce(format('{} to {}', start_date, end_date), format('from {}, open-ended', start_date))
            ),
            format('Claim:        {}', begun.claim_id)
        ] as lines
    from begun
    left join current_subscriptions using (subscription_id)
    left join current_customers as customer on begun.customer_id = customer.customer_id
)

select * from attachment_notices
