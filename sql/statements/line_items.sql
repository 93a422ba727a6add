-- What does a partner's statement show, row by row, so that its Paid column adds up to the payment?
-- Grain: one row a line of the statement, a line held in any period so far, and a balance that isn't zero.
-- P19 (held lines wait), P22 (adjustments with their cause), P23 (balances).
with
own_lines as (
    select mpn_id, kind, period, subscription_id, incentive, amount, cause
    from statement_lines, policy
    where statement_period = run_period
),

own_statements as (
    select mpn_id, statement_period, opening_balance, closing_balance
    from statements, policy
    where statement_period = run_period
),

shown as (
    select
        statement_line.mpn_id, statement_line.kind, statement_line.period, statement_line.subscription_id,
        statement_line.incentive, earned, earned - payable as cap_reduction, amount as paid, cause as reason
    from own_lines as statement_line
    left join incentive_lines using (period, subscription_id, incentive, mpn_id)
    union all
    select mpn_id, 'HELD', period, subscription_id, incentive, earned, 0, 0, 'poe_pending'
    from incentive_lines
    where status = 'HELD'
),

balances as (
    select mpn_id, 'OPENING BALANCE' as kind, statement_period as period, opening_balance as paid
    from own_statements
    where opening_balance <> 0
    union all
    select mpn_id, 'CARRIED FORWARD', statement_period, -closing_balance
    from own_statements
    where closing_balance <> 0
),

described as (
    select
        shown.mpn_id, kind, shown.period, organization_name, agreement_id, shown.subscription_id,
        received_at::date as attached_on, por.service, offer, shown.incentive,
        assigned_seats, amount_per_seat, shown.earned, cap_reduction, paid, basis, shown.reason
    from shown
    left join incentive_lines using (period, subscription_id, incentive, mpn_id)
    left join por_resolution as por on shown.period = por.period and shown.subscription_id = por.subscription_id
        and shown.mpn_id = por.mpn_id
    left join claims on por.claim_id = claims.claim_id and por.basis = claims.source
    left join current_subscriptions as subscription on shown.subscription_id = subscription.subscription_id
    left join current_customers as customer on subscription.customer_id = customer.customer_id
    union all
    select mpn_id, kind, period, null, null, null, null, null, null, null, null, null, null, null, paid, null, null
    from balances
),

line_items as (
    select
        mpn_id,
        kind as "Payment Type",
        period as "Report Period",
        organization_name as "Customer Name",
        agreement_id as "EA Agreement ID",
        subscription_id as "Subscription ID",
        attached_on as "POR Attach Date",
        service as "Service", offer as "Offer", incentive as "Incentive",
        assigned_seats as "Assigned Seats",
        amount_per_seat as "Amount per Seat",
        earned as "Earned", cap_reduction as "Cap Reduction", paid::decimal(18, 2) as "Paid",
        basis as "POR Basis",
        reason as "Reason"
    from described
    order by
        mpn_id,
        list_position(['OPENING BALANCE', 'CURRENT', 'ADJUSTMENT', 'HELD', 'CARRIED FORWARD'], kind),
        period, subscription_id, incentive, reason
)

select * from line_items
