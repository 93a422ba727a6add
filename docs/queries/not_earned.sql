-- What would the seats that earn nobody anything have earned, by reason, in the run's fiscal year?
-- At the rates that count, and before any cap, which might have cut it. What waits for a proof may still be paid.
--
-- On the sample, after `dpor run --through 2015-06 --close`:
-- no_por | 13 | 6671.48
-- poe_pending | 9 | 4882.00
-- poe_failed | 3 | 1530.00
-- (7 rows)
select
    reason, count(distinct subscription_id) as subscriptions, sum(round(assigned_seats * amount_per_seat, 2))::decimal(18, 2) as not_earned
from unpaid_seats
inner join period_rates using (period, service)
inner join periods using (period)
inner join policy on true
where fiscal_year = (select fiscal_year from periods where period = run_period)
group by reason
order by not_earned desc, reason;
