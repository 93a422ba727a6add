-- Which version of a partner counts? The one delivered last.
-- Grain: one row per MPN ID.
select
    mpn_id, partner_name, hq_mpn_id, region, country, ppc_name, ppc_email, eligible_from, eligible_to,
    delivery, file, row_number
from partners
qualify row_number() over (partition by mpn_id order by delivery desc, file desc, row_number desc) = 1
