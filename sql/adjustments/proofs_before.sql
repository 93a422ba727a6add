-- What was known of each claim's proof of execution at the last closing?
-- Grain: one row per claim id and partner whose reviews had been accepted by then. As latest_reviews, from what was known then.
with
known_then as (
    select poe_id, claim_id, mpn_id, requested_on, outcome
    from poe_reviews, last_closed
    where accepted_in <= last_period
    qualify row_number() over (partition by poe_id order by delivery desc, file desc, row_number desc) = 1
),

proofs_before as (
    select claim_id, mpn_id, coalesce(outcome, 'PENDING') as outcome
    from known_then
    qualify row_number() over (partition by claim_id, mpn_id order by requested_on desc, poe_id desc) = 1
)

select * from proofs_before
