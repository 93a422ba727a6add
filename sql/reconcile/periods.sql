-- Which periods have control totals? A month that was run may have no statement at all: its rows are accounted for all the same.
-- Grain: one row per period, in order.
select statement_period as period from statements
union
select run_period from policy
order by period
