-- From when to when was each partner eligible, as known at the last closing?
-- Grain: one row per partner accepted by then. As current_partners, from what was known then.
select mpn_id, eligible_from, eligible_to
from partners, last_closed
where accepted_in <= last_period
qualify row_number() over (partition by mpn_id order by delivery desc, file desc, row_number desc) = 1
