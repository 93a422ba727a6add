-- Who is partner of record for each subscription in each period, is it paid, and if not, why not?
-- Grain: one row per known subscription and period that its term overlaps. A view: a span says it once for all its months.
-- P16.
with
by_month as (
    select
        unnest(range(from_month_no, until_month_no))::integer as month_no,
        subscription_id, customer_id, service, mpn_id, basis, status, reason, claim_id, poe_status
    from por_spans
),

por_resolution as (
    select period, subscription_id, customer_id, service, mpn_id, basis, status, reason, claim_id, poe_status
    from by_month
    inner join periods using (month_no)
)

select * from por_resolution
