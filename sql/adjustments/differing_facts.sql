-- What was each differing line made of, what is it made of now, and with which cause does each fact change?
-- Grain: that of differing_states. A stage is the number of the cause, as in `causes`, that changes a fact from what it was to
-- what it would be, had the subscriptions stayed as they were: between. What a change of a subscription itself brings comes with
-- the last stage, its own. A new claim brings its partner and proof along, and a new partner its eligibility.
select
    state.period, state.subscription_id, state.incentive, state.mpn_id,
    mpn_was, poe_was, seats_was, rate_was.amount_per_seat as rate_was,
    mpn_between, poe_between, seats_between, rate_between.amount_per_seat as rate_between,
    mpn_now, poe_now, seats_now, rate_now.amount_per_seat as rate_now,
    last_day(strptime(state.period, '%Y-%m')::date) as last_day,
    last_day between now.eligible_from and coalesce(now.eligible_to, date '9999-12-31') as eligible_now,
    case
        when was.mpn_id is null then eligible_now
        else last_day between was.eligible_from and coalesce(was.eligible_to, date '9999-12-31')
    end as eligible_was,
    buckets_differ,
    claim_stage as partner_stage,
    case when claim_differs then claim_stage when poe_between = 'FAIL' then 4 when poe_between = 'PENDING' then 5 else 3 end
        as poe_stage
from differing_states as state
left join partners_before as was on state.mpn_id = was.mpn_id
inner join current_partners as now on state.mpn_id = now.mpn_id
left join rates_before as rate_was
    on state.period = rate_was.period and service_was = rate_was.service and state.incentive = rate_was.incentive
left join rates_judged as rate_between
    on state.period = rate_between.period and service_between = rate_between.service and state.incentive = rate_between.incentive
left join rates_judged as rate_now
    on state.period = rate_now.period and service_now = rate_now.service and state.incentive = rate_now.incentive
