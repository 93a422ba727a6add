-- What did Arrow note of a Parquet file's types, in base64, and what do Parquet's own types and its footer say?
-- Grain: one row. The note is null where there is none; names are those of the columns, in their order, also one that is there
-- twice.
with
fields as (
    select name, logical_type, converted_type
    from parquet_schema($files)
    where num_children is null
)

select
    (select any_value(decode(value)) from parquet_kv_metadata($files) where decode(key) = 'ARROW:schema') as hint,
    (select coalesce(list(name), []) from fields) as names,
    (select coalesce(list(name), []) from fields where logical_type like 'DateType%' or converted_type = 'DATE') as days,
    (select coalesce(list(name), []) from fields where logical_type like 'NullType%') as empty_columns,
    (select any_value(num_rows) from parquet_file_metadata($files)) as rows_claimed
