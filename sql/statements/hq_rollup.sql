-- What do the MPN IDs of one headquarters come to together? For reconciliation only: each is paid by its own statement.
-- Grain: one row per headquarters (or an MPN ID without one) and statement period. P21.
select
    statement_period,
    coalesce(hq_mpn_id, mpn_id) as hq_mpn_id,
    count(*)::integer as statements,
    sum(earned)::decimal(18, 2) as earned,
    sum(cap_reduction)::decimal(18, 2) as cap_reduction,
    sum(adjustments)::decimal(18, 2) as adjustments,
    sum(held)::decimal(18, 2) as held,
    sum(opening_balance)::decimal(18, 2) as opening_balance,
    sum(payment)::decimal(18, 2) as payment,
    sum(closing_balance)::decimal(18, 2) as closing_balance
from statements
left join current_partners using (mpn_id)
group by statement_period, coalesce(hq_mpn_id, mpn_id)
