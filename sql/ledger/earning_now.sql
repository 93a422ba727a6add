-- Who earns today on a differing subscription, though perhaps nothing at the last closing?
-- Grain: one row per MPN ID, fiscal year and subscription, in the columns of earned_totals. It adds nothing to what was earned
-- then: it is only asked which caps are theirs.
select distinct mpn_id, fiscal_year, service, customer_id, subscription_id, 0::decimal(18, 2) as earned
from lines_now
inner join periods using (period)
