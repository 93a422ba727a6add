-- Guards against a form or an event that nothing became of (P2 to P8).
-- Returns each accepted form and event that has not exactly one row, and each row of neither.
with
due as (
    select event_id as claim_id, 'DPOR' as source
    from dpor_attachments
    union all
    select form_id as claim_id, 'OSA' as source
    from osa_forms
),

found as (
    select claim_id, source, count(*) as rows
    from claims
    group by claim_id, source
)

select claim_id, source, rows
from due
full join found using (claim_id, source)
where due.claim_id is null or rows is null or rows <> 1
