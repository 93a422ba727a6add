-- Which rows had to wait for what they refer to, and which delivery accepted them at last?
-- Grain: one row per accepted row whose own delivery had set it aside.
select feed, delivery, file, row_number, accepted_in
from accepted_rows
where accepted_in <> delivery
