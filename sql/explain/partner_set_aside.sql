-- Which rows are still set aside in which the partner stands?
-- Grain: one row per row of quarantine that no delivery has released. The MPN ID is looked for in the text of the record as it
-- came, as a word of its own, since such a row may have no columns.
select delivery, feed, file, row_number, reason, column_name
from quarantine
where released_by is null and feed in ('partners', 'osa_forms', 'dpor_attachments', 'poe_reviews', 'caps')
    and regexp_matches(raw, concat('(^|[^A-Za-z0-9._-])', $mpn_id, '($|[^A-Za-z0-9._-])'))
order by delivery, file, row_number
