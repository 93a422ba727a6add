"""What became of every row delivered: one Pandera model a relation, as in `resolution.py`."""

from __future__ import annotations

import pandera.polars as pa
import polars as pl

from schemas.feeds import FEEDS, REASONS
from schemas.words import said


class Quarantine(pa.DataFrameModel):
    """Rows that could not be used, as they came.

    One row per row set aside; it stays when a later delivery releases it.
    """

    delivery: str = said("The delivery.")
    feed: str = said("The feed.", isin=list(FEEDS))
    file: str = said("The file.")
    row_number: pl.Int64 = said("The record in the file; the header is 1.", ge=1)
    column_name: str = said("The column at fault; null for a malformed row.", optional=True)
    reason: str = said("Why it could not be used.", isin=list(REASONS))
    detail: str = said("What exactly was wrong with a malformed row.", optional=True)
    raw: str = said("The record as it was read; bytes that are not UTF-8 as \\xNN, a Parquet row as JSON.")
    released_by: str = said("The delivery that brought what the row waited for and accepted it.", optional=True)


class IntakeLog(pa.DataFrameModel):
    """What was read. One row per file; rows_read = accepted + duplicates + quarantined."""

    delivery: str = said("The delivery.")
    feed: str = said("The feed.", isin=list(FEEDS))
    file: str = said("The file.")
    sha256: str = said("The SHA-256 of its bytes.")
    rows_read: pl.Int64 = said("Records read, the header not counted.", ge=0)
    accepted: pl.Int64 = said("Rows accepted by this delivery.", ge=0)
    duplicates: pl.Int64 = said("Rows ignored because an identical one had been accepted before.", ge=0)
    quarantined: pl.Int64 = said("Rows set aside.", ge=0)


class Provenance(pa.DataFrameModel):
    """Where an accepted row came from. Added to the columns of its feed."""

    delivery: str = said("The delivery that brought the row.")
    file: str = said("The file.")
    row_number: pl.Int64 = said("The record in the file; the header is 1.", ge=1)
    accepted_in: str = said("The delivery that accepted it: a later one if it had to wait.")


class CurrentProvenance(pa.DataFrameModel):
    """Where the version that counts came from."""

    delivery: str = said("The delivery that brought this version.")
    file: str = said("The file.")
    row_number: pl.Int64 = said("The record in the file; the header is 1.", ge=1)
