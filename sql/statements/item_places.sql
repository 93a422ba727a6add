-- Where in the order of all statements do the items of a partner, kind and period stand?
-- Grain: one row per MPN ID, kind of item and period, numbered from 0 by place. A part is about $items_a_part items that follow
-- one another.
with
counted as (
    select mpn_id, kind, period, count(*) as items
    from statement_lines
    inner join policy on statement_period = run_period
    group by mpn_id, kind, period
    union all
    select mpn_id, 'HELD', period, count(*)
    from earned_lines
    where status = 'HELD'
    group by mpn_id, period
    union all
    select mpn_id, kind, period, 1
    from balances
),

numbered as (
    select
        mpn_id, kind, period, items,
        list_position(['OPENING BALANCE', 'CURRENT', 'ADJUSTMENT', 'HELD', 'CARRIED FORWARD'], kind) as kind_no
    from counted
),

item_places as (
    select
        mpn_id, kind, period,
        row_number() over in_order - 1 as place,
        (sum(items) over in_order - items)::bigint // $items_a_part as part
    from numbered
    window in_order as (order by mpn_id, kind_no, period rows unbounded preceding)
)

select * from item_places
