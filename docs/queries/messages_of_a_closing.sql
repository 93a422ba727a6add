-- Which partners got messages when a period closed, of what kind and how many?
--
-- On the sample, after `dpor run --through 2015-06 --close`:
-- 1100001 | OSA_FORM_REFUSED | 1
-- 1100001 | OSA_STOPPED | 2
-- 1200001 | DPOR_ATTACHED | 2
-- (11 rows)
select mpn_id, kind, count(*) as messages
from notifications
where period = '2015-03'
group by mpn_id, kind
order by mpn_id, kind;
