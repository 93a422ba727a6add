-- Which of a partner's subscriptions is nobody paid for in the run's period, and what is missing?
-- Grain: one row per subscription and reason, under the partner that it concerns: the partner of record, or the last one.
-- P16 (lines 2 to 4 and 6 to 10), P17 (no seats, no line), P18 (no rate, no line).
with
last_forms as (
    select
        customer_id, service,
        max_by(mpn_id, row(received_on, claim_id)) filter (review_outcome is distinct from 'FAIL') as mpn_id,
        max_by(mpn_id, row(received_on, claim_id)) filter (review_outcome = 'FAIL') as failed_mpn_id
    from osa_claims, policy
    where received_on < run_end_day
    group by customer_id, service
),

last_attachments as (
    select subscription_id, max_by(mpn_id, row(started_at, claim_id)) as mpn_id
    from dpor_claims, policy
    where started_at < run_end_day
    group by subscription_id
),

unpaid as (
    select
        span.subscription_id, span.status, reason,
        case
            when reason in ('osa_superseded_by_dpor', 'osa_recognition_ended') then form.mpn_id
            when reason = 'dpor_removed' then attachment.mpn_id
            when reason = 'no_por' then failed_mpn_id
            else span.mpn_id
        end as mpn_id
    from por_spans as span
    inner join policy on from_month_no <= run_month_no and run_month_no < until_month_no
    left join last_forms as form using (customer_id, service)
    left join last_attachments as attachment using (subscription_id)
    where span.status <> 'PAYABLE'
    union all
    select subscription_id, status, 'no_seats', mpn_id
    from missing_seats
    inner join policy on period = run_period
    union all
    select subscription_id, status, 'no_rate', mpn_id
    from earning_seats
    inner join policy on period = run_period
    where service not in (select service from period_rates inner join policy on period = run_period)
),

waiting as (
    select subscription_id, sum(earned)::decimal(18, 2) as held
    from earned_lines
    inner join policy on period = run_period
    where status = 'HELD'
    group by subscription_id
),

counted as (
    select subscription_id, assigned_seats
    from counted_seats
    inner join policy on month_no = run_month_no
),

unpaid_subscriptions as (
    select
        mpn_id, subscription_id, organization_name, service, offer, status, reason,
        assigned_seats, case when reason = 'poe_pending' then held end as held
    from unpaid
    inner join current_subscriptions using (subscription_id)
    left join current_customers using (customer_id)
    left join waiting using (subscription_id)
    left join counted using (subscription_id)
    where mpn_id in (select mpn_id from statements, policy where statement_period = run_period)
)

select
    mpn_id,
    subscription_id as "Subscription ID", organization_name as "Customer Name", service as "Service", offer as "Offer",
    case when status = 'PAYABLE' then 'NO LINE' else status end as "Status",
    reason as "Reason", missing as "What Is Missing", assigned_seats as "Assigned Seats", held as "Held"
from unpaid_subscriptions
left join remedies using (reason)
order by mpn_id, subscription_id, reason
