-- Is no cap known of the run's fiscal year, though another year has some?
-- Grain: a row then, with that year, the latest of the others and how many it has; else none. P20: no row, no cap.
with
counted as (
    select fiscal_year, count(*) as caps
    from current_caps
    group by fiscal_year
)

select periods.fiscal_year, counted.fiscal_year as other_year, caps
from policy
inner join periods on period = run_period
cross join counted
where periods.fiscal_year not in (select fiscal_year from counted)
order by other_year desc
limit 1
