-- What did each line of the last closing earn, before any cap?
-- Grain: one row a line that was PAYABLE or HELD then. The columns are those of earned_lines.
-- P18, P20.
select
    state.period, fiscal_year, state.subscription_id, incentive, mpn_id, customer_id, state.service, status,
    assigned_seats, amount_per_seat,
    round(assigned_seats * amount_per_seat, 2)::decimal(18, 2) as earned
from states_before as state
inner join periods using (period)
inner join rates_before using (period, service)
where status in ('PAYABLE', 'HELD') and assigned_seats is not null
