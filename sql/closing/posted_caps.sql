-- Which caps counted when the period closed?
-- Grain: one row per MPN ID (or *), scope, service (or *) and fiscal year.
select mpn_id, scope, service, fiscal_year, amount, delivery, file, row_number
from current_caps
order by mpn_id, scope, service, fiscal_year
