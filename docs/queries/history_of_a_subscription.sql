-- Who was partner of record of a subscription, from when to when, and was it paid?
--
-- On the sample, after `dpor run --through 2015-06 --close`:
-- 2014-10 | 2015-02 | Litware, Inc. | OSA | PAYABLE | - | osa-litware-contoso-o365
-- 2015-03 | 2015-06 | - | - | UNASSIGNED | osa_superseded_by_dpor | -
-- (2 rows)
select from_period, to_period, partner_name, basis, status, reason, claim_id
from por_history
where subscription_id = 'contoso-e1'
order by from_period;
