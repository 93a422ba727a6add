-- Which lines of differing subscriptions are PAYABLE today in closed periods?
-- Grain: one row per such line.
select period, subscription_id, incentive, mpn_id, customer_id, service
from earned_lines
semi join differing_subscriptions using (subscription_id), last_closed
where status = 'PAYABLE' and period <= last_period
