-- What could each line pay at most, all others as at the last closing: by the caps of then, and by those of now?
-- Grain: one row per line of rooms_then, and of rooms_now.
select
    period, subscription_id, incentive, mpn_id,
    rooms_then.room as room_then,
    rooms_now.room as room_now,
    rooms_then.caps <> rooms_now.caps as caps_differ
from rooms_then
inner join rooms_now using (period, subscription_id, incentive, mpn_id)
