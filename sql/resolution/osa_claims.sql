-- From when to when did a form's claim stand, and since when is it contested?
-- Grain: one row per attached form. It begins at the end of its day and stands until stopped_at, null while nothing stopped it.
-- P9 (the first DPOR of another partner stops it, for the whole group), P11 (contests), P13 (reviews).
with
attached as (
    select form_id, received_on, customer_id, service, mpn_id
    from osa_form_decisions
    where decision = 'ATTACHED'
),

stops as (
    select form.form_id, min(row(dpor.started_at, dpor.claim_id)) as first_stop
    from attached as form
    inner join dpor_claims as dpor
        on form.customer_id = dpor.customer_id and form.service = dpor.service
        and form.mpn_id <> dpor.mpn_id
        and form.received_on < dpor.start_day
    group by form.form_id
),

standing as (
    select
        form_id, received_on, customer_id, service, mpn_id,
        first_stop[1] as stopped_at,
        first_stop[1]::date as stopped_day,
        first_stop[2] as stopped_by
    from attached
    left join stops using (form_id)
),

-- Every pair of different partners of which the earlier still stood when the later came.
contests as (
    select earlier.form_id as earlier_form_id, later.form_id as later_form_id, later.received_on as begins_on
    from standing as earlier
    inner join standing as later
        on earlier.customer_id = later.customer_id and earlier.service = later.service
        and earlier.mpn_id <> later.mpn_id
        and (earlier.received_on, earlier.form_id) < (later.received_on, later.form_id)
        and (earlier.stopped_day is null or earlier.stopped_day > later.received_on)
),

first_contests as (
    select form_id, min(begins_on) as contested_from
    from (
        select earlier_form_id as form_id, begins_on from contests
        union all
        select later_form_id as form_id, begins_on from contests
    )
    group by form_id
),

osa_claims as (
    select
        form_id as claim_id, standing.mpn_id, customer_id, service, received_on,
        stopped_at, stopped_day, stopped_by, contested_from,
        latest_reviews.outcome as review_outcome
    from standing
    left join first_contests using (form_id)
    left join latest_reviews on standing.form_id = latest_reviews.claim_id and standing.mpn_id = latest_reviews.mpn_id
)

select * from osa_claims
