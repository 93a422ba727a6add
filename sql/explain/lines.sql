-- What did the subscription earn and pay in the period, and which caps cut it?
-- Grain: one row an incentive.
select
    line.incentive, assigned_seats, amount_per_seat, earned, payable,
    (
        select string_agg(scope || ' cap took ' || cut::varchar, ', ' order by scope)
        from cap_cuts
        where cap_cuts.period = line.period and cap_cuts.subscription_id = line.subscription_id
            and cap_cuts.incentive = line.incentive
    ) as cuts
from incentive_lines as line
where line.subscription_id = $subscription and line.period = $period
order by line.incentive
