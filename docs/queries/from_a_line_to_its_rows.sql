-- Which delivered rows does a line of an incentive rest on?
-- As known now: the claim, the form that exempts a DPOR from a proof of its own (P14), the proof, the seats, the rate, and the
-- current versions of subscription, customer and partner. Caps are in `current_caps`.
--
-- On the sample, after `dpor run --through 2015-06 --close`:
-- claim | dpor-relecloud-contoso-e3 | 2015-03 | dpor_attachments.csv | 16
-- proof | poe-relecloud-contoso | 2015-03 | poe_reviews.csv | 3
-- seats | 2015-04-30 | 2015-04 | assigned_seats.csv | 22
-- (7 rows)
with
line as (
    select
        line.period, subscription_id, incentive, line.mpn_id, customer_id, line.service, basis, por.claim_id, exempted_by,
        first_day, last_day
    from incentive_lines as line
    inner join por_resolution as por using (period, subscription_id)
    inner join periods using (period)
    left join dpor_proofs as proof on basis = 'DPOR' and por.claim_id = proof.claim_id
    where period = '2015-04' and subscription_id = 'contoso-e3' and incentive = 'DEPLOY'
),

seats as (
    select 4 as place, 'seats' as what, snapshot_date::varchar as id, delivery, file, row_number
    from assigned_seats
    inner join line using (subscription_id)
    inner join subscription_terms as term using (subscription_id)
    where snapshot_date between first_day and line.last_day and snapshot_date between term.start_date and term.last_day
    order by snapshot_date desc, exported_at desc
    limit 1
),

rate as (
    select 5 as place, 'rate' as what, valid_from::varchar as id, delivery, file, row_number
    from current_rates
    inner join line using (service, incentive)
    where valid_from <= last_day and last_day <= coalesce(valid_to, last_day)
    order by valid_from desc
    limit 1
),

proof as (
    select 3 as place, 'proof' as what, poe_id as id, delivery, file, row_number
    from current_poe_reviews as review
    inner join line on review.claim_id = coalesce(exempted_by, line.claim_id) and review.mpn_id = line.mpn_id
    order by requested_on desc, poe_id desc
    limit 1
),

rows_of_line as (
    select 1 as place, 'claim' as what, claim_id as id, delivery, file, row_number
    from (
        select 'OSA' as basis, form_id as claim_id, delivery, file, row_number from osa_forms
        union all
        select 'DPOR', event_id, delivery, file, row_number from dpor_attachments
    )
    inner join line using (basis, claim_id)
    union all
    select 2, 'form', form_id, delivery, file, row_number
    from osa_forms
    inner join line on form_id = exempted_by
    union all
    from proof
    union all
    from seats
    union all
    from rate
    union all
    select 6, 'subscription', subscription_id, delivery, file, row_number from current_subscriptions semi join line using (subscription_id)
    union all
    select 7, 'customer', customer_id, delivery, file, row_number from current_customers semi join line using (customer_id)
    union all
    select 8, 'partner', mpn_id, delivery, file, row_number from current_partners semi join line using (mpn_id)
)

select what, id, delivery, file, row_number
from rows_of_line
order by place;
