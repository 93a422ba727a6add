-- Which caps count today that did not at the last closing, or the other way round?
-- Grain: one row per such cap.
(
    select mpn_id, scope, service, fiscal_year, amount from current_caps
    except
    select mpn_id, scope, service, fiscal_year, amount from posted_caps
)
union all
(
    select mpn_id, scope, service, fiscal_year, amount from posted_caps
    except
    select mpn_id, scope, service, fiscal_year, amount from current_caps
)
