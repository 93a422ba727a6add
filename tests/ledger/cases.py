"""Cases of causes (P22): March 2015 is closed on what was known `then`; April is drafted on what is known `now` too.

All cases are delivered together: each has customers, subscriptions and partners of its own. A seat of O365 earns 10.00.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ledger.bench import Books, rows_of, table, write_feed

BEGINS = {
    "customers": "customer_id\n cust",
    "subscriptions": "subscription_id customer_id\n sub cust",
    "osa_forms": "form_id customer_id mpn_id\n form cust L",
    "assigned_seats": "subscription_id snapshot_date assigned_seats\n sub 2015-03-31 30",
}
"""What every case begins with, where it says nothing else: 300.00 for L in March, by a form that nobody contests."""

OWN = ("subscription_id", "customer_id", "event_id", "form_id", "claim_id", "poe_id")


@dataclass(frozen=True)
class Case:
    """`adjusts` is a table of the adjustments in April's statements."""

    name: str
    then: dict[str, str] = field(default_factory=dict)
    now: dict[str, str] = field(default_factory=dict)
    adjusts: str = ""


def played(folder: Path, cases: Sequence[Case]) -> Books:
    """All cases delivered, March closed and April drafted."""
    books = Books(folder)
    deliveries: dict[str, dict[str, list[dict[str, str]]]] = {"2015-03": {}, "2015-04": {}}
    deliveries["2015-03"]["rates"] = rows_of("rates", "amount_per_seat\n 10.00")
    for number, case in enumerate(cases):
        then = {"partners": "mpn_id\n L\n R", **BEGINS, **case.then}
        for period, feeds in (("2015-03", then), ("2015-04", case.now)):
            for feed, text in feeds.items():
                deliveries[period].setdefault(feed, []).extend(own_names(number, feed, text))
    for period, feeds_of_all in deliveries.items():
        for feed, rows in feeds_of_all.items():
            write_feed(books.deliveries / period / f"{feed}.csv", feed, rows)
    books.does("run", "--through", "2015-03", "--close")
    books.does("run", "--period", "2015-04")
    assert books.rows("select * from quarantine") == []
    return books


def adjusts_as_said(april: Books, number: int, case: Case) -> None:
    """Asserts that the adjustments of a case are those that it says."""
    wanted = table(case.adjusts) if case.adjusts else []
    found = april.rows(
        f"""
        select split_part(subscription_id, '-', 2), if(mpn_id like '11%', 'L', 'R'), period, amount, cause
        from statement_lines
        where statement_period = '2015-04' and kind = 'ADJUSTMENT' and subscription_id like '{number}-%'
        """
    )
    columns = ("subscription_id", "mpn_id", "period", "amount", "cause")
    seen = [dict(zip(columns, map(str, row), strict=True)) for row in found]
    if wanted:
        seen = [{column: row[column] for column in wanted[0]} for row in seen]
    assert sorted(map(str, seen)) == sorted(map(str, wanted))


def own_names(number: int, feed: str, text: str) -> list[dict[str, str]]:
    """A case's rows, every id made its own; partner L of case 7 is 1100701."""
    rows = rows_of(feed, text) if len(text.split("\n")) > 1 else []
    for row in rows:
        for column in OWN:
            if column in row:
                row[column] = f"{number}-{row[column]}"
        if row.get("mpn_id", "*") != "*":
            row["mpn_id"] = f"{row['mpn_id'][:3]}{number:02d}{row['mpn_id'][-2:]}"
    return rows
