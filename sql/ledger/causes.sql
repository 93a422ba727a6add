-- Why can an earlier line differ from what was posted, and in which order is it asked?
-- Grain: one row per cause, numbered from 1.
select cause, cause_no
from (select unnest($causes::varchar[]) as cause, unnest(range(1, len($causes::varchar[]) + 1)) as cause_no)
