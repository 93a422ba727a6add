-- Which lines of closed periods pay something else than closed statements have posted for them?
-- Grain: one row per line whose difference isn't zero.
-- P22. A line that was posted and is known no more pays nothing now. never_billed: nothing was known of it at the last closing.
with
paid_today as (
    select period, subscription_id, incentive, mpn_id, payable
    from incentive_lines
    semi join differing_subscriptions using (subscription_id), last_closed
    where period <= last_period
),

lines as (
    select
        period, subscription_id, incentive, mpn_id,
        coalesce(lines_posted.payable, 0) as posted,
        coalesce(paid_today.payable, 0) as payable
    from lines_posted
    full join paid_today using (period, subscription_id, incentive, mpn_id)
),

known_before as (
    select subscription_id from states_before
    union
    select subscription_id from lines_posted
),

differences as (
    select
        lines.period, lines.subscription_id, lines.incentive, lines.mpn_id, lines.posted, lines.payable,
        coalesce(lines_before.payable, 0) as before,
        coalesce(lines_judged.payable, 0) as judged,
        known_before.subscription_id is null as never_billed
    from lines
    left join lines_before using (period, subscription_id, incentive, mpn_id)
    left join (from lines_judged semi join differing_subscriptions using (subscription_id)) as lines_judged
        using (period, subscription_id, incentive, mpn_id)
    left join known_before on lines.subscription_id = known_before.subscription_id
    where lines.posted <> lines.payable
)

select * from differences
