-- What does closing the period have to post, so that later differences can be taken apart?
-- Grain: one row a subscription and period whose state is new or another than posted; status null where it has gone.
with
gone as (
    select period, subscription_id
    from states_posted
    anti join states_now using (period, subscription_id)
),

new_or_changed as (
    select period, subscription_id, customer_id, service, mpn_id, basis, claim_id, status, reason, poe_status, assigned_seats
    from states_now
    except
    select period, subscription_id, customer_id, service, mpn_id, basis, claim_id, status, reason, poe_status, assigned_seats
    from states_posted
),

changes as (
    select
        run_period as statement_period, period, subscription_id, customer_id, service, mpn_id, basis, claim_id, status, reason,
        poe_status, assigned_seats
    from new_or_changed, policy
    union all
    select run_period, period, subscription_id, null, null, null, null, null, null, null, null, null
    from gone, policy
)

select * from changes
order by period, subscription_id
