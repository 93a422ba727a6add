-- Guards against a cent above a cap (P20).
-- Returns each bucket for which all statements together pay more than the row that limits it: one that names the partner beats *,
-- then one that names the service.
with
paid as (
    select mpn_id, fiscal_year, subscription_id, sum(amount) as paid
    from statement_lines
    inner join periods using (period)
    group by mpn_id, fiscal_year, subscription_id
),

paid_by_subscription as (
    select mpn_id, fiscal_year, service, customer_id, subscription_id, paid
    from paid
    inner join subscription_terms using (subscription_id)
),

buckets as (
    select 'SUBSCRIPTION' as scope, mpn_id, fiscal_year, service, subscription_id as bucket, paid from paid_by_subscription
    union all
    select 'CUSTOMER', mpn_id, fiscal_year, max(service), customer_id, sum(paid) from paid_by_subscription
    group by mpn_id, fiscal_year, customer_id
    union all
    select 'SERVICE', mpn_id, fiscal_year, service, service, sum(paid) from paid_by_subscription
    group by mpn_id, fiscal_year, service
    union all
    select 'PARTNER', mpn_id, fiscal_year, max(service), '', sum(paid) from paid_by_subscription
    group by mpn_id, fiscal_year
),

capped as (
    select
        buckets.scope, buckets.mpn_id, buckets.fiscal_year, bucket, paid,
        cap.mpn_id = '*' as for_all, cap.service = '*' as any_service, amount
    from buckets
    inner join current_caps as cap
        on cap.scope = buckets.scope and cap.fiscal_year = buckets.fiscal_year
        and cap.mpn_id in (buckets.mpn_id, '*') and cap.service in (buckets.service, '*')
),

limits as (
    select scope, mpn_id, fiscal_year, bucket, paid, min_by(amount, row(for_all, any_service)) as amount
    from capped
    group by scope, mpn_id, fiscal_year, bucket, paid
)

select scope, mpn_id, fiscal_year, bucket, paid, amount
from limits
where paid > amount
