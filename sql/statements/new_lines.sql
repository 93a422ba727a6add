-- Which lines does the run's statement bill for the first time?
-- Grain: one row per PAYABLE line of the run's period, or of an earlier one that no closing has reached and that pays anything.
-- P22: earlier lines are adjustments then, each wholly first_billed.
select
    case when period = run_period then 'CURRENT' else 'ADJUSTMENT' end as kind,
    period, subscription_id, incentive, mpn_id, assigned_seats, amount_per_seat, earned, payable,
    case when period < run_period then 'first_billed' end as cause
from incentive_lines, policy, last_closed
where status = 'PAYABLE' and period > last_period and (period = run_period or payable <> 0)
