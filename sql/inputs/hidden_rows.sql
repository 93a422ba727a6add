-- How many rows do the row groups of a Parquet file claim, whatever the file does; and does text lie in one that claims none?
-- Grain: one row. A column of no values has no greatest one: where one is noted, its row group's count is damaged.
with
row_groups as (
    select
        row_group_id,
        any_value(row_group_num_rows) as rows_claimed,
        bool_or(type = 'BYTE_ARRAY' and coalesce(stats_max_value, stats_max, '') <> '') as has_text
    from parquet_metadata($files)
    group by row_group_id
),

hidden_rows as (
    select
        coalesce(max(rows_claimed), 0) as most_in_a_group,
        coalesce(bool_or(has_text and rows_claimed = 0), false) as has_text
    from row_groups
)

select * from hidden_rows
