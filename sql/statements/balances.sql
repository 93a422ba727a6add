-- Which balances does a statement of the run's period open and close with?
-- Grain: one row per MPN ID and balance that isn't zero. What is carried forward is taken off what is paid.
-- P23.
select mpn_id, 'OPENING BALANCE' as kind, statement_period as period, opening_balance as paid
from statements
inner join policy on statement_period = run_period
where opening_balance <> 0
union all
select mpn_id, 'CARRIED FORWARD', statement_period, -closing_balance
from statements
inner join policy on statement_period = run_period
where closing_balance <> 0
