-- What does each line earn, and what does it pay?
-- Grain: one row per PAYABLE or HELD subscription, period and incentive with seats and a rate. A view.
-- P19 (HELD pays nothing and uses no cap), P20 (what every scope let pass).
with
cuts as (
    select period, subscription_id, incentive, sum(cut) as cut
    from cap_cuts
    group by period, subscription_id, incentive
),

incentive_lines as (
    select
        period, subscription_id, incentive, mpn_id, service, status, assigned_seats, amount_per_seat, earned,
        case when status = 'PAYABLE' then earned - coalesce(cut, 0) else 0 end::decimal(18, 2) as payable
    from earned_lines
    left join cuts using (period, subscription_id, incentive)
)

select * from incentive_lines
