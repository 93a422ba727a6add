-- What does finance get to pay by, in the columns of Partner Center's export of payments?
-- Grain: one row per payment, by MPN ID. Taxes, method, status and date are finance's to fill in.
-- A partner's name is that of its latest version among the deliveries of the closing.
select
    mpn_id as "participantID",
    'MPNID' as "participantIDType",
    partner_name as "participantName",
    'Online Services Advisor Deploy' as "programName",
    payment as "earned",
    case when currency = 'USD' then payment end as "earnedUSD",
    0::decimal(18, 2) as "withheldTax",
    0::decimal(18, 2) as "salesTax",
    0::decimal(18, 2) as "serviceFeeTax",
    payment as "totalPayment",
    currency as "currencyCode",
    null::varchar as "paymentMethod",
    payment_id as "paymentID",
    'Unprocessed' as "paymentStatus",
    null::varchar as "paymentStatusDescription",
    null::varchar as "paymentDate"
from payments_due
left join current_partners using (mpn_id)
order by mpn_id
