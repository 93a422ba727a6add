-- Who was told what when a period closed?
--
-- On the sample, after `dpor run --through 2015-06 --close`:
-- DPOR_ATTACHED | 16
-- OSA_FORM_REFUSED | 1
-- OSA_STOPPED | 2
-- (5 rows)
select kind, count(*) as messages
from notifications
where period = '2015-03'
group by kind
order by kind;
