-- Which version of a cap counts? The one delivered last.
-- Grain: one row per MPN ID (or *), scope, service (or *) and fiscal year.
select mpn_id, scope, service, fiscal_year, amount, delivery, file, row_number
from caps
qualify
    row_number() over (
        partition by mpn_id, scope, service, fiscal_year order by delivery desc, file desc, row_number desc
    ) = 1
