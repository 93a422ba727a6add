-- What does each line pay today, by the policy of the last closing?
-- Grain: one row per line. Worked out anew where the policy has changed since.
select period, subscription_id, incentive, mpn_id, payable
from incentive_lines
