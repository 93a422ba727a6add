-- Is the period a draft or closed, and what are its amounts in?
-- Grain: one row. A period without statements is as the run is.
select
    coalesce(any_value(state), any_value(run_state)) as state,
    any_value(currency) as currency,
    any_value(case when run_period = $period then policy.as_known_on end) as as_known_on
from policy
left join statements on statement_period = $period
