-- What is in the database? Every relation and column with its comment, so that any tool can show them.
-- Grain: one row per column.
with
relations as (
    select table_name as relation, 'TABLE' as kind, comment as relation_comment
    from duckdb_tables()
    where database_name = current_database()
    union all
    select view_name, 'VIEW', comment
    from duckdb_views()
    where database_name = current_database() and not internal
),

dictionary as (
    select relation, kind, relation_comment, column_index::integer as position, column_name, data_type, comment
    from relations
    inner join duckdb_columns() as columns on relation = table_name and database_name = current_database()
)

select * from dictionary
order by relation, position
