-- Which claims wait for a proof of execution at the end of the run's period, since when, and with how much?
-- Grain: one row per claim that holds a subscription in the run's period, or held one before whose earnings still wait. A view.
-- P13 to P15, P19.
with
waiting as (
    select
        claim_id, basis, mpn_id, span.customer_id, service, run_month_no, run_end_day,
        count(distinct subscription_id) filter (run_month_no < until_month_no)::integer as subscriptions,
        greatest(min(from_month_no), any_value(program_first_month_no)) as since_month_no
    from por_spans as span, policy
    where span.status = 'HELD' and from_month_no <= run_month_no
    group by claim_id, basis, mpn_id, span.customer_id, service, run_month_no, run_end_day
),

held as (
    select span.claim_id, span.basis, sum(earned)::decimal(18, 2) as held
    from earned_lines as line
    inner join periods using (period)
    inner join por_spans as span
        on line.subscription_id = span.subscription_id and from_month_no <= month_no and month_no < until_month_no
    where line.status = 'HELD'
    group by span.claim_id, span.basis
),

asked as (
    select claim_id, mpn_id, max(requested_on) as requested_on
    from current_poe_reviews
    where outcome is null
    group by claim_id, mpn_id
),

proof_ageing as (
    select
        waiting.claim_id, waiting.basis, waiting.mpn_id, partner_name, waiting.customer_id, organization_name, service,
        subscriptions, period as held_since, (run_month_no - since_month_no + 1)::integer as months_waiting,
        requested_on, (run_end_day - 1 - requested_on)::integer as days_since_request,
        coalesce(held, 0)::decimal(18, 2) as held
    from waiting
    inner join periods on since_month_no = month_no
    left join held on waiting.claim_id = held.claim_id and waiting.basis = held.basis
    left join asked on waiting.claim_id = asked.claim_id and waiting.mpn_id = asked.mpn_id
    left join current_partners as partner on waiting.mpn_id = partner.mpn_id
    left join current_customers as customer on waiting.customer_id = customer.customer_id
    where subscriptions > 0 or held.held > 0
)

select * from proof_ageing
