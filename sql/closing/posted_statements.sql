-- What does closing the period post for each partner?
-- Grain: one row per MPN ID. P24.
select
    statement_period, mpn_id, earned, cap_reduction, adjustments, held, opening_balance, payment, closing_balance, state
from drafted_statements
order by mpn_id
