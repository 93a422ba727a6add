-- What does a partner's statement show, row by row, so that its Paid column adds up to the payment?
-- Grain: one row per line of the statement, a line held in any period so far, and a balance that isn't zero. In no order; part
-- numbers the rows' place in the order of statements, coarsely, so that they can be sorted part by part. They are many: what
-- item_places, item_subscriptions and item_spans tell is named by its number, as texts would take half of all the time.
-- P19 (held lines wait, and no cap cuts them), P22 (adjustments with their cause), P23 (balances).
with
known_lines as (
    select
        period, subscription_id, incentive, mpn_id, assigned_seats, amount_per_seat, earned,
        case when status = 'HELD' then 0 else earned - payable end as cap_reduction
    from incentive_lines, last_closed
    where period <= last_period
),

-- Of the months up to the last closed, also of those before the first that was.
posted_again as (
    select
        kind, own.period, subscription_id, incentive, mpn_id,
        assigned_seats, amount_per_seat, earned, cap_reduction, amount, cause
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
        earned, cap_reduction, amount, cause
    from posted_again
    union all
    select
        mpn_id, 'HELD', period, subscription_id, incentive, assigned_seats, amount_per_seat,
        earned, 0, 0, 'poe_pending'
    from earned_lines
    where status = 'HELD'
),

numbered as (
    select
        shown.mpn_id, kind, period, subscription_no, span_no, incentive,
        assigned_seats, amount_per_seat, earned, cap_reduction, paid, reason
    from shown
    inner join item_subscriptions using (subscription_id)
    left join periods using (period) -- none where the programme begins later now
    left join item_spans as span
        on shown.subscription_id = span.subscription_id and shown.mpn_id = span.mpn_id
        and from_month_no <= month_no and month_no < until_month_no
    union all
    select mpn_id, kind, period, null, null, null, null, null, null, null, paid, null
    from balances
),

line_items as (
    select
        part, place, subscription_no, span_no,
        incentive as "Incentive",
        assigned_seats as "Assigned Seats",
        amount_per_seat as "Amount per Seat",
        earned as "Earned", cap_reduction::decimal(18, 2) as "Cap Reduction", paid::decimal(18, 2) as "Paid",
        reason as "Reason"
    from numbered
    inner join item_places using (mpn_id, kind, period)
)

select * from line_items
