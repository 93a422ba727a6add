-- What does a partner's statement show, row by row, so that its Paid column adds up to the payment?
-- Grain: one row a line of the statement, a line held in any period so far, and a balance that isn't zero. In no order; part
-- numbers the rows' place in the order of statements, coarsely, so that they can be sorted part by part. place and subscription
-- are one number, turn, by which rows are sorted in a third of the time that texts take.
-- P19 (held lines wait), P22 (adjustments with their cause), P23 (balances).
with
last_closed as (
    select coalesce(max(period), '') as last_period
    from closed_periods
),

known_lines as (
    select period, subscription_id, incentive, mpn_id, assigned_seats, amount_per_seat, earned, payable
    from incentive_lines, last_closed
    where period <= last_period
),

-- Of the months up to the last closed, also of those before the first that was.
posted_again as (
    select
        kind, own.period, subscription_id, incentive, mpn_id, assigned_seats, amount_per_seat, earned, payable, amount, cause
    from statement_lines as own
    inner join policy on statement_period = run_period
    inner join last_closed on own.period <= last_period
    left join known_lines using (period, subscription_id, incentive, mpn_id)
),

shown as (
    select
        mpn_id, kind, period, subscription_id, incentive, assigned_seats, amount_per_seat,
        earned, earned - payable as cap_reduction, payable as paid, cause as reason
    from new_lines
    union all
    select
        mpn_id, kind, period, subscription_id, incentive, assigned_seats, amount_per_seat,
        earned, earned - payable, amount, cause
    from posted_again
    union all
    select
        mpn_id, 'HELD', period, subscription_id, incentive, assigned_seats, amount_per_seat,
        earned, 0, 0, 'poe_pending'
    from earned_lines
    where status = 'HELD'
),

-- What tells of a subscription, and of a span, is gathered once for each: its lines are many.
sold as (
    select
        subscription_id, agreement_id, offer, organization_name, row_number() over (order by subscription_id) as subscription_no
    from current_subscriptions
    left join current_customers using (customer_id)
),

attached as (
    select
        span.subscription_id, span.mpn_id, from_month_no, until_month_no, span.service, basis, received_at::date as attached_on
    from por_spans as span
    inner join claims on span.claim_id = claims.claim_id and span.basis = claims.source
),

described as (
    select
        shown.mpn_id, kind, period, organization_name, agreement_id, shown.subscription_id, subscription_no,
        attached_on, attached.service, offer, incentive,
        assigned_seats, amount_per_seat, earned, cap_reduction, paid, basis, reason
    from shown
    left join periods using (period) -- none where the programme begins later now
    left join attached
        on shown.subscription_id = attached.subscription_id and shown.mpn_id = attached.mpn_id
        and from_month_no <= month_no and month_no < until_month_no
    left join sold on shown.subscription_id = sold.subscription_id
    union all
    select mpn_id, kind, period, null, null, null, null, null, null, null, null, null, null, null, null, paid, null, null
    from balances
),

line_items as (
    select
        part, place * 10_000_000_000 + coalesce(subscription_no, 0) as turn, mpn_id,
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
    inner join item_parts using (mpn_id, kind, period)
)

select * from line_items
