-- What is to be paid for a period, and under which name does each payment go out and come back?
-- Grain: one row per statement with a payment: nothing is paid on the others. The id is the statement's, so it never changes.
-- P21, P23.
select
    format($form_of_id, statement_period, mpn_id) as payment_id,
    mpn_id,
    payment,
    $currency::varchar as currency
from statements
where statement_period = $period and payment > 0
