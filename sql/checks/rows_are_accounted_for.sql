-- Guards against a delivered row that ends nowhere, or twice.
-- Returns each file whose rows read are not its accepted, duplicate and quarantined ones, or whose rows aren't really there; and each
-- that has rows there and was not read.
with
in_tables as (
    select feed, delivery, file, count(*) filter (where accepted_in = delivery) as accepted
    from (
        select 'partners' as feed, delivery, file, accepted_in from partners
        union all
        select 'customers', delivery, file, accepted_in from customers
        union all
        select 'rates', delivery, file, accepted_in from rates
        union all
        select 'subscriptions', delivery, file, accepted_in from subscriptions
        union all
        select 'caps', delivery, file, accepted_in from caps
        union all
        select 'osa_forms', delivery, file, accepted_in from osa_forms
        union all
        select 'dpor_attachments', delivery, file, accepted_in from dpor_attachments
        union all
        select 'assigned_seats', delivery, file, accepted_in from assigned_seats
        union all
        select 'poe_reviews', delivery, file, accepted_in from poe_reviews
    )
    group by feed, delivery, file
),

in_quarantine as (
    select feed, delivery, file, count(*) as quarantined
    from quarantine
    group by feed, delivery, file
)

select feed, delivery, file, rows_read, log.accepted, duplicates, log.quarantined
from intake_log as log
full join in_tables using (feed, delivery, file)
full join in_quarantine using (feed, delivery, file)
where rows_read is distinct from log.accepted + duplicates + log.quarantined
    or coalesce(in_tables.accepted, 0) is distinct from log.accepted
    or coalesce(in_quarantine.quarantined, 0) is distinct from log.quarantined
