-- Which cap limits a partner's lines on a service in a fiscal year, in each scope?
-- Grain: one row per MPN ID, service, fiscal year and scope that has a cap. No row, no cap.
-- P20: a row that names the MPN ID beats *, then one that names the service beats *.
with
earners as (
    select distinct mpn_id, service, fiscal_year
    from earned_totals
),

cap_amounts as (
    select earners.mpn_id, earners.service, earners.fiscal_year, scope, amount
    from earners
    inner join current_caps as cap
        on cap.fiscal_year = earners.fiscal_year
        and cap.mpn_id in (earners.mpn_id, '*')
        and cap.service in (earners.service, '*')
    qualify
        row_number() over (
            partition by earners.mpn_id, earners.service, earners.fiscal_year, scope
            order by cap.mpn_id = '*', cap.service = '*'
        ) = 1
)

select * from cap_amounts
