-- Which version of a review counts? The one delivered last.
-- Grain: one row per review.
select poe_id, claim_id, mpn_id, requested_on, decided_on, outcome, delivery, file, row_number
from poe_reviews
qualify row_number() over (partition by poe_id order by delivery desc, file desc, row_number desc) = 1
