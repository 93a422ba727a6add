-- What was each differing line made of, what is it made of now, and with which cause does each fact change?
-- Grain: one row per differing line of which something was known at the last closing. A stage is the number of the cause, in the
-- order of the contract, that changes the fact from what it was to what it would be, had the subscription stayed as it was: between.
-- What a change of the subscription itself brings, its own stage changes, the last one. A new claim brings its partner, proof and
-- eligibility along, unless it is the proof of a form, which failed or passed since and so took or gave the claim.
with
-- Not by the run's periods, which may begin later by today's policy.
lines as (
    select period, subscription_id, incentive, mpn_id, strptime(period, '%Y-%m')::date as first_day
    from differences
    where not never_billed
),

facts as (
    select
        line.period, line.subscription_id, line.incentive, line.mpn_id,
        was.mpn_id as mpn_was, was.poe_status as poe_was, was.assigned_seats as seats_was,
        was.reason is distinct from 'partner_not_eligible' as eligible_was, rate_was.amount_per_seat as rate_was,
        now.mpn_id as mpn_now, now.poe_status as poe_now, now.assigned_seats as seats_now,
        now.reason is distinct from 'partner_not_eligible' as eligible_now, rate_now.amount_per_seat as rate_now,
        was.status is null or now.status is null
        or was.customer_id <> now.customer_id or was.service <> now.service
        or (was.reason is not distinct from 'program_not_eligible') <> (now.reason is not distinct from 'program_not_eligible')
            as subscription_differs,
        case when subscription_differs then was.mpn_id else now.mpn_id end as mpn_between,
        case
            when not subscription_differs then now.poe_status
            when was.basis = 'DPOR' and was.poe_status = 'NOT_REQUIRED' then was.poe_status -- whatever reviews say (P14)
            else coalesce(proof_of_was.outcome, was.poe_status)
        end as poe_between,
        case
            when term_was.subscription_id is not null then seats_of_term_was.assigned_seats
            when now.status is null then was.assigned_seats
            else now.assigned_seats
        end as seats_between,
        case when subscription_differs then rate_between.amount_per_seat else rate_now.amount_per_seat end as rate_between,
        case
            when subscription_differs
                then coalesce(last_day(first_day) between eligible_from and coalesce(eligible_to, date '9999-12-31'), eligible_was)
            else eligible_now
        end as eligible_between,
        -- Its customer or service is another now, and caps of that scope limit the partner there.
        exists (
            select 1
            from cap_amounts as cap
            inner join periods using (fiscal_year)
            where cap.mpn_id = line.mpn_id and periods.period = line.period and cap.service in (was.service, now.service)
                and case scope
                    when 'CUSTOMER' then was.customer_id <> now.customer_id
                    when 'PARTNER' then false
                    else was.service <> now.service
                end
        ) as buckets_differ,
        -- A form and an event may have the same id.
        was.basis is distinct from now.basis or was.claim_id is distinct from now.claim_id as claim_differs,
        was.mpn_id is distinct from now.mpn_id as partner_differs,
        line.mpn_id = was.mpn_id and was.basis = 'OSA' and now.basis is distinct from 'DPOR' and proof_of_was.outcome = 'FAIL'
            as own_form_failed,
        line.mpn_id = now.mpn_id and now.basis = 'OSA' and proof_of_now.outcome = 'FAIL' as own_form_had_failed,
        -- por_changed, or the failed or passed proof of a form, which lets another form or none step in (P12).
        case when own_form_failed then 4 when own_form_had_failed then 3 else 2 end as claim_stage
    from lines as line
    left join states_before as was
        on line.period = was.period and line.subscription_id = was.subscription_id
    left join (from states_judged semi join differing_subscriptions using (subscription_id)) as now
        on line.period = now.period and line.subscription_id = now.subscription_id
    left join latest_reviews as proof_of_was
        on was.claim_id = proof_of_was.claim_id and was.mpn_id = proof_of_was.mpn_id
    left join proofs_before as proof_of_now
        on now.claim_id = proof_of_now.claim_id and now.mpn_id = proof_of_now.mpn_id
    left join current_partners as partner_was on was.mpn_id = partner_was.mpn_id
    left join terms_before as term_was on line.subscription_id = term_was.subscription_id
    left join seats_of_terms_before as seats_of_term_was
        on line.subscription_id = seats_of_term_was.subscription_id
        and year(first_day) * 12 + month(first_day) = seats_of_term_was.month_no
    left join rates_before as rate_was
        on line.period = rate_was.period and was.service = rate_was.service and line.incentive = rate_was.incentive
    left join rates_judged as rate_between
        on line.period = rate_between.period and was.service = rate_between.service and line.incentive = rate_between.incentive
    left join rates_judged as rate_now
        on line.period = rate_now.period and now.service = rate_now.service and line.incentive = rate_now.incentive
),

differing_facts as (
    select
        period, subscription_id, incentive, mpn_id,
        mpn_was, poe_was, seats_was, eligible_was, rate_was,
        mpn_between, poe_between, seats_between, eligible_between, rate_between,
        mpn_now, poe_now, seats_now, eligible_now, rate_now,
        buckets_differ,
        claim_stage as partner_stage,
        case when claim_differs and not subscription_differs then claim_stage
            when poe_between = 'FAIL' then 4 when poe_between = 'PENDING' then 5 else 3 end as poe_stage,
        case when partner_differs and not subscription_differs then claim_stage else 8 end as eligible_stage
    from facts
)

select * from differing_facts
