-- Who was partner of record of each subscription, from when to when, was it paid, and by which claim?
-- Grain: one row a subscription and run of months with one answer, up to the run's period. A view.
-- P16, as known now.
with
por_history as (
    select
        span.subscription_id, span.customer_id, organization_name, span.service, offer,
        min(period) as from_period,
        max(period) as to_period,
        span.mpn_id, partner_name, basis, span.status, span.reason, span.claim_id, received_at, span.poe_status
    from por_spans as span
    inner join periods on span.from_month_no <= month_no and month_no < span.until_month_no
    left join current_customers as customer on span.customer_id = customer.customer_id
    left join current_subscriptions as subscription on span.subscription_id = subscription.subscription_id
    left join current_partners as partner on span.mpn_id = partner.mpn_id
    left join claims on span.claim_id = claims.claim_id and span.basis = claims.source
    group by all
)

select * from por_history
