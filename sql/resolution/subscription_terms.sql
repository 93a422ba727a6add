-- From when to when does a subscription run, and can anybody earn on it?
-- Grain: one row per known subscription. last_day is inclusive, 9999-12-31 where the term is open.
select
    subscription_id,
    customer_id,
    service,
    list_contains(policy.eligible_programs, program) as program_earns,
    start_date,
    coalesce(end_date, date '9999-12-31') as last_day,
    (year(start_date) * 12 + month(start_date))::integer as first_month_no,
    (year(coalesce(end_date, date '9999-12-31')) * 12 + month(coalesce(end_date, date '9999-12-31')))::integer as last_month_no
from current_subscriptions, policy
