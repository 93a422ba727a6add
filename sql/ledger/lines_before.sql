-- What did each line of a differing subscription pay at the last closing?
-- Grain: one row per line that was ever posted. Where another version of the software posted it, worked out anew instead, of all
-- subscriptions.
select period, subscription_id, incentive, mpn_id, payable
from lines_posted
