-- How much do the caps of one scope take off each line, given what the scopes before it took?
-- Grain: one row a line that is cut in $scope. Run once a scope, in P20's order; each run adds to cap_cuts.
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

filled as (
    select *, sum(brought) over bucket_in_order as brought_so_far
    from brought
    window bucket_in_order as (
        partition by mpn_id, bucket, fiscal_year
        order by period, subscription_id, incentive
        rows unbounded preceding
    )
),

cuts as (
    select
        period, subscription_id, incentive, $scope as scope,
        brought - (least(brought_so_far, cap) - least(brought_so_far - brought, cap)) as cut
    from filled
    where brought_so_far > cap
)

select period, subscription_id, incentive, scope, cut::decimal(18, 2) as cut
from cuts
where cut > 0
