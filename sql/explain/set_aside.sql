-- Which rows are still set aside in which the subscription stands, or its customer in a form, or one of its claims in a review?
-- Grain: one row per row of quarantine that no delivery has released. The id is looked for in the text of the record as it came,
-- as a word of its own, since such a row may have no columns. Seats only of deliveries from the period on.
with
asked_for as (
    select $subscription as id, unnest(['subscriptions', 'dpor_attachments', 'assigned_seats']) as feed
    union
    select customer_id, 'osa_forms'
    from current_subscriptions
    where subscription_id = $subscription
    union
    select claim_id, 'poe_reviews'
    from claims
    inner join current_subscriptions as subscription using (customer_id, service)
    where subscription.subscription_id = $subscription
),

-- IDs are of letters, digits, dots, underscores and hyphens.
set_aside as (
    select distinct delivery, quarantine.feed, file, row_number, reason, column_name
    from quarantine
    inner join asked_for
        on quarantine.feed = asked_for.feed
        and regexp_matches(raw, concat('(^|[^A-Za-z0-9._-])', regexp_escape(id), '($|[^A-Za-z0-9._-])'))
    where released_by is null and (quarantine.feed <> 'assigned_seats' or delivery >= $period)
)

from set_aside
order by delivery, file, row_number
