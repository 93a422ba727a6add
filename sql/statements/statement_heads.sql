-- What stands at the head of each statement of the run's period?
-- Grain: one row per statement, by MPN ID. The payment's id is the one under which finance pays it; nothing paid, no id.
-- P21, P23, P26 (where a partner writes to).
select
    mpn_id, partner_name, statement_period as period, state, currency,
    earned, cap_reduction, adjustments, opening_balance, payment, closing_balance, held, minimum_payment,
    case when payment > 0 then format($form_of_id, statement_period, mpn_id) end as payment_id,
    region, support_address
from statements
inner join policy on statement_period = run_period
left join current_partners using (mpn_id)
left join support_addresses using (region)
order by mpn_id
