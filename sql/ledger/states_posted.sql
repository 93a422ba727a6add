-- What did the ledger know of each subscription and period at the last closing?
-- Grain: one row per subscription and period that had a state then.
-- A state is mostly posted once, when its period closes. Looking for the few that were posted again, and no more, needs no sort.
with
posted_again as (
    select period, subscription_id, max(statement_period) as last_posted
    from posted_states
    where statement_period > period
    group by period, subscription_id
),

states_posted as (
    select period, subscription_id, customer_id, service, mpn_id, basis, claim_id, status, reason, poe_status, assigned_seats
    from posted_states
    left join posted_again using (period, subscription_id)
    where
        statement_period = coalesce(last_posted, period)
        and status is not null
)

select * from states_posted
