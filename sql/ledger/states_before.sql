-- What was known of each differing subscription and period at the last closing?
-- Grain: one row per subscription and period that had a state then. As states_posted, but the few are picked before the latest of
-- each is looked for. Where another version of the software posted it, worked out anew instead, of all subscriptions.
with
latest as (
    select
        period, subscription_id, customer_id, service, mpn_id, basis, claim_id, status, reason, poe_status, assigned_seats
    from posted_states
    semi join differing_subscriptions using (subscription_id)
    qualify row_number() over (partition by period, subscription_id order by statement_period desc) = 1
),

states_before as (
    select period, subscription_id, customer_id, service, mpn_id, basis, claim_id, status, reason, poe_status, assigned_seats
    from latest
    where status is not null
)

select * from states_before
