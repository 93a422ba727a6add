-- What changed from a partner's statement to its next one?
-- Grain: one row per statement, kind, subscription and incentive whose amount isn't that of the statement before. A view.
-- P21 to P24. The changes of a statement add up to the change of earned - cap_reduction + adjustments.
with
pairs as (
    select
        mpn_id, statement_period,
        lag(statement_period) over (partition by mpn_id order by statement_period) as previous_period
    from statements
),

amounts as (
    select statement_period, mpn_id, kind, subscription_id, incentive, sum(amount) as amount
    from statement_lines
    group by statement_period, mpn_id, kind, subscription_id, incentive
),

sides as (
    select mpn_id, statement_period, previous_period, kind, subscription_id, incentive, 0 as amount_before, amount
    from pairs
    inner join amounts using (mpn_id, statement_period)
    union all
    select pairs.mpn_id, pairs.statement_period, previous_period, kind, subscription_id, incentive, amount, 0
    from pairs
    inner join amounts on pairs.mpn_id = amounts.mpn_id and pairs.previous_period = amounts.statement_period
),

changes as (
    select
        statement_period, previous_period, mpn_id, kind, subscription_id, incentive,
        sum(amount_before)::decimal(18, 2) as amount_before,
        sum(amount)::decimal(18, 2) as amount
    from sides
    group by statement_period, previous_period, mpn_id, kind, subscription_id, incentive
    having sum(amount) <> sum(amount_before)
),

statement_changes as (
    select
        statement_period, previous_period, changes.mpn_id, partner_name, kind, changes.subscription_id, incentive,
        amount_before, amount, (amount - amount_before)::decimal(18, 2) as change,
        case when kind = 'CURRENT' then seats_before.assigned_seats end as assigned_seats_before,
        case when kind = 'CURRENT' then seats_now.assigned_seats end as assigned_seats
    from changes
    left join periods as now on statement_period = now.period -- none where the programme begins later now
    left join periods as before on previous_period = before.period
    left join current_partners as partner on changes.mpn_id = partner.mpn_id
    left join counted_seats as seats_now
        on changes.subscription_id = seats_now.subscription_id and now.month_no = seats_now.month_no
    left join counted_seats as seats_before
        on changes.subscription_id = seats_before.subscription_id and before.month_no = seats_before.month_no
)

select * from statement_changes
