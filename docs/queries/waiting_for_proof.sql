-- Which claims have waited longest for a proof of execution, and with how much?
--
-- On the sample, after `dpor run --through 2015-06 --close`:
-- dpor-adatum-cell-pending-other-form | A. Datum Corporation | 2015-03 | 4 | 106 | 680.00
-- dpor-adatum-cell-pending-same-dpor | A. Datum Corporation | 2015-03 | 4 | 106 | 680.00
-- dpor-adatum-cell-pending-other-dpor | A. Datum Corporation | 2015-03 | 4 | 106 | 170.00
-- (10 rows)
select claim_id, partner_name, held_since, months_waiting, days_since_request, held
from proof_ageing
order by months_waiting desc, held desc, claim_id;
