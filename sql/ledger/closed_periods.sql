-- Which periods are closed, as far as this run looks at the ledger?
-- Grain: one row per closed period.
select unnest($closed::varchar[]) as period
