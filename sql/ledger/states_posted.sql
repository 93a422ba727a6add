-- What did the ledger know of each subscription and period at the last closing?
-- Grain: one row a subscription and period that had a state then.
with
latest as (
    select
        period, subscription_id, customer_id, service, mpn_id, basis, claim_id, status, reason, poe_status, assigned_seats
    from posted_states
    qualify row_number() over (partition by period, subscription_id order by statement_period desc) = 1
),

states_posted as (
    select period, subscription_id, customer_id, service, mpn_id, basis, claim_id, status, reason, poe_status, assigned_seats
    from latest
    where status is not null
)

select * from states_posted
