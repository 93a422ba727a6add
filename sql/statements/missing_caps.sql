-- Is no cap known of the run's fiscal year, though another year has some?
-- Grain: a row then, with that year, the latest of the others and how many it has; else none. P20: no row, no cap.
select run_year.fiscal_year, max(cap.fiscal_year) as other_year, count(*) filter (where cap.fiscal_year = latest.fiscal_year) as caps
from policy
inner join periods as run_year on period = run_period
cross join current_caps as cap
cross join (select max(fiscal_year) as fiscal_year from current_caps) as latest
group by run_year.fiscal_year
having count(*) filter (where cap.fiscal_year = run_year.fiscal_year) = 0
