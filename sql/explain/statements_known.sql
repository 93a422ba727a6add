-- Is a partner known at all, which periods have statements, of whomever, and is a period closed?
-- Grain: one row.
select
    exists (select 1 from current_partners where mpn_id = $mpn_id) as is_known,
    (select coalesce(list(distinct statement_period order by statement_period), []) from statements) as periods,
    exists (select 1 from statements where statement_period = $period and state = 'CLOSED') as is_closed
