-- What have partners been told? What closed periods posted, and, where the run closes its own, what that tells.
-- Grain: one row per message. P26.
from posted_notifications
union all
from drafted_notifications
where (select run_state from policy) = 'CLOSED' and period not in (select period from closed_periods)
