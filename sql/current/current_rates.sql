-- Which version of a rate counts? The one delivered last.
-- Grain: one row per incentive, service and first day.
select incentive, service, amount_per_seat, valid_from, valid_to, delivery, file, row_number
from rates
qualify
    row_number() over (
        partition by incentive, service, valid_from order by delivery desc, file desc, row_number desc
    ) = 1
