-- What have closed statements posted for each line of a differing subscription, all of them together?
-- Grain: one row per line that was ever posted. Nobody asks for other subscriptions, and adding their lines up would take long.
select period, subscription_id, incentive, mpn_id, sum(amount)::decimal(18, 2) as payable
from posted_lines
semi join differing_subscriptions using (subscription_id)
group by period, subscription_id, incentive, mpn_id
