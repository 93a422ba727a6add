-- What is known of a claim's proof of execution? The outcome of its latest review, for the claim's whole life.
-- Grain: one row per claim id and partner that were reviewed. PENDING while no outcome is recorded.
-- P13. Of two reviews asked for on one day, the greater poe_id is the later.
select claim_id, mpn_id, coalesce(outcome, 'PENDING') as outcome
from current_poe_reviews
qualify row_number() over (partition by claim_id, mpn_id order by requested_on desc, poe_id desc) = 1
