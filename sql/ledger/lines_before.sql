-- What did each line of a differing subscription pay at the last closing?
-- Grain: one row per line that was ever posted. Worked out anew instead where another version of the software posted it; of all then.
select period, subscription_id, incentive, mpn_id, payable
from lines_posted
