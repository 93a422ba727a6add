-- What do the PAYABLE lines of each subscription earn in a fiscal year, before any cap?
-- Grain: one row per MPN ID, fiscal year and subscription. Every bucket of a cap is a sum of these rows.
-- P20.
select mpn_id, fiscal_year, service, customer_id, subscription_id, sum(earned)::decimal(18, 2) as earned
from earned_lines
where status = 'PAYABLE'
group by mpn_id, fiscal_year, service, customer_id, subscription_id
