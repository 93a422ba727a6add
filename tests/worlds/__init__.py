"""Random worlds: small customers with dense, awkward histories, the same for the same seed.

`random_deliveries` makes them as text, the way they stand in the CSV files, by period of delivery; `write_deliveries`
writes the folder that `dpor` reads; `accepted` gives the typed rows that count, for the twin.
"""

from __future__ import annotations

from datetime import date

from worlds.feeds import COLUMNS, POLICY, Deliveries, accepted, months, write_deliveries
from worlds.maker import DAYS, WorldMaker

__all__ = ["COLUMNS", "POLICY", "Deliveries", "accepted", "months", "random_deliveries", "write_deliveries"]


def random_deliveries(
    seed: int, customers: int = 60, first: str = "2014-10", last: str = "2016-02", trouble: bool = False
) -> Deliveries:
    """Text rows by period of delivery and feed; with `trouble`, some come before what they refer to, and must wait."""
    maker = WorldMaker(seed, first, last, trouble)
    start = date.fromisoformat(first + "-01")
    mpn_ids = maker.make_partners()
    maker.make_rates()
    maker.make_caps(mpn_ids)
    customer_ids = [maker.new_id("c", "C", "0") for _ in range(customers)]
    for number, customer_id in enumerate(customer_ids):
        row = {"customer_id": customer_id, "organization_name": f"Customer {number}", "country": "DE"}
        row |= {"address": f"{number} Main St.\nBerlin", "phone": "+49 30 1"}
        maker.deliver("customers", row, maker.day(start, start + (300 if trouble else 60) * DAYS))
    for customer_id in customer_ids:
        for service in maker.random.sample(POLICY["services"], maker.random.choice((1, 1, 2))):
            maker.make_group(customer_id, service, customer_ids, mpn_ids)
    for delivery in maker.deliveries.values():
        for rows in delivery.values():
            maker.random.shuffle(rows)
    return {period: dict(delivery) for period, delivery in maker.deliveries.items()}
