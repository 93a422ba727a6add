"""DuckDB: opened, the SQL run in order, held to the models of `schemas/`, and worked out in shards."""
