-- What does closing the period have to post, so that later differences can be taken apart?
-- Grain: one row per subscription and period whose state is new or another than posted; status null where it has gone.
select
    run_period as statement_period, period, subscription_id,
    now.customer_id, now.service, now.mpn_id, now.basis, now.claim_id,
    now.status, now.reason, now.poe_status, now.assigned_seats
from states_now as now
full join states_posted as posted using (period, subscription_id)
cross join policy
where
    now.customer_id is distinct from posted.customer_id
    or now.service is distinct from posted.service
    or now.mpn_id is distinct from posted.mpn_id
    or now.basis is distinct from posted.basis
    or now.claim_id is distinct from posted.claim_id
    or now.status is distinct from posted.status
    or now.reason is distinct from posted.reason
    or now.poe_status is distinct from posted.poe_status
    or now.assigned_seats is distinct from posted.assigned_seats
order by period, subscription_id
