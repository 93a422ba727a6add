-- Guards against a subscription that should earn and is lost by a join (P17, P18).
-- Returns each PAYABLE or HELD subscription and period that has neither a line for every rate of its service, nor missing seats.
with
rates as (
    select periods.period, rate.service, count(distinct rate.incentive) as incentives
    from periods
    inner join current_rates as rate
        on rate.valid_from <= periods.last_day and (rate.valid_to is null or periods.last_day <= rate.valid_to)
    group by periods.period, rate.service
),

lines as (
    select period, subscription_id, count(*) as lines
    from incentive_lines
    group by period, subscription_id
)

select por.period, por.subscription_id, por.status, lines.lines, rates.incentives
from por_resolution as por
left join rates on por.period = rates.period and por.service = rates.service
left join lines on por.period = lines.period and por.subscription_id = lines.subscription_id
left join missing_seats as missing on por.period = missing.period and por.subscription_id = missing.subscription_id
where por.status in ('PAYABLE', 'HELD')
    and case
        when missing.period is null then coalesce(lines.lines, 0) <> coalesce(rates.incentives, 0)
        else lines.lines is not null
    end
