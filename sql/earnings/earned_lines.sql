-- What does each incentive earn on each subscription, before any cap?
-- Grain: one row per PAYABLE or HELD subscription, period and incentive. No seats or no rate, no row. A view on its two factors.
-- P18. What seats earn is rounded once: to cents, half up (half away from zero, and nothing is negative). What they would
-- have earned is rounded in the same words (stages).
select
    period, fiscal_year, subscription_id, incentive, mpn_id, customer_id, service, status, assigned_seats, amount_per_seat,
    round(assigned_seats * amount_per_seat, 2)::decimal(18, 2) as earned
from earning_seats
inner join periods using (period)
inner join period_rates using (period, service)
