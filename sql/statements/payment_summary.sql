-- What does finance sign for the run's period?
-- Grain: one row per statement, by MPN ID.
select
    mpn_id as "MPN ID",
    partner_name as "Partner Name",
    hq_mpn_id as "HQ MPN ID",
    region as "Region",
    currency as "Currency",
    opening_balance as "Opening Balance",
    earned as "Earned",
    cap_reduction as "Cap Reduction",
    adjustments as "Adjustments",
    payment as "Payment",
    closing_balance as "Closing Balance",
    held as "Held",
    state as "State"
from statements
left join current_partners using (mpn_id)
cross join policy
where statement_period = run_period
order by mpn_id
