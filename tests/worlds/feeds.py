"""The feeds of a world: their columns as text and typed, written as deliveries, and which rows of them count."""

from __future__ import annotations

import csv
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

Rows = list[dict[str, str]]
Deliveries = dict[str, dict[str, Rows]]
World = dict[str, list[dict[str, Any]]]
POLICY: dict[str, Any] = {
    "services": ["O365", "CRMOL", "INTUNE", "EMS", "AADP"],
    "eligible_programs": ["EA", "CASA", "EES"],
    "incentives": ["DEPLOY", "MANAGE", "ACCELERATOR"],
    "fiscal_year_start_month": 7,
    "first_period": "2014-10",
    "dpor_go_live": date(2015, 3, 2),
    "osa_forms_accepted_until": date(2015, 4, 30),
    "osa_recognised_until": date(2015, 12, 31),
    "minimum_payment": Decimal("200.00"),
}


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC).replace(tzinfo=None)


DAY, SEATS, MONEY = date.fromisoformat, int, Decimal
COLUMNS: dict[str, dict[str, Callable[[str], Any]]] = {
    "assigned_seats": {
        "subscription_id": str, "snapshot_date": DAY, "exported_at": instant, "purchased_seats": SEATS,
        "assigned_seats": SEATS,
    },
    "osa_forms": {"form_id": str, "received_on": DAY, "customer_id": str, "service": str, "mpn_id": str},
    "dpor_attachments": {
        "event_id": str, "occurred_at": instant, "subscription_id": str, "action": str, "mpn_id": str, "portal": str,
    },
    "poe_reviews": {
        "poe_id": str, "claim_id": str, "mpn_id": str, "requested_on": DAY, "decided_on": DAY, "outcome": str,
    },
    "partners": {
        "mpn_id": str, "partner_name": str, "hq_mpn_id": str, "region": str, "country": str, "ppc_name": str,
        "ppc_email": str, "eligible_from": DAY, "eligible_to": DAY,
    },
    "customers": {"customer_id": str, "organization_name": str, "country": str, "address": str, "phone": str},
    "subscriptions": {
        "subscription_id": str, "customer_id": str, "agreement_id": str, "program": str, "service": str, "offer": str,
        "start_date": DAY, "end_date": DAY,
    },
    "rates": {"incentive": str, "service": str, "amount_per_seat": MONEY, "valid_from": DAY, "valid_to": DAY},
    "caps": {"mpn_id": str, "scope": str, "service": str, "fiscal_year": str, "amount": MONEY},
}  # fmt: skip
KEEPS_FIRST = {  # feeds whose rows are never replaced: an identical row is dropped, another export is another row
    "assigned_seats": ("subscription_id", "snapshot_date", "exported_at"),
    "osa_forms": ("form_id",),
    "dpor_attachments": ("event_id",),
}
REFERENCES: dict[str, dict[str, tuple[str, ...]]] = {  # feed -> column -> the feeds that make its values known
    "assigned_seats": {"subscription_id": ("subscriptions",)},
    "osa_forms": {"customer_id": ("customers",), "mpn_id": ("partners",)},
    "dpor_attachments": {"subscription_id": ("subscriptions",), "mpn_id": ("partners",)},
    "poe_reviews": {"mpn_id": ("partners",), "claim_id": ("osa_forms", "dpor_attachments")},
    "subscriptions": {"customer_id": ("customers",)},
    "caps": {"mpn_id": ("partners",)},
}


def months(first: str, last: str) -> list[str]:
    number = [int(period[:4]) * 12 + int(period[5:]) - 1 for period in (first, last)]
    return [f"{at // 12}-{at % 12 + 1:02d}" for at in range(number[0], number[1] + 1)]


def write_deliveries(deliveries: Deliveries, folder: Path, policy: dict[str, Any] | None = None) -> None:
    """Writes a folder per period, a feed in one file or two; `policy.toml` only where a policy is given."""
    for period, feeds in deliveries.items():
        (folder / period).mkdir(parents=True, exist_ok=True)
        for feed, rows in feeds.items():
            parts = {f"{feed}.csv": rows}
            if len(rows) > 3 and len(rows) % 2:
                parts = {f"{feed}-1.csv": rows[: len(rows) // 2], f"{feed}-2.csv": rows[len(rows) // 2 :]}
            for name, part in parts.items():
                with (folder / period / name).open("w", encoding="utf-8", newline="") as file:
                    writer = csv.DictWriter(file, fieldnames=list(COLUMNS[feed]))
                    writer.writeheader()
                    writer.writerows(part)
    if policy is not None:
        lines = ["[program]"]
        lines += [f"{name} = {policy[name]}" for name in ("services", "eligible_programs", "incentives")]
        lines += [f"fiscal_year_start_month = {policy['fiscal_year_start_month']}", "", "[dates]"]
        lines += [f'first_period = "{policy["first_period"]}"']
        dates = ("dpor_go_live", "osa_forms_accepted_until", "osa_recognised_until")
        lines += [f"{name} = {policy[name].isoformat()}" for name in dates]
        lines += ["", "[payment]", 'currency = "USD"', f'minimum_payment = "{policy["minimum_payment"]}"', ""]
        (folder / "policy.toml").write_text("\n".join(lines), encoding="utf-8")


def accepted(deliveries: Deliveries, up_to: str) -> World:
    """The typed rows that count after the delivery `up_to`: no repeats, and no rows that still wait for another."""
    world: World = {feed: [] for feed in COLUMNS}
    for period in sorted(period for period in deliveries if period <= up_to):
        for feed, rows in deliveries[period].items():
            for row in rows:
                typed = {name: read(row[name]) if row[name] else None for name, read in COLUMNS[feed].items()}
                world[feed].append(typed)
    for feed, key in KEEPS_FIRST.items():
        first: dict[tuple[Any, ...], dict[str, Any]] = {}
        for row in world[feed]:
            if first.setdefault(tuple(row[column] for column in key), row) != row:
                raise AssertionError(f"two rows of one key in {feed}: {row}")
        world[feed] = list(first.values())
    waiting = True
    while waiting:
        ids = {feed: {row[next(iter(COLUMNS[feed]))] for row in rows} for feed, rows in world.items()}
        waiting = False
        for feed, references in REFERENCES.items():
            for column, feeds in references.items():
                known = {"*"}.union(*(ids[one] for one in feeds))
                kept = [row for row in world[feed] if row[column] in known]
                waiting = waiting or len(kept) < len(world[feed])
                world[feed] = kept
    return world
