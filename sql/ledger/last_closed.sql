-- Which is the last closed period?
-- Grain: one row: empty text, before every period, where nothing is closed.
-- To be joined: then the few subscriptions are picked before their lines. As a subquery in a condition, it has one core work out
-- all lines.
select coalesce(max(period), '') as last_period
from closed_periods
