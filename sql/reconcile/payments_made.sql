-- What does finance's file say was paid?
-- Grain: one row per payment.
select
    unnest($mpn_id::varchar[]) as mpn_id,
    unnest($period::varchar[]) as period,
    unnest($amount::decimal(18, 2)[]) as amount
