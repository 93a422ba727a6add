-- What was paid to a head office's locations together, by fiscal year? For reconciliation: MPN IDs are paid one by one.
-- By the statement's fiscal year and today's head office (caps go by the fiscal year of the line instead). A statement for a
-- month before the policy's first period has no fiscal year.
--
-- On the sample, after `dpor run --through 2015-06 --close`:
-- 0045678 | FY15 | 498.75
-- 1100001 | FY15 | 200000.00
-- 1200001 | FY15 | 100000.00
-- (10 rows)
select hq_mpn_id, fiscal_year, sum(payment) as paid
from hq_rollup
left join periods on period = statement_period
group by hq_mpn_id, fiscal_year
order by hq_mpn_id, fiscal_year;
