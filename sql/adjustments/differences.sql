-- Which earlier lines pay something else than closed statements have posted for them?
-- Grain: one row a line of a period before the run's whose difference isn't zero.
-- P22. A line that was posted and is known no more pays nothing now.
with
lines as (
    select
        period, subscription_id, incentive, mpn_id,
        coalesce(lines_posted.payable, 0) as posted,
        coalesce(incentive_lines.payable, 0) as payable
    from lines_posted
    full join incentive_lines using (period, subscription_id, incentive, mpn_id)
),

differences as (
    select
        lines.period, lines.subscription_id, lines.incentive, lines.mpn_id, lines.posted, lines.payable,
        coalesce(lines_before.payable, 0) as before,
        coalesce(lines_judged.payable, 0) as judged
    from lines
    left join lines_before using (period, subscription_id, incentive, mpn_id)
    left join lines_judged using (period, subscription_id, incentive, mpn_id)
    where lines.posted <> lines.payable and period < (select run_period from policy)
)

select * from differences
