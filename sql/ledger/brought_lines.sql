-- What did the lines of the last closing bring to the buckets that limit lines of differing subscriptions?
-- Grain: one row per PAYABLE line and scope, where the scope's bucket is one of limited_lines.
-- P20: a scope is brought what the scopes before it let pass.
with
in_buckets as (
    select
        line.period, line.fiscal_year, line.subscription_id, line.incentive, line.mpn_id, scope, earned,
        case scope
            when 'SUBSCRIPTION' then line.subscription_id
            when 'CUSTOMER' then line.customer_id
            when 'SERVICE' then line.service
            when 'PARTNER' then ''
        end as bucket
    from earned_lines as line
    cross join (select unnest($scopes) as scope) as scopes
    where line.status = 'PAYABLE'
),

shared as (
    select period, fiscal_year, subscription_id, incentive, mpn_id, scope, bucket, earned
    from in_buckets
    semi join limited_lines using (mpn_id, fiscal_year, scope, bucket)
),

-- What the scopes before one took off a line; after the last, no scope asks for it.
cut_before as (
    select
        period, subscription_id, incentive, asking.scope, sum(cut) as cut
    from cap_cuts
    inner join (select unnest($scopes) as scope) as asking
        on list_position($scopes, cap_cuts.scope) < list_position($scopes, asking.scope)
    group by period, subscription_id, incentive, asking.scope
),

brought_lines as (
    select
        period, fiscal_year, subscription_id, incentive, mpn_id, scope, bucket,
        (earned - coalesce(cut, 0))::decimal(18, 2) as brought
    from shared
    left join cut_before using (period, subscription_id, incentive, scope)
)

select * from brought_lines
