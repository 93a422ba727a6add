-- Which seats of the run's period earn less than they might, since a rate isn't there?
-- Grain: one row per service of the policy with seats that earn, or wait to, and incentive that has a rate in some period, but
-- none for the service in this one. Where no rate is known at all, a row per service, without an incentive. P18: no rate, no
-- line.
with
with_seats as (
    select service, count(*) as subscriptions
    from earning_seats
    inner join policy on period = run_period and list_contains(services, service)
    group by service
),

rates_now as (
    select service, incentive
    from period_rates
    inner join policy on period = run_period
),

incentives as (
    select distinct incentive
    from period_rates
),

missing_rates as (
    select service, incentive, subscriptions
    from with_seats
    left join incentives on true
    anti join rates_now
        on with_seats.service = rates_now.service and incentives.incentive is not distinct from rates_now.incentive
)

select * from missing_rates
order by service, incentive
