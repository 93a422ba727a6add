-- Guards against money made or lost inside a statement (P23).
-- Returns each statement whose sides differ.
select statement_period, mpn_id, opening_balance, earned, cap_reduction, adjustments, payment, closing_balance
from statements
where opening_balance + earned - cap_reduction + adjustments <> payment + closing_balance
