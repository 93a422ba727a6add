-- What does the run come to?
-- Grain: one row. Amounts in the policy's currency.
select
    run_period, period_before, run_state, policy.as_known_on, currency, minimum_payment,
    count(mpn_id) as statements,
    count(*) filter (where payment > 0) as partners_paid,
    coalesce(sum(payment), 0) as paid,
    count(*) filter (where closing_balance <> 0) as partners_carried,
    coalesce(sum(closing_balance), 0) as carried,
    coalesce(sum(closing_balance) filter (where closing_balance < 0), 0) as carried_debts,
    coalesce(sum(earned), 0) as earned,
    coalesce(sum(adjustments), 0) as adjustments,
    coalesce(sum(opening_balance), 0) as opening,
    count(*) filter (where held > 0) as partners_held,
    coalesce(sum(held), 0) as held,
    count(*) filter (where cap_reduction > 0) as partners_capped,
    coalesce(sum(cap_reduction), 0) as capped,
    (select count(*) from missing_seats where period = run_period) as missing_seats
from policy
left join statements on statement_period = run_period
group by run_period, period_before, run_state, policy.as_known_on, currency, minimum_payment
