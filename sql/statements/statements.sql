-- What is each partner paid: in the closed periods as posted, in the run's own if it is open as drafted?
-- Grain: one row per MPN ID and statement period. P24.
from posted_statements
union all
from drafted_statements
where statement_period not in (select period from closed_periods)
