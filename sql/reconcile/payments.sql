-- Was each partner paid what its statement says?
-- Grain: one row per MPN ID that was to be paid or was. Payments of one partner in one period are added up.
with
due as (
    select mpn_id, payment
    from statements
    where statement_period = $period
),

paid as (
    select mpn_id, sum(amount) as amount
    from payments_made
    where period = $period
    group by mpn_id
),

compared as (
    select
        mpn_id, payment, amount,
        case
            when due.mpn_id is null then 'paid without a statement'
            when amount is null then 'not paid'
            when amount <> payment then 'different amount'
            else 'matched'
        end as finding
    from due
    full join paid using (mpn_id)
    where payment > 0 or amount is not null
)

select finding, mpn_id, payment, amount
from compared
order by finding, mpn_id
