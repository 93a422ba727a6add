-- What changed from a partner's last statement to this one, the largest first?
--
-- On the sample, after `dpor run --through 2015-06 --close`:
-- CURRENT | wingtip-intune | MANAGE | 20000.00 | 0.00 | -20000.00 | 200000 | 200000
-- CURRENT | wingtip-intune | DEPLOY | 24000.00 | 22824.00 | -1176.00 | 200000 | 200000
-- (2 rows)
select kind, subscription_id, incentive, amount_before, amount, change, assigned_seats_before, assigned_seats
from statement_changes
inner join policy on statement_period = run_period
where mpn_id = '1200001'
order by abs(change) desc, kind, subscription_id, incentive;
