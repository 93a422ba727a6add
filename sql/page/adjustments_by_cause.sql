-- Why do the run's statements bring differences on earlier periods?
-- Grain: one row per cause. P22.
select cause, count(*) as lines, count(distinct mpn_id) as partners, sum(amount)::decimal(18, 2) as amount
from statement_lines
inner join policy on statement_period = run_period
where kind = 'ADJUSTMENT'
group by cause
order by abs(sum(amount)) desc, cause
