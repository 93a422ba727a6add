-- What is known of each subscription and period today, by the policy of the last closing?
-- Grain: one row per known subscription and period of its term. Worked out anew instead where the policy has changed since.
select period, subscription_id, customer_id, service, mpn_id, basis, claim_id, status, reason, poe_status, assigned_seats
from states_now
