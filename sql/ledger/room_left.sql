-- What could each line of a differing subscription pay at most by some caps, were all other lines as at the last closing?
-- Grain: one row per line of limited_lines; room is null where no cap limits it. Asked beside the run, by the caps of then and of
-- now. P20: in each scope a line has the room that the lines before it leave.
with
-- A subscription's lines of a month stand together, so that only what is before all of them has to be put in order.
by_subscription as (
    select mpn_id, fiscal_year, scope, bucket, period, subscription_id, sum(brought) as brought
    from (
        select mpn_id, fiscal_year, scope, bucket, period, subscription_id, brought
        from brought_lines
        union all
        select mpn_id, fiscal_year, scope, bucket, period, subscription_id, 0
        from limited_lines
    )
    group by mpn_id, fiscal_year, scope, bucket, period, subscription_id
),

before_subscription as (
    select
        mpn_id, fiscal_year, scope, bucket, period, subscription_id,
        sum(brought) over (
            partition by mpn_id, fiscal_year, scope, bucket
            order by period, subscription_id rows between unbounded preceding and 1 preceding
        ) as used
    from by_subscription
),

before_line as (
    select line.period, line.subscription_id, line.incentive, line.mpn_id, line.scope, sum(brought) as used
    from limited_lines as line
    inner join brought_lines as other using (mpn_id, fiscal_year, scope, bucket, period, subscription_id)
    where other.incentive < line.incentive
    group by line.period, line.subscription_id, line.incentive, line.mpn_id, line.scope
),

left_over as (
    select
        period, subscription_id, incentive, mpn_id, scope, cap,
        coalesce(before_subscription.used, 0) + coalesce(before_line.used, 0) as used
    from limited_lines
    left join before_subscription using (mpn_id, fiscal_year, scope, bucket, period, subscription_id)
    left join before_line using (period, subscription_id, incentive, mpn_id, scope)
),

room_left as (
    select
        period, subscription_id, incentive, mpn_id,
        min(case when used < cap then cap - used when cap is not null then 0 end)::decimal(18, 2) as room,
        list(concat(scope, ' ', cap) order by scope) as caps
    from left_over
    group by period, subscription_id, incentive, mpn_id
)

select * from room_left
