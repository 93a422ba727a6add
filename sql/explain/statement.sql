-- What does a partner's statement for a period come to?
-- Grain: one row, if there is the statement. A partner of whom nothing more is known has no name.
select
    statement_period, mpn_id, earned, cap_reduction, adjustments, held, opening_balance, payment, closing_balance, state,
    coalesce(partner_name, '') as partner_name, currency,
    statement_period = run_period as is_of_the_run, case when is_of_the_run then policy.as_known_on end as as_known_on
from statements
cross join policy
left join current_partners using (mpn_id)
where mpn_id = $mpn_id and statement_period = $period
