-- Which rows of every feed were accepted, and by which delivery?
-- Grain: one row per accepted row, named by the delivery that brought it.
select 'partners' as feed, delivery, file, row_number, accepted_in from partners
union all
select 'customers', delivery, file, row_number, accepted_in from customers
union all
select 'rates', delivery, file, row_number, accepted_in from rates
union all
select 'subscriptions', delivery, file, row_number, accepted_in from subscriptions
union all
select 'caps', delivery, file, row_number, accepted_in from caps
union all
select 'osa_forms', delivery, file, row_number, accepted_in from osa_forms
union all
select 'dpor_attachments', delivery, file, row_number, accepted_in from dpor_attachments
union all
select 'assigned_seats', delivery, file, row_number, accepted_in from assigned_seats
union all
select 'poe_reviews', delivery, file, row_number, accepted_in from poe_reviews
