-- Guards against a delivered row that ends nowhere, or twice.
-- Returns each file whose rows read are not its accepted, duplicate and quarantined ones, or whose rows aren't really there.
with
in_tables as (
    select delivery, file, count(*) filter (where accepted_in = delivery) as accepted
    from (
        select delivery, file, accepted_in from partners
        union all
        select delivery, file, accepted_in from customers
        union all
        select delivery, file, accepted_in from rates
        union all
        select delivery, file, accepted_in from subscriptions
        union all
        select delivery, file, accepted_in from caps
        union all
        select delivery, file, accepted_in from osa_forms
        union all
        select delivery, file, accepted_in from dpor_attachments
        union all
        select delivery, file, accepted_in from assigned_seats
        union all
        select delivery, file, accepted_in from poe_reviews
    )
    group by delivery, file
),

in_quarantine as (
    select delivery, file, count(*) as quarantined
    from quarantine
    group by delivery, file
)

select delivery, file, rows_read, log.accepted, duplicates, log.quarantined
from intake_log as log
left join in_tables using (delivery, file)
left join in_quarantine using (delivery, file)
where rows_read <> log.accepted + duplicates + log.quarantined
    or coalesce(in_tables.accepted, 0) <> log.accepted
    or coalesce(in_quarantine.quarantined, 0) <> log.quarantined
