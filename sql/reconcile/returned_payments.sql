-- Did each payment that was exported come back paid, to its partner, in its amount?
-- Grain: one row per payment due, matched or not, and one per row of the file that is none or pays again, with the first finding
-- that fits.
-- A total is what was earned, less tax withheld and service fee, plus sales tax.
-- Of several rows of one payment the last says whether it is paid: a failed one that was sent again is, one that came back isn't.
with
returned as (
    select
        row_number, participant_id_type, lpad(participant_id, 7, '0') as mpn_id, trim(payment_id) as payment_id, currency,
        trim(payment_status) as payment_status, earned, withheld_tax, sales_tax, service_fee_tax, total_payment,
        earned - withheld_tax + sales_tax - service_fee_tax as total_meant,
        coalesce(lower(trim(payment_status)), '') in ('sent', 'paid', 'processed', 'completed') as is_paid
    from payments_returned
),

-- A payment's rows part where one says that it isn't paid; after it come those that say that it is.
parted as (
    select
        row_number, payment_id, mpn_id, is_paid,
        count(*) filter (where not is_paid) over (partition by payment_id, mpn_id order by row_number) as part,
        count(*) filter (where not is_paid) over (partition by payment_id, mpn_id) as last_part
    from returned
),

in_turn as (
    select
        row_number, part, last_part,
        count(*) filter (where is_paid) over (partition by payment_id, mpn_id, part order by row_number) as nth_paid,
        count(*) filter (where is_paid) over (partition by payment_id, mpn_id, part) as times_paid
    from parted
),

counting as (
    select row_number, nth_paid
    from in_turn
    where nth_paid > 1 or (part = last_part and nth_paid = least(times_paid, 1))
),

compared as (
    select
        coalesce(due.mpn_id, returned.mpn_id) as mpn_id,
        coalesce(due.payment, own.payment) as payment,
        returned.row_number,
        case
            when nth_paid > 1 then 'the same payment again'
            when due.payment_id is null and own.payment_id is not null then 'another paymentID'
            when due.payment_id is null then 'paid without a statement'
            -- Nor is what isn't in the file at all.
            when is_paid is not true then 'not paid'
            when returned.mpn_id <> due.mpn_id or participant_id_type <> 'MPNID' then 'another participant'
            when returned.currency <> due.currency then 'another currency'
            when earned <> due.payment then 'different amount'
            when total_payment <> total_meant then 'different total'
            else 'matched'
        end as finding,
        returned.mpn_id as returned_mpn_id, participant_id_type, returned.payment_id, returned.currency, payment_status,
        earned, withheld_tax, sales_tax, service_fee_tax, total_payment, total_meant, coalesce(is_paid, false) as is_paid
    from payments_due as due
    full join (from returned inner join counting using (row_number)) as returned on due.payment_id = returned.payment_id
    left join payments_due as own on returned.mpn_id = own.mpn_id
)

select
    finding, mpn_id, payment,
    case finding
        when 'the same payment again' then concat(payment_id, ', ', earned, ' ', currency, ', status ', payment_status)
        when 'another paymentID' then concat(payment_id, ', ', earned, ' ', currency)
        when 'paid without a statement' then concat(payment_id, ', ', earned, ' ', currency)
        when 'another participant' then concat('paid to ', participant_id_type, ' ', returned_mpn_id)
        when 'another currency' then concat('paid in ', currency)
        when 'not paid'
            then case
                when row_number is null then 'not in the file'
                else concat('status ', coalesce(payment_status, 'empty'))
            end
        when 'different amount' then concat('earned ', earned)
        when 'different total' then concat('total ', total_payment, ', but its parts come to ', total_meant)
    end as told,
    row_number, earned, withheld_tax, sales_tax, service_fee_tax, total_payment, currency, is_paid
from compared
order by finding, mpn_id, row_number
