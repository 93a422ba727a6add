-- How many rows do the row groups of a Parquet file hold, whatever the file claims; does text lie in one that claims none; and at
-- which byte do they end?
-- Grain: one row. A row has at least one value in each column, so there are as many rows as the shortest column has values. A
-- column of no values has no greatest one: where one is noted, its row group's count is damaged.
with
row_groups as (
    select
        row_group_id,
        greatest(any_value(row_group_num_rows), min(num_values)) as rows_held,
        bool_or(
            row_group_num_rows = 0 and type = 'BYTE_ARRAY' and coalesce(stats_max_value, stats_max, '') <> ''
        ) as has_text,
        max(least(nullif(dictionary_page_offset, 0), data_page_offset) + total_compressed_size) as ends_at
    from parquet_metadata($files)
    group by row_group_id
),

hidden_rows as (
    select
        coalesce(sum(rows_held), 0) as rows_held,
        coalesce(bool_or(has_text), false) as has_text,
        coalesce(max(ends_at), 0) as ends_at
    from row_groups
)

select * from hidden_rows
