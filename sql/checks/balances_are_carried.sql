-- Guards against a balance that is lost, or comes from nowhere, between one statement and the next (P23).
-- Returns each statement that doesn't open with what the partner's last one carried forward, and each, before the run's own, that
-- carries something forward to no other.
with
in_order as (
    select
        statement_period, mpn_id, opening_balance, closing_balance,
        lag(closing_balance, 1, 0) over own_statements as carried,
        lead(statement_period) over own_statements as next_period
    from statements
    window own_statements as (partition by mpn_id order by statement_period)
)

select statement_period, mpn_id, carried, opening_balance, closing_balance
from in_order
where opening_balance <> carried
    or (closing_balance <> 0 and next_period is null and statement_period < (select run_period from policy))
