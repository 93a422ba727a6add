-- Guards against a partner without the statement that P23 gives it, and one with two.
-- Returns each MPN ID with a PAYABLE or HELD line in any period so far that has not exactly one statement for the run's period.
with
earners as (
    select distinct mpn_id
    from earned_lines
)

select earners.mpn_id, count(statements.mpn_id) as statements
from earners
cross join policy
left join statements on earners.mpn_id = statements.mpn_id and statement_period = run_period
group by earners.mpn_id
having count(statements.mpn_id) <> 1
