-- Guards against a delivered row that ends nowhere, or twice.
-- Returns each file whose rows read are not its accepted, duplicate and quarantined ones, or whose rows aren't really there; and
-- each that has rows there and was not read.
with
in_tables as (
    select feed, delivery, file, count(*) filter (where accepted_in = delivery) as accepted
    from accepted_rows
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
