-- How much of each cap is used, and what is left?
-- Grain: one row per MPN ID, fiscal year, scope and bucket in which a PAYABLE line meets a cap. A view.
-- P20: a bucket is used by what passed it, so by what was earned less the cuts of this scope and of those before it.
with
scopes as (
    select scope_no, scope
    from (values (1, 'SUBSCRIPTION'), (2, 'CUSTOMER'), (3, 'SERVICE'), (4, 'PARTNER')) as listed (scope_no, scope)
),

cuts as (
    select mpn_id, fiscal_year, service, customer_id, subscription_id, scope_no, sum(cut) as cut
    from cap_cuts
    inner join scopes using (scope)
    inner join periods using (period)
    inner join earning_seats using (period, subscription_id)
    group by mpn_id, fiscal_year, service, customer_id, subscription_id, scope_no
),

moved as (
    select mpn_id, fiscal_year, service, customer_id, subscription_id, 0 as scope_no, earned, 0 as cut
    from earned_totals
    union all
    select mpn_id, fiscal_year, service, customer_id, subscription_id, scope_no, 0, cut
    from cuts
),

buckets as (
    select
        fiscal_year, mpn_id, cap.scope,
        case cap.scope
            when 'SUBSCRIPTION' then subscription_id
            when 'CUSTOMER' then customer_id
            when 'SERVICE' then moved.service
            when 'PARTNER' then ''
        end as bucket,
        any_value(amount) as cap,
        sum(earned) - sum(cut) as used,
        coalesce(sum(cut) filter (where moved.scope_no = scopes.scope_no), 0) as cut
    from moved
    inner join cap_amounts as cap using (mpn_id, service, fiscal_year)
    inner join scopes on cap.scope = scopes.scope and moved.scope_no <= scopes.scope_no
    group by fiscal_year, mpn_id, cap.scope, bucket
),

cap_usage as (
    select
        fiscal_year, mpn_id, partner_name, scope, bucket,
        cap::decimal(18, 2) as cap,
        (used + cut)::decimal(18, 2) as brought,
        cut::decimal(18, 2) as cut,
        used::decimal(18, 2) as used,
        (cap - used)::decimal(18, 2) as remaining,
        case when cap = 0 then 100 else (used * 10000)::hugeint // (cap * 100)::hugeint end::integer as used_percent
    from buckets
    left join current_partners using (mpn_id)
)

select * from cap_usage
