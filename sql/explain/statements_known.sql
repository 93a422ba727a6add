-- Is a partner known at all, and which periods have statements, of whomever?
-- Grain: one row.
select
    exists (select 1 from current_partners where mpn_id = $mpn_id) as is_known,
    (select coalesce(list(distinct statement_period order by statement_period), []) from statements) as periods
