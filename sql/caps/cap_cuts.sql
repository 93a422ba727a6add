-- How much do the caps of one scope take off each line, given what the scopes before it took?
-- Grain: one row a line that is cut in $scope. Run once a scope, in P20's order; each run adds to cap_cuts.
-- P20. Only buckets that bring more than their cap need the running sum, which is what makes it fast.
with
brought as (
    select
        line.period, line.subscription_id, line.incentive, line.mpn_id, line.fiscal_year, cap.amount as cap,
        case $scope
            when 'SUBSCRIPTION' then line.subscription_id
            when 'CUSTOMER' then line.customer_id
            when 'SERVICE' then line.service
            when 'PARTNER' then ''
        end as bucket,
        line.earned - coalesce(earlier.cut, 0) as brought
    from earned_lines as line
    inner join cap_amounts as cap
        on line.mpn_id = cap.mpn_id and line.service = cap.service and line.fiscal_year = cap.fiscal_year
        and cap.scope = $scope
    left join (
        select period, subscription_id, incentive, sum(cut) as cut
        from cap_cuts
        group by period, subscription_id, incentive
    ) as earlier using (period, subscription_id, incentive)
    where line.status = 'PAYABLE'
),

over_their_cap as (
    select mpn_id, bucket, fiscal_year
    from brought
    group by mpn_id, bucket, fiscal_year
    having sum(brought) > any_value(cap)
),

filled as (
    select *, sum(brought) over bucket_in_order as brought_so_far
    from brought
    semi join over_their_cap using (mpn_id, bucket, fiscal_year)
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
