-- What was known of each subscription and period at the last closing?
-- Grain: one row a subscription and period that had a state then. Worked out anew instead where another version of the
-- software posted it.
select period, subscription_id, customer_id, service, mpn_id, basis, claim_id, status, reason, poe_status, assigned_seats
from states_posted
