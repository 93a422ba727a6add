"""What closed periods have told partners (P26), as it lies in the store."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from transforms.books.stored import Closed
from transforms.database.connections import connect, file_names
from transforms.database.warehouse import sql

POSTED_NOTIFICATIONS = "posted_notifications"


@dataclass(frozen=True)
class Notification:
    """One message as it was posted."""

    notification_id: str
    mpn_id: str
    email: str
    subject: str
    body: str
    period: str


def messages(closed: Closed) -> Iterator[Notification]:
    """What closing a period told, message by message, in the order of their ids."""
    columns = list(Notification.__dataclass_fields__)
    frame = pl.read_parquet(_file(closed.folder), columns=columns, glob=False).select(columns)
    return (Notification(*row) for row in frame.iter_rows())


def message_count(closed: Closed) -> int:
    """How many messages closing a period made."""
    return int(closed.manifest["files"][_file(closed.folder).name]["rows"])


def partners_told_otherwise(one: Path, other: Path) -> list[str]:
    """The MPN IDs that two folders of posted Parquet tell something else. The wording isn't compared."""
    con = connect(one)
    try:
        files = {"one": file_names([_file(one)]), "other": file_names([_file(other)])}
        return [mpn_id for (mpn_id,) in con.execute(sql("closing", "unlike_notifications"), files).fetchall()]
    finally:
        con.close()


def _file(folder: Path) -> Path:
    return folder / f"{POSTED_NOTIFICATIONS}.parquet"
