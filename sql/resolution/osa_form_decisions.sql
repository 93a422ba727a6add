-- What did each paper form do? Attach its partner, nothing new, or was it refused?
-- Grain: one row per form. Order within a group: (received_on, form_id), each after every event of its day (P6).
-- P7 (refused: too late, or a DPOR is attached), P8 (the same partner again).
with
received as (
    select
        form_id, received_on, customer_id, service, mpn_id,
        case
            when received_on > osa_forms_accepted_until then 'osa_method_closed'
            when exists (
                from dpor_claims as dpor
                where dpor.customer_id = form.customer_id and dpor.service = form.service
                    and dpor.start_day <= form.received_on
                    and (dpor.end_day is null or dpor.end_day > form.received_on)
            ) then 'dpor_attached'
        end as rejection
    from osa_forms as form, policy
),

-- A duplicate has its original's stop, so looking back one form is looking back to the latest attached.
heard as (
    select
        form_id, received_on, customer_id, service, mpn_id,
        lag(mpn_id) over in_order as previous_mpn_id,
        lag(received_on) over in_order as previous_received_on
    from received
    where rejection is null
    window in_order as (partition by customer_id, service order by received_on, form_id)
),

duplicates as (
    select form_id
    from heard as form
    where mpn_id = previous_mpn_id
        and not exists (
            from dpor_claims as dpor
            where dpor.customer_id = form.customer_id and dpor.service = form.service
                and dpor.mpn_id <> form.mpn_id
                and dpor.start_day > form.previous_received_on and dpor.start_day <= form.received_on
        )
),

osa_form_decisions as (
    select
        form_id, received_on, customer_id, service, mpn_id,
        case
            when rejection is not null then 'REJECTED'
            when form_id in (from duplicates) then 'DUPLICATE'
            else 'ATTACHED'
        end as decision,
        case
            when rejection is not null then rejection
            when form_id in (from duplicates) then 'already_attached'
        end as decision_reason
    from received
)

select * from osa_form_decisions
