-- Which assigned seats earn nobody anything, and what is missing?
-- Grain: one row per subscription and period whose seats count and earn nothing; what a cap took is in cap_cuts. A view.
-- P16 (all but PAYABLE), P17, P18 (PAYABLE, but its service has no rate).
with
unpaid as (
    select
        period, subscription_id, resolved.customer_id, resolved.service, assigned_seats, mpn_id, status,
        coalesce(reason, 'no_rate') as reason
    from por_resolution as resolved
    inner join periods using (period)
    inner join counted_seats using (subscription_id, month_no)
    where
        assigned_seats > 0
        and (status <> 'PAYABLE' or (period, resolved.service) not in (select period, service from period_rates))
),

unpaid_seats as (
    select
        period, unpaid.subscription_id, unpaid.customer_id, organization_name, unpaid.service, offer, assigned_seats,
        unpaid.mpn_id, partner_name, status, unpaid.reason, missing
    from unpaid
    left join remedies on unpaid.reason = remedies.reason
    left join current_customers as customer on unpaid.customer_id = customer.customer_id
    left join current_subscriptions as subscription on unpaid.subscription_id = subscription.subscription_id
    left join current_partners as partner on unpaid.mpn_id = partner.mpn_id
)

select * from unpaid_seats
