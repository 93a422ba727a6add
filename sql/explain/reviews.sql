-- Which reviews name a claim of the subscription's service group?
-- Grain: one row per claim and review, the latest of a claim last. A form and an event may bear the same id: a review is of each
-- that is its partner's.
select distinct claims.source, review.claim_id, review.mpn_id, poe_id, requested_on, decided_on, outcome
from current_poe_reviews as review
inner join claims on review.claim_id = claims.claim_id and review.mpn_id = claims.mpn_id
inner join current_subscriptions as subscription
    on claims.customer_id = subscription.customer_id and claims.service = subscription.service
where subscription.subscription_id = $subscription
order by review.claim_id, claims.source, requested_on, poe_id
