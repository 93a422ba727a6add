-- Which caps limit the lines of differing subscriptions, each by which bucket?
-- Grain: one row per line of lines_now and scope that has a cap for it; one without a scope where none has.
-- P20.
select
    period, fiscal_year, subscription_id, incentive, mpn_id, scope,
    case scope
        when 'SUBSCRIPTION' then subscription_id
        when 'CUSTOMER' then customer_id
        when 'SERVICE' then service
        when 'PARTNER' then ''
    end as bucket,
    amount as cap
from lines_now
inner join periods using (period)
left join cap_amounts using (mpn_id, service, fiscal_year)
