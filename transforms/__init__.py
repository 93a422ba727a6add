"""Polars, DuckDB and plain Python between the files that come in and the files that go out.

Knows nothing of Prefect.
"""
