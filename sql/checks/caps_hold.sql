-- Guards against a cent above a cap (P20).
-- Returns each bucket that pays more than the row that limits it. Names of scopes beat *, so do names of services.
with
scopes as (
    select unnest(['SUBSCRIPTION', 'CUSTOMER', 'SERVICE', 'PARTNER']) as scope
),

buckets as (
    select
        scope, mpn_id, fiscal_year, line.service,
        case scope
            when 'SUBSCRIPTION' then line.subscription_id
            when 'CUSTOMER' then por.customer_id
            when 'SERVICE' then line.service
            else ''
        end as bucket,
        sum(payable) as paid
    from incentive_lines as line
    inner join por_resolution as por using (period, subscription_id, mpn_id)
    inner join periods using (period)
    cross join scopes
    group by all
),

totals as (
    select scope, mpn_id, fiscal_year, bucket, sum(paid) as paid, max(service) as service
    from buckets
    group by scope, mpn_id, fiscal_year, bucket
),

limits as (
    select totals.*, cap.amount
    from totals
    inner join current_caps as cap
        on cap.scope = totals.scope and cap.fiscal_year = totals.fiscal_year
        and cap.mpn_id in (totals.mpn_id, '*') and cap.service in (totals.service, '*')
    qualify
        row_number() over (
            partition by totals.scope, totals.mpn_id, totals.fiscal_year, bucket
            order by cap.mpn_id = '*', cap.service = '*'
        ) = 1
)

select scope, mpn_id, fiscal_year, bucket, paid, amount
from limits
where paid > amount
