-- Who is told that its OSA form was refused, and why?
-- Grain: one row per form received before the run's period's end and refused.
-- P26 [s24], P7.
with
refused as (
    select claim_id, mpn_id, customer_id, service, strftime(received_at, '%Y-%m-%d') as received_on, decision_reason
    from claims, policy
    where source = 'OSA' and decision = 'REJECTED' and received_at < run_end_day
),

refusal_notices as (
    select
        'OSA_FORM_REFUSED' as kind,
        'OSA' as source,
        claim_id,
        mpn_id,
        null as outcome,
        format('Your OSA form {} was refused ({})', claim_id, service) as subject,
        [
            format('Your OSA form received on {} was refused.', received_on),
            case decision_reason
                when 'dpor_attached'
                    then 'The customer has a Digital Partner of Record in this service, and a form cannot claim it then.'
                when 'osa_method_closed'
                    then format(
                        'Forms are accepted up to {} only: ask the customer to attach you in its portal.',
                        osa_forms_accepted_until
                    )
            end,
            '',
            format('Customer:     {}', customer_id),
            format('Service:      {}', service),
            format('Form:         {}', claim_id)
        ] as lines
    from refused, policy
)

select * from refusal_notices
