-- Who was partner of record of each subscription, from when to when, was it paid, and by which claim?
-- Grain: one row per subscription and run of months with one answer, up to the run's period. A view.
-- P16, as known now.
with
answers as (
    select
        subscription_id, customer_id, service, mpn_id, basis, status, reason, claim_id, poe_status, period,
        -- The same in months that follow one another with one answer, and in no others of that answer.
        month_no - row_number() over (
            partition by subscription_id, mpn_id, basis, status, reason, claim_id, poe_status order by month_no
        ) as run_no
    from por_spans
    inner join periods on from_month_no <= month_no and month_no < until_month_no
),

runs as (
    select
        subscription_id, customer_id, service, mpn_id, basis, status, reason, claim_id, poe_status,
        min(period) as from_period,
        max(period) as to_period
    from answers
    group by subscription_id, customer_id, service, mpn_id, basis, status, reason, claim_id, poe_status, run_no
),

por_history as (
    select
        runs.subscription_id, runs.customer_id, organization_name, runs.service, offer,
        from_period, to_period,
        runs.mpn_id, partner_name, basis, runs.status, runs.reason, runs.claim_id, received_at, runs.poe_status
    from runs
    left join current_customers as customer on runs.customer_id = customer.customer_id
    left join current_subscriptions as subscription on runs.subscription_id = subscription.subscription_id
    left join current_partners as partner on runs.mpn_id = partner.mpn_id
    left join claims on runs.claim_id = claims.claim_id and runs.basis = claims.source
)

select * from por_history
