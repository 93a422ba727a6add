-- What was the term of each differing subscription as known at the last closing, where it is another today?
-- Grain: one row per subscription. As subscription_terms, from what was known then.
with
known_then as (
    select subscription_id, start_date, coalesce(end_date, date '9999-12-31') as last_day
    from subscriptions
    semi join differing_subscriptions using (subscription_id)
    where accepted_in <= (select max(period) from closed_periods)
    qualify row_number() over (partition by subscription_id order by delivery desc, file desc, row_number desc) = 1
),

terms_before as (
    select was.subscription_id, was.start_date, was.last_day
    from known_then as was
    inner join subscription_terms as now on was.subscription_id = now.subscription_id
    where was.start_date <> now.start_date or was.last_day <> now.last_day
)

select * from terms_before
