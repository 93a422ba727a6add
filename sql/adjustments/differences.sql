-- Which earlier lines pay something else than closed statements have posted for them?
-- Grain: one row a line of a period before the run's whose difference isn't zero.
-- P22. A line that was posted and is known no more pays nothing now. never_billed: nothing was known of it at the last closing.
with
lines as (
    select
        period, subscription_id, incentive, mpn_id,
        coalesce(lines_posted.payable, 0) as posted,
        coalesce(incentive_lines.payable, 0) as payable
    from lines_posted
    full join incentive_lines using (period, subscription_id, incentive, mpn_id)
),

known_before as (
    select distinct subscription_id
    from states_before
),

differences as (
    select
        lines.period, lines.subscription_id, lines.incentive, lines.mpn_id, lines.posted, lines.payable,
        coalesce(lines_before.payable, 0) as before,
        coalesce(lines_judged.payable, 0) as judged,
        state.status is null and (
            known_before.subscription_id is null
            or lines.period > coalesce((select max(period) from closed_periods), '')
        ) as never_billed
    from lines
    left join lines_before using (period, subscription_id, incentive, mpn_id)
    left join lines_judged using (period, subscription_id, incentive, mpn_id)
    left join states_before as state on lines.period = state.period and lines.subscription_id = state.subscription_id
    left join known_before on lines.subscription_id = known_before.subscription_id
    where lines.posted <> lines.payable and lines.period < (select run_period from policy)
)

select * from differences
