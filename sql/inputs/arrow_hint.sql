-- What did Arrow note of a Parquet file's types, in base64, and which of its columns are days by Parquet's own?
-- Grain: one row; the note is null where there is none.
select
    (select any_value(decode(value)) from parquet_kv_metadata($files) where decode(key) = 'ARROW:schema') as hint,
    (select coalesce(list(name), []) from parquet_schema($files) where logical_type like 'DateType%' or converted_type = 'DATE') as days
