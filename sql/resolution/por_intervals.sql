-- Which DPOR claim and which form is the latest on a subscription, from which month to which?
-- Grain: one row per subscription and run of months in which nothing turns. Half-open: from_month_no <= m and m < until_month_no.
-- P10, P12 and P16 look at a period's end only, so a month's last claim is all that a month can change.
with
by_month as (
    select
        subscription_id,
        month_no as from_month_no,
        max_by(dpor_claim_id, dpor_order) filter (where dpor_claim_id is not null) as dpor_claim_id,
        max_by(osa_claim_id, osa_order) filter (where osa_claim_id is not null) as osa_claim_id
    from turning_points
    group by subscription_id, month_no
),

from_the_start as (
    from by_month
    union all
    select subscription_id, program_first_month_no, null, null
    from subscription_terms, policy
    where not exists (
        from by_month
        where by_month.subscription_id = subscription_terms.subscription_id and from_month_no = program_first_month_no
    )
),

latest as (
    select
        subscription_id, from_month_no,
        coalesce(lead(from_month_no) over in_order, run_month_no + 1)::integer as until_month_no,
        last_value(dpor_claim_id ignore nulls) over in_order as dpor_claim_id,
        last_value(osa_claim_id ignore nulls) over in_order as osa_claim_id
    from from_the_start, policy
    window in_order as (partition by subscription_id order by from_month_no)
),

por_intervals as (
    select
        subscription_id, dpor_claim_id, osa_claim_id,
        greatest(from_month_no, first_month_no) as from_month_no,
        least(until_month_no, last_month_no + 1) as until_month_no
    from latest
    inner join subscription_terms using (subscription_id)
    where from_month_no <= last_month_no and first_month_no < until_month_no
)

select * from por_intervals
