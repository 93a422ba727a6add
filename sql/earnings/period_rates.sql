-- What does one assigned seat earn in a period?
-- Grain: one row per period, service and incentive that the policy lists and that has a rate on the period's last day.
-- P18: of two rates valid that day the one with the later first day. A rate may have been accepted by an earlier policy's lists.
select period, service, incentive, amount_per_seat
from periods
inner join current_rates on valid_from <= last_day and (valid_to is null or last_day <= valid_to)
inner join policy on list_contains(services, service) and list_contains(incentives, incentive)
qualify row_number() over (partition by period, service, incentive order by valid_from desc) = 1
