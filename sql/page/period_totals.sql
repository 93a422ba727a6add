-- What did the statements of each period come to, up to the run's?
-- Grain: one row per statement period, the latest last; the last thirteen.
select
    statement_period as period,
    count(*) as statements,
    count(*) filter (payment > 0) as partners_paid,
    sum(opening_balance)::decimal(18, 2) as opening,
    sum(earned)::decimal(18, 2) as earned,
    sum(cap_reduction)::decimal(18, 2) as capped,
    sum(adjustments)::decimal(18, 2) as adjustments,
    sum(payment)::decimal(18, 2) as paid,
    sum(closing_balance)::decimal(18, 2) as carried,
    sum(held)::decimal(18, 2) as held
from statements
inner join policy on statement_period <= run_period
group by statement_period
qualify row_number() over (order by statement_period desc) <= 13
order by period
