-- How much do the caps of one scope take off each line, given what the scopes before it took?
-- Grain: one row per line that is cut in $scope. Run once a scope, in P20's order; each run adds to cap_cuts.
-- P20. Only buckets that earn more than their cap can be cut, and few do: only their lines need the running sum.
with
over_their_cap as (
    select
        mpn_id, fiscal_year,
        case $scope
            when 'SUBSCRIPTION' then subscription_id
            when 'CUSTOMER' then customer_id
            when 'SERVICE' then total.service
            when 'PARTNER' then ''
        end as bucket,
        any_value(amount) as cap
    from earned_totals as total
    inner join cap_amounts as cap using (mpn_id, service, fiscal_year)
    where cap.scope = $scope
    group by mpn_id, fiscal_year, bucket
    having sum(earned) > any_value(amount)
),

brought as (
    select
        line.period, line.subscription_id, line.incentive, line.mpn_id, line.fiscal_year, bucket, cap,
        line.earned - coalesce(earlier.cut, 0) as brought
    from earned_lines as line
    inner join over_their_cap as full_bucket
        on line.mpn_id = full_bucket.mpn_id and line.fiscal_year = full_bucket.fiscal_year
        and bucket = case $scope
            when 'SUBSCRIPTION' then line.subscription_id
            when 'CUSTOMER' then line.customer_id
            when 'SERVICE' then line.service
            when 'PARTNER' then ''
        end
    left join (
        select period, subscription_id, incentive, sum(cut) as cut
        from cap_cuts
        group by period, subscription_id, incentive
    ) as earlier using (period, subscription_id, incentive)
    where line.status = 'PAYABLE'
),

-- Lines fill a bucket month by month, so only in the month in which it gets full must they be looked at one by one.
months as (
    select
        mpn_id, fiscal_year, bucket, period,
        sum(sum(brought)) over (
            partition by mpn_id, fiscal_year, bucket order by period rows unbounded preceding
        ) as until_then,
        until_then - sum(brought) as before_then
    from brought
    group by mpn_id, fiscal_year, bucket, period
),

filled as (
    select
        period, subscription_id, incentive, cap, brought, before_then,
        before_then + sum(brought) over (
            partition by mpn_id, fiscal_year, bucket order by subscription_id, incentive rows unbounded preceding
        ) as brought_so_far
    from brought
    inner join months using (mpn_id, fiscal_year, bucket, period)
    where before_then < cap and until_then > cap
),

cuts as (
    select
        period, subscription_id, incentive,
        brought - (least(brought_so_far, cap) - least(brought_so_far - brought, cap)) as cut
    from filled
    union all
    select period, subscription_id, incentive, brought
    from brought
    inner join months using (mpn_id, fiscal_year, bucket, period)
    where before_then >= cap
)

select period, subscription_id, incentive, $scope as scope, cut::decimal(18, 2) as cut
from cuts
where cut > 0
