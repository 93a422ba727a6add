-- What did the draft say that was published last?
-- Grain: one row an MPN ID.
select
    statement_period, mpn_id, earned, cap_reduction, adjustments, held, opening_balance, payment, closing_balance, state
from statements
where statement_period = $period
order by mpn_id
