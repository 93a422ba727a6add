-- What do statements tell of the months in which a partner was a subscription's?
-- Grain: one row per span of por_spans that has a partner, numbered from 0.
select
    span.subscription_id, span.mpn_id, from_month_no, until_month_no, basis, received_at::date as attached_on,
    row_number() over (order by span.subscription_id, from_month_no) - 1 as span_no
from por_spans as span
inner join claims on span.claim_id = claims.claim_id and span.basis = claims.source
