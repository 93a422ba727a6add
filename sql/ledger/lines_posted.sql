-- What have closed statements posted for each line of a differing subscription, all of them together?
-- Grain: one row per line that was ever posted. Of the other subscriptions nobody asks: to add up their lines too would take longest.
select period, subscription_id, incentive, mpn_id, sum(amount)::decimal(18, 2) as payable
from posted_lines
semi join differing_subscriptions using (subscription_id)
group by period, subscription_id, incentive, mpn_id
