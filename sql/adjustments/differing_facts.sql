-- What was each differing line made of, what is it made of now, and with which cause does each fact change?
-- Grain: that of differing_states. A stage is the number of the cause, in the order of the contract, that changes the fact from what
-- it was to what it would be, had the subscription stayed as it was: between. What a change of the subscription itself brings, its own
-- stage changes, the last one. A new claim brings its partner, proof and eligibility along.
with
facts as (
    select
        state.period, state.subscription_id, state.incentive, state.mpn_id,
        mpn_was, poe_was, seats_was, eligible_was, rate_was.amount_per_seat as rate_was,
        mpn_now, poe_now, seats_now, eligible_now, rate_now.amount_per_seat as rate_now,
        case when subscription_differs then mpn_was else mpn_now end as mpn_between,
        case
            when not subscription_differs then poe_now
            when basis_was = 'DPOR' and poe_was = 'NOT_REQUIRED' then poe_was -- whatever reviews say (P14)
            else coalesce(proof_of_was, poe_was)
        end as poe_between,
        case
            when term_was.subscription_id is not null then seats_of_term_was.assigned_seats
            when ended then seats_was
            else seats_now
        end as seats_between,
        case
            when subscription_differs
                then coalesce(last_day(first_day) between eligible_from and coalesce(eligible_to, date '9999-12-31'), eligible_was)
            else eligible_now
        end as eligible_between,
        case when subscription_differs then rate_between.amount_per_seat else rate_now.amount_per_seat end as rate_between,
        buckets_differ, claim_differs, partner_differs, subscription_differs, claim_stage
    from differing_states as state
    left join current_partners as partner_was on mpn_was = partner_was.mpn_id
    left join terms_before as term_was on state.subscription_id = term_was.subscription_id
    left join seats_of_terms_before as seats_of_term_was
        on state.subscription_id = seats_of_term_was.subscription_id
        and year(first_day) * 12 + month(first_day) = seats_of_term_was.month_no
    left join rates_before as rate_was
        on state.period = rate_was.period and service_was = rate_was.service and state.incentive = rate_was.incentive
    left join rates_judged as rate_between
        on state.period = rate_between.period and service_was = rate_between.service and state.incentive = rate_between.incentive
    left join rates_judged as rate_now
        on state.period = rate_now.period and service_now = rate_now.service and state.incentive = rate_now.incentive
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
