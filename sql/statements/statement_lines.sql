-- What do all statements say, line by line: the closed ones as they were posted, and the run's own if it is open?
-- Grain: CURRENT, one row per PAYABLE line; ADJUSTMENT, one row per earlier line and cause. P24.
from posted_lines
union all
from drafted_lines
where statement_period not in (select period from closed_periods)
