-- Does everything that went into a period come out of it?
-- Grain: one row a control total: what it says, its two sides, and how they are made up. Sides are exact.
with
rows_read as (
    select
        1 as no, 'rows read = accepted + duplicates + set aside' as total,
        coalesce(sum(rows_read), 0)::decimal(38, 2) as one_side,
        coalesce(sum(accepted + duplicates + quarantined), 0)::decimal(38, 2) as other_side,
        format('{} + {} + {}', coalesce(sum(accepted), 0), coalesce(sum(duplicates), 0), coalesce(sum(quarantined), 0)) as made_of
    from intake_log
    where delivery = $period
),

seats_by_status as (
    select status, sum(assigned_seats) as seats
    from por_resolution
    inner join periods using (period)
    inner join counted_seats using (subscription_id, month_no)
    where period = $period
    group by status
),

seats as (
    select
        2 as no, 'seats counted = those of every status' as total,
        (
            select coalesce(sum(assigned_seats), 0)
            from counted_seats
            inner join periods using (month_no)
            where period = $period
        )::decimal(38, 2) as one_side,
        coalesce(sum(seats), 0)::decimal(38, 2) as other_side,
        coalesce(string_agg(seats::varchar || ' ' || status, ' + ' order by status), '0') as made_of
    from seats_by_status
),

own as (
    select
        coalesce(sum(opening_balance), 0) as opening, coalesce(sum(earned), 0) as earned,
        coalesce(sum(cap_reduction), 0) as cut, coalesce(sum(adjustments), 0) as adjustments,
        coalesce(sum(payment), 0) as payment, coalesce(sum(closing_balance), 0) as closing
    from statements
    where statement_period = $period
),

lines as (
    select
        coalesce(sum(amount) filter (where kind = 'CURRENT'), 0) as payable,
        coalesce(sum(amount) filter (where kind = 'ADJUSTMENT'), 0) as adjusted
    from statement_lines
    where statement_period = $period
),

earned as (
    select 3 as no, 'earned = payable + cap reduction' as total, earned::decimal(38, 2) as one_side,
        (payable + cut)::decimal(38, 2) as other_side, format('{} + {}', payable, cut) as made_of
    from own, lines
),

balances as (
    select 4 as no, 'opening + current + adjustments = payment + closing' as total,
        (opening + earned - cut + adjustments)::decimal(38, 2) as one_side, (payment + closing)::decimal(38, 2) as other_side,
        format('{} + {} + {} = {} + {}', opening, earned - cut, adjustments, payment, closing) as made_of
    from own
),

batch as (
    select 5 as no, 'the sum of the statements = the batch of lines' as total,
        (earned - cut + adjustments)::decimal(38, 2) as one_side, (payable + adjusted)::decimal(38, 2) as other_side,
        format('{} + {}', payable, adjusted) as made_of
    from own, lines
),

control_totals as (
    from rows_read
    union all
    from seats
    union all
    from earned
    union all
    from balances
    union all
    from batch
)

select total, one_side, other_side, made_of
from control_totals
order by no
