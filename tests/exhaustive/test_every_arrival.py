"""Short histories delivered as files, to `dpor` itself: into which files and months they are cut changes nothing.

A row may come months before what it refers to, and waits; in the end all is known as if it had come at once.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from random import Random

import pytest
import twin
import worlds
from exhaustive.in_full import RELATIONS, said_in_full, world_of
from exhaustive.sequences import LAST_PERIOD, History, Row, histories, orders
from intake.desk import Desk, csv_of

pytestmark = pytest.mark.slow

CUSTOMER = {"organization_name": "C", "country": "US", "address": "S", "phone": "1"}
MONTHS = twin.periods_through(worlds.POLICY["first_period"], LAST_PERIOD)[::3]


def taken() -> list[History]:
    """Every history of one event, and one of sixty-one of those of two."""
    ones, twos = (histories(orders(length))["number"] for length in (1, 2))
    apart = twos.filter((twos % 61 == 0) & (twos > ones.max()))  # customers are named for their numbers
    return [*(History(1, number) for number in ones), *(History(2, number) for number in apart)]


def as_text(row: Row) -> dict[str, str]:
    return {
        name: "" if value is None else f"{value.isoformat()}Z" if isinstance(value, datetime) else str(value)
        for name, value in row.items()
    }


def deliver(desk: Desk, feeds: dict[str, list[Row]], random: Random, months: list[str]) -> None:
    """Each row in one of these months, in one of up to three files of its feed, in any order."""
    files: dict[tuple[str, str], list[dict[str, str]]] = {}
    for feed, rows in feeds.items():
        for row in random.sample(rows, len(rows)):
            file = f"{feed}-{random.choice('cab')}.csv"
            files.setdefault((random.choice(months), file), []).append(as_text(row))
    for (month, file), rows in files.items():
        desk.file(month, file, csv_of(file.partition("-")[0], rows))


@pytest.mark.parametrize("months", [[LAST_PERIOD], MONTHS], ids=["at once", "over six months"])
def test_files_and_months_change_nothing(months: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    desk = Desk(tmp_path, capsys)
    chosen = taken()
    customers = [{"customer_id": str(one.number), **CUSTOMER} for one in chosen]
    deliver(desk, {**world_of(chosen), "customers": customers}, Random(len(months)), months)
    desk.run("--period", LAST_PERIOD)
    assert (len(desk.set_aside()) > 0) == (months == MONTHS)
    for relation, said in said_in_full(chosen).items():
        assert said
        assert set(desk.rows(f"select {', '.join(RELATIONS[relation])} from {relation}")) == said, relation
