-- Does everything that went into a period come out of it?
-- Grain: one row per control total: what it says, its two sides, how they are made up, and whether they are amounts.
-- Sides are exact.
with
seats_by_status as (
    select status, sum(assigned_seats) as seats
    from por_resolution
    inner join periods using (period)
    inner join counted_seats using (subscription_id, month_no)
    where period = $period
    group by status
),

seats_counted as (
    select coalesce(sum(assigned_seats), 0) as seats
    from counted_seats
    inner join periods using (month_no)
    where period = $period
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

control_totals as (
    select
        1 as no, 'rows read = accepted + duplicates + set aside' as total,
        coalesce(sum(rows_read), 0) as one_side, coalesce(sum(accepted + duplicates + quarantined), 0) as other_side,
        concat_ws(' + ', coalesce(sum(accepted), 0), coalesce(sum(duplicates), 0), coalesce(sum(quarantined), 0)) as made_of,
        false as is_money
    from intake_log
    where delivery = $period
    union all
    select
        2, 'seats counted = those of every status', any_value(seats_counted.seats), coalesce(sum(seats_by_status.seats), 0),
        coalesce(string_agg(seats_by_status.seats || ' ' || status, ' + ' order by status), '0'),
        false
    from seats_counted
    left join seats_by_status on true
    union all
    select 3, 'earned = payable + cap reduction', earned, payable + cut, concat_ws(' + ', payable, cut), true
    from own, lines
    union all
    select
        4, 'opening + current + adjustments = payment + closing',
        opening + earned - cut + adjustments, payment + closing,
        concat_ws(' + ', opening, earned - cut, adjustments) || ' = ' || concat_ws(' + ', payment, closing), true
    from own
    union all
    select
        5, 'the sum of the statements = the batch of lines', earned - cut + adjustments, payable + adjusted,
        concat_ws(' + ', payable, adjusted), true
    from own, lines
)

select total, one_side::decimal(38, 2) as one_side, other_side::decimal(38, 2) as other_side, made_of, is_money
from control_totals
order by no
