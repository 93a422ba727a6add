"""What pyspark_month asks Spark SQL: each question is a relation, named in the order in which they are asked."""

TERMS = """
    select subscription_id, customer_id, service, start_date, coalesce(end_date, date '9999-12-31') as end_date,
        array_contains(split(:eligible_programs, '\n'), program) as earns
    from subscriptions
"""

REVIEWS = """
    select claim_id, mpn_id, max_by(coalesce(outcome, 'PENDING'), struct(requested_on, poe_id)) as outcome
    from poe_reviews
    group by claim_id, mpn_id
"""

# P2, and the runs of P3: a run is an ADD and all that follows up to the next.
EVENTS = """
    with received as (
        select event_id, occurred_at, subscription_id, customer_id, service, action, mpn_id,
            case
                when cast(occurred_at as date) < :dpor_go_live then 'dpor_not_available'
                when not earns then 'program_not_eligible'
                when action = 'ADD' and cast(occurred_at as date) > end_date then 'subscription_ended'
            end as refusal
        from dpor_attachments
        inner join terms using (subscription_id)
    )
    select *,
        count_if(action = 'ADD' and refusal is null) over (
            partition by subscription_id order by occurred_at, event_id rows unbounded preceding
        ) as run
    from received
"""

# P3 to P5: the first REMOVE of its partner ends a run. A claim begins where another was attached before, or nobody.
RUNS = """
    with attached as (
        select *, first_value(mpn_id) over (partition by subscription_id, run order by occurred_at, event_id) as added
        from events
        where run > 0 and refusal is null
    ),
    adds as (
        select subscription_id, customer_id, service, run, added as mpn_id,
            max(event_id) filter (where action = 'ADD') as claim_id,
            max(occurred_at) filter (where action = 'ADD') as started_at,
            min(struct(occurred_at, event_id)) filter (where action = 'REMOVE' and mpn_id = added) as removal
        from attached
        group by subscription_id, customer_id, service, run, added
    )
    select *, mpn_id is distinct from lag(mpn_id) over in_order or lag(removal) over in_order is not null as begins
    from adds
    window in_order as (partition by subscription_id order by run)
"""

DPOR_CLAIMS = """
    with numbered as (
        select *, count_if(begins) over (partition by subscription_id order by run rows unbounded preceding) as claim_no
        from runs
    ),
    claims as (
        select subscription_id, customer_id, service, mpn_id, claim_no, min_by(claim_id, run) as claim_id,
            min_by(started_at, run) as started_at, max(removal.occurred_at) as removed_at
        from numbered
        group by subscription_id, customer_id, service, mpn_id, claim_no
    ),
    ended as (
        select *, coalesce(removed_at, lead(started_at) over in_order) as ended_at,
            cast(lag(started_at) over in_order as date) as previous_day
        from claims
        window in_order as (partition by subscription_id order by claim_no)
    )
    select subscription_id, customer_id, service, mpn_id, claim_id, started_at, cast(started_at as date) as day,
        ended_at, cast(ended_at as date) as end_day, previous_day,
        case
            when removed_at is not null then 'removed_by_customer'
            when ended_at is not null then 'replaced_by_dpor'
        end as end_reason
    from ended
"""

# P6 to P8.
FORM_DECISIONS = """
    with received as (
        select form_id as claim_id, received_on, customer_id, service, mpn_id,
            case
                when received_on > :osa_forms_accepted_until then 'osa_method_closed'
                when exists (
                    select 1 from dpor_claims as dpor
                    where dpor.customer_id = osa_forms.customer_id and dpor.service = osa_forms.service
                        and dpor.day <= osa_forms.received_on and coalesce(dpor.end_day > osa_forms.received_on, true)
                ) then 'dpor_attached'
            end as refusal
        from osa_forms
    ),
    heard as (
        select *, lag(mpn_id) over in_order as previous_mpn_id, lag(received_on) over in_order as previous_on
        from received
        where refusal is null
        window in_order as (partition by customer_id, service order by received_on, claim_id)
    ),
    again as (
        select claim_id from heard
        where mpn_id = previous_mpn_id and not exists (
            select 1 from dpor_claims as dpor
            where dpor.customer_id = heard.customer_id and dpor.service = heard.service
                and dpor.mpn_id <> heard.mpn_id
                and dpor.day > heard.previous_on and dpor.day <= heard.received_on
        )
    )
    select received.*,
        case
            when refusal is not null then 'REJECTED'
            when again.claim_id is not null then 'DUPLICATE'
            else 'ATTACHED'
        end as decision
    from received
    left join again using (claim_id)
"""

# P9.
FORMS = """
    select form.claim_id, form.received_on, form.customer_id, form.service, form.mpn_id,
        min(struct(dpor.started_at, dpor.claim_id)) filter (where dpor.claim_id is not null) as stop
    from form_decisions as form
    left join dpor_claims as dpor
        on dpor.customer_id = form.customer_id and dpor.service = form.service
        and dpor.mpn_id <> form.mpn_id and dpor.day > form.received_on
    where decision = 'ATTACHED'
    group by form.claim_id, form.received_on, form.customer_id, form.service, form.mpn_id
"""

# P11, P13, P15.
OSA_CLAIMS = """
    with contests as (
        select explode(array(earlier.claim_id, later.claim_id)) as claim_id, later.received_on as begins_on
        from forms as earlier
        inner join forms as later using (customer_id, service)
        where earlier.mpn_id <> later.mpn_id
            and struct(earlier.received_on, earlier.claim_id) < struct(later.received_on, later.claim_id)
            and (earlier.stop is null or cast(earlier.stop.started_at as date) > later.received_on)
    ),
    first_contests as (
        select claim_id, min(begins_on) as contested_from from contests group by claim_id
    )
    select forms.*, contested_from, outcome
    from forms
    left join first_contests using (claim_id)
    left join reviews using (claim_id, mpn_id)
"""

# P12 to P14.
PROVEN_CLAIMS = """
    with met as (
        select dpor.claim_id,
            max_by(
                form.mpn_id = dpor.mpn_id
                and (form.stop is null or form.stop > struct(dpor.started_at, dpor.claim_id))
                and (dpor.previous_day is null or dpor.previous_day <= form.received_on)
                and dpor.day <= :osa_recognised_until
                and coalesce(form.outcome = 'PASS', form.contested_from is null or form.contested_from >= dpor.day),
                struct(form.received_on, form.claim_id)
            ) as exempt
        from dpor_claims as dpor
        inner join osa_claims as form using (customer_id, service)
        where form.received_on < dpor.day and form.outcome is distinct from 'FAIL'
        group by dpor.claim_id
    )
    select dpor.*, case when exempt then 'NOT_REQUIRED' else coalesce(outcome, 'PENDING') end as proof
    from dpor_claims as dpor
    left join met using (claim_id)
    left join reviews using (claim_id, mpn_id)
"""

# What became of every form and event, as it stands at the end of the run's period.
CLAIMS = """
    with from_events as (
        select event_id as claim_id, 'DPOR' as source, event.mpn_id, event.customer_id, event.service,
            event.subscription_id, event.occurred_at as received_at,
            case
                when refusal is not null then 'REJECTED'
                when action = 'ADD' then if(begins, 'ATTACHED', 'DUPLICATE')
                else if(removal.event_id = event_id, 'DETACHED', 'REJECTED')
            end as decision,
            refusal, proof as poe_status, ended_at, end_reason
        from events as event
        left join runs using (subscription_id, run)
        left join proven_claims as claim on event_id = claim.claim_id
    ),
    from_forms as (
        select form.claim_id, 'OSA', form.mpn_id, form.customer_id, form.service, cast(null as string),
            cast(form.received_on as timestamp_ntz), decision, refusal,
            case
                when decision = 'ATTACHED' then
                    coalesce(outcome, if(coalesce(contested_from < :end_day, false), 'PENDING', 'NOT_REQUIRED'))
            end,
            stop.started_at, 'stopped_by_dpor'
        from form_decisions as form
        left join osa_claims as claim using (claim_id)
    ),
    reasoned as (
        select *,
            case
                when refusal is not null then refusal
                when decision = 'REJECTED' then 'nothing_to_remove'
                when decision = 'DUPLICATE' then 'already_attached'
            end as decision_reason,
            ended_at < :end_day as over
        from (select * from from_events union all select * from from_forms)
    )
    select claim_id, source, mpn_id, customer_id, service, subscription_id, received_at, decision, decision_reason,
        poe_status, if(over, ended_at, null) as ended_at, if(over, end_reason, null) as end_reason
    from reasoned
"""

# P10, P12, P15, P16: who is partner of record at each period's end, a row per subscription whose term overlaps it.
POR_RESOLUTION = """
    with latest_dpor as (
        select period, subscription_id, max_by(struct(claim.*), struct(started_at, claim_id)) as dpor
        from proven_claims as claim
        inner join periods on claim.day < periods.end_day
        group by period, subscription_id
    ),
    latest_osa as (
        select period, customer_id, service, max_by(struct(claim.*), struct(received_on, claim_id)) as form
        from osa_claims as claim
        inner join periods on claim.received_on < periods.end_day
        where outcome is distinct from 'FAIL'
        group by period, customer_id, service
    ),
    looked_at as (
        select period, last_day, end_day, subscription_id, customer_id, service, earns, dpor, form,
            dpor is not null and coalesce(dpor.end_day >= end_day, true) as attached,
            form is not null and (dpor is null or dpor.day <= form.received_on) as covered,
            coalesce(cast(form.stop.started_at as date) < end_day, false) as stopped
        from terms
        inner join periods on start_date <= last_day and end_date >= first_day
        left join latest_dpor using (period, subscription_id)
        left join latest_osa using (period, customer_id, service)
    ),
    standing as (
        select *,
            case
                when not earns then null
                when attached then struct('DPOR' as basis, dpor.mpn_id, dpor.claim_id, dpor.proof)
                when covered and not stopped and last_day <= :osa_recognised_until then struct(
                    'OSA' as basis, form.mpn_id, form.claim_id,
                    coalesce(form.outcome, if(form.contested_from < end_day, 'PENDING', 'NOT_REQUIRED')) as proof
                )
            end as record
        from looked_at
    ),
    reasoned as (
        select standing.*,
            case
                when not earns then 'program_not_eligible'
                when record.proof = 'FAIL' then 'poe_failed'
                when last_day < eligible_from or last_day > eligible_to then 'partner_not_eligible'
                when record.proof = 'PENDING' then 'poe_pending'
                when record is not null then null
                when covered and stopped then 'osa_superseded_by_dpor'
                when covered then 'osa_recognition_ended'
                when dpor is not null then 'dpor_removed'
                else 'no_por'
            end as reason
        from standing
        left join partners on record.mpn_id = partners.mpn_id
    )
    select period, subscription_id, customer_id, service, record.mpn_id, record.basis,
        case
            when reason is null then 'PAYABLE'
            when reason = 'poe_pending' then 'HELD'
            when reason = 'poe_failed' then 'DENIED'
            when reason in ('program_not_eligible', 'partner_not_eligible') then 'INELIGIBLE'
            else 'UNASSIGNED'
        end as status,
        reason, record.claim_id
    from reasoned
"""

# P17.
SEATS = """
    select subscription_id, period, max_by(assigned_seats, struct(snapshot_date, exported_at)) as assigned_seats
    from assigned_seats
    inner join terms using (subscription_id)
    inner join periods on trunc(snapshot_date, 'MM') = first_day
    where snapshot_date between start_date and end_date
    group by all
"""

MISSING_SEATS = """
    select period, subscription_id, mpn_id, status
    from por_resolution
    left anti join seats using (period, subscription_id)
    where status in ('PAYABLE', 'HELD')
"""

# P18. Spark's round is half up.
LINES = """
    with period_rates as (
        select period, service, incentive, max_by(amount_per_seat, valid_from) as amount_per_seat
        from periods
        inner join rates on valid_from <= last_day and (valid_to is null or last_day <= valid_to)
        group by all
    )
    select /*+ broadcast(period_rates) */ period, fiscal_year, subscription_id, customer_id, incentive, mpn_id, service,
        status, assigned_seats, amount_per_seat,
        cast(round(assigned_seats * amount_per_seat, 2) as decimal(18, 2)) as earned
    from por_resolution
    inner join periods using (period)
    inner join seats using (period, subscription_id)
    inner join period_rates using (period, service)
    where status in ('PAYABLE', 'HELD')
"""

# P20: a row that names the partner comes first, then one that names the service.
CAP_AMOUNTS = """
    select partners.mpn_id, named.service, named.fiscal_year, scope,
        min_by(amount, struct(caps.mpn_id = '*', caps.service = '*')) as cap
    from partners
    cross join (select distinct service, fiscal_year from terms cross join periods) as named
    inner join caps on caps.fiscal_year = named.fiscal_year
        and caps.mpn_id in (partners.mpn_id, '*') and caps.service in (named.service, '*')
    group by all
"""

# P22, with nothing closed before: all lines of the period, and of earlier ones what pays anything.
STATEMENT_LINES = """
    select :period as statement_period, if(period = :period, 'CURRENT', 'ADJUSTMENT') as kind, period, subscription_id,
        incentive, mpn_id, payable as amount, if(period = :period, null, 'first_billed') as cause
    from incentive_lines
    where status = 'PAYABLE' and (period = :period or payable <> 0)
"""

# P21 to P23.
STATEMENTS = """
    with amounts as (
        select mpn_id,
            coalesce(sum(earned) filter (where status = 'PAYABLE' and period = :period), 0) as earned,
            coalesce(sum(earned - payable) filter (where status = 'PAYABLE' and period = :period), 0) as cap_reduction,
            coalesce(sum(payable) filter (where period < :period), 0) as adjustments,
            coalesce(sum(earned) filter (where status = 'HELD'), 0) as held
        from incentive_lines
        group by mpn_id
    ),
    due as (
        select *, earned - cap_reduction + adjustments as due from amounts
    )
    select :period as statement_period, mpn_id, cast(earned as decimal(18, 2)) as earned,
        cast(cap_reduction as decimal(18, 2)) as cap_reduction, cast(adjustments as decimal(18, 2)) as adjustments,
        cast(held as decimal(18, 2)) as held, cast(0 as decimal(18, 2)) as opening_balance,
        cast(if(due > 0 and due >= :minimum_payment, due, 0) as decimal(18, 2)) as payment,
        cast(if(due > 0 and due >= :minimum_payment, 0, due) as decimal(18, 2)) as closing_balance, 'DRAFT' as state
    from due
"""

# Each returns what must not be.
CHECKS = {
    "a statement's sides differ": """
        select mpn_id from statements
        where opening_balance + earned - cap_reduction + adjustments <> payment + closing_balance
    """,
    "a statement isn't the sum of its lines": """
        select mpn_id
        from (
            select mpn_id, kind, amount from statement_lines
            union all
            select mpn_id, 'CURRENT', cap_reduction - earned from statements
            union all
            select mpn_id, 'ADJUSTMENT', -adjustments from statements
        )
        group by mpn_id, kind
        having sum(amount) <> 0
    """,
    "more is paid than a cap": """
        with paid as (
            select line.mpn_id, service, fiscal_year, subscription_id, customer_id, sum(amount) as amount
            from statement_lines as line
            inner join terms using (subscription_id)
            inner join periods using (period)
            group by all
        ),
        limited as (
            select paid.*, scope, cap,
                case scope when 'SUBSCRIPTION' then subscription_id when 'CUSTOMER' then customer_id
                    when 'SERVICE' then service else '' end as bucket
            from paid
            inner join cap_amounts using (mpn_id, service, fiscal_year)
        )
        select mpn_id from limited group by mpn_id, fiscal_year, scope, bucket having sum(amount) > min(cap)
    """,
    "a subscription has two partners of record in one period": """
        select subscription_id from por_resolution group by period, subscription_id having count(*) > 1
    """,
}
