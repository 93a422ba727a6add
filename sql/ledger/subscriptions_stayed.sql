-- How would subscriptions be today, had each stayed as it was known at the last closing?
-- Grain: one row of `subscriptions` per subscription, only of customers with a differing one and with any that has changed since.
-- P22. One that wasn't known then is as it is today.
with
came_since as (
    select distinct subscription_id
    from subscriptions, last_closed
    where accepted_in > last_period
),

known_then as (
    select subscription_id, customer_id, program, service, start_date, end_date
    from subscriptions
    semi join came_since using (subscription_id), last_closed
    where accepted_in <= last_period
    qualify row_number() over (partition by subscription_id order by delivery desc, file desc, row_number desc) = 1
),

changed as (
    select was.customer_id as customer_then, now.customer_id as customer_now
    from known_then as was
    inner join current_subscriptions as now on was.subscription_id = now.subscription_id
    where (was.customer_id, was.program, was.service, was.start_date, coalesce(was.end_date, date '9999-12-31'))
        <> (now.customer_id, now.program, now.service, now.start_date, coalesce(now.end_date, date '9999-12-31'))
),

customers as (
    select customer_then as customer_id from changed
    union
    select customer_now from changed
),

stayed as (
    select subscriptions.*
    from subscriptions
    semi join (from subscriptions semi join customers using (customer_id)) as theirs using (subscription_id), last_closed
    qualify
        row_number() over (
            partition by subscription_id order by accepted_in <= last_period desc, delivery desc, file desc, row_number desc
        ) = 1
),

subscriptions_stayed as (
    from stayed
    semi join customers using (customer_id)
    semi join (from stayed semi join differing_subscriptions using (subscription_id)) as theirs using (customer_id)
)

select * from subscriptions_stayed
