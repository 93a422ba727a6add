-- How far has each partner used its caps up in the run's fiscal year?
-- Grain: one row per bucket with a cap, under the partner whose bucket it is.
-- P20.
select
    usage.mpn_id,
    usage.fiscal_year as "Fiscal Year", scope as "Scope", nullif(bucket, '') as "Applies To",
    cap as "Max Cap", used as "Used", remaining as "Left", cut as "Cut So Far"
from cap_usage as usage
cross join policy
inner join periods on period = run_period and usage.fiscal_year = periods.fiscal_year
inner join statements on usage.mpn_id = statements.mpn_id and statement_period = run_period
order by usage.mpn_id, list_position(['SUBSCRIPTION', 'CUSTOMER', 'SERVICE', 'PARTNER'], scope), bucket
