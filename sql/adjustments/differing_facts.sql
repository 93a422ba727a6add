-- What was each differing line made of, what is it made of now, and with which cause does each fact change?
-- Grain: one row a differing line of which something was known at the last closing. A stage is the number of the cause, in the order of the contract, that changes the fact.
-- A new claim brings its partner, proof and eligibility along; what moves or ends a subscription changes all at its own stage.
with
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
        was.claim_id is distinct from now.claim_id as claim_differs,
        was.mpn_id is distinct from now.mpn_id as partner_differs
    from differences as line
    left join states_before as was on line.period = was.period and line.subscription_id = was.subscription_id
    left join states_judged as now on line.period = now.period and line.subscription_id = now.subscription_id
    left join rates_before as rate_was
        on line.period = rate_was.period and was.service = rate_was.service and line.incentive = rate_was.incentive
    left join rates_judged as rate_now
        on line.period = rate_now.period and now.service = rate_now.service and line.incentive = rate_now.incentive
    where not never_billed
),

differing_facts as (
    select
        period, subscription_id, incentive, mpn_id,
        mpn_was, poe_was, seats_was, eligible_was, rate_was, mpn_now, poe_now, seats_now, eligible_now, rate_now,
        case when subscription_differs then 9 else 2 end as partner_stage,
        case when subscription_differs then 9 when claim_differs then 2
            when poe_now = 'FAIL' then 4 when poe_now = 'PENDING' then 5 else 3 end as poe_stage,
        6 as seats_stage,
        case when subscription_differs then 9 else 7 end as rate_stage,
        case when subscription_differs then 9 when partner_differs then 2 else 8 end as eligible_stage
    from facts
)

select * from differing_facts
