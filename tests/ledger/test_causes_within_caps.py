"""A cause brings no more than the room that its line had: no cap takes back what seats never brought (P22).

One customer's subscriptions a, b and c, 30 seats each in March at 10.00: 300.00 a line for L, in this order.
"""

from __future__ import annotations

import pytest
from ledger.bench import Books

pytestmark = pytest.mark.slow

SEATS = "subscription_id snapshot_date exported_at assigned_seats"
CAPS = "mpn_id scope amount"


def seats(*, exported: str = "2015-04-02", **counts: int) -> str:
    return SEATS + "".join(f"\n {name} 2015-03-31 {exported}T00:00:00Z {count}" for name, count in counts.items())


@pytest.mark.parametrize(
    ("before", "now", "expected"),
    [
        ("L PARTNER 1000", {"assigned_seats": seats(c=50)}, "c 100.00 seats_changed"),
        ("L SUBSCRIPTION 400", {"assigned_seats": seats(a=50, c=35)}, "a 100.00 seats_changed\n c 50.00 seats_changed"),
        (
            "L PARTNER 1000",
            {"rates": "amount_per_seat\n 11.5"},
            "a 45.00 rate_changed\n b 45.00 rate_changed\n c 45.00 rate_changed\n c -35.00 cap_reallocated",
        ),
        (
            "L PARTNER 1000",
            {"assigned_seats": seats(c=50), "caps": f"{CAPS}\n R PARTNER 5"},
            "c 100.00 seats_changed",
        ),
        (
            "L PARTNER 1000",
            {"assigned_seats": seats(a=35, c=50)},
            "a 50.00 seats_changed\n c 100.00 seats_changed\n c -50.00 cap_reallocated",
        ),
        (
            "L PARTNER 1000",
            {"assigned_seats": seats(c=50), "caps": f"{CAPS}\n L PARTNER 1100"},
            "c 100.00 seats_changed\n c 100.00 cap_changed",
        ),
        (
            "L PARTNER 1000",
            {"assigned_seats": seats(c=50), "caps": f"{CAPS}\n L PARTNER 950"},
            "c 100.00 seats_changed\n c -50.00 cap_changed",
        ),
        (
            "L PARTNER 1000",
            {"assigned_seats": seats(a=35, c=50), "caps": f"{CAPS}\n L PARTNER 1030"},
            "a 50.00 seats_changed\n c 100.00 seats_changed\n c 30.00 cap_changed\n c -50.00 cap_reallocated",
        ),
    ],
    ids=[
        "seats grow beyond it",
        "one beyond its own, one within",
        "a rate takes all of them beyond it together",
        "another partner's cap comes",
        "another line takes room too",
        "the cap is raised too, not far enough",
        "the cap is lowered too",
        "raised, and another line takes room",
    ],
)
def test_what_a_standing_cap_leaves_is_all_that_a_cause_brings(
    books: Books, before: str, now: dict[str, str], expected: str
) -> None:
    books.deliver(
        "2015-03",
        partners="mpn_id\n L\n R",
        customers="customer_id\n cust",
        subscriptions="subscription_id customer_id\n a cust\n b cust\n c cust",
        osa_forms="form_id received_on customer_id mpn_id\n form 2015-01-05 cust L",
        rates="amount_per_seat\n 10.00",
        assigned_seats=seats(exported="2015-04-01", a=30, b=30, c=30),
        caps=f"{CAPS}\n {before}",
    )
    books.does("run", "--through", "2015-03", "--close")
    books.deliver("2015-04", **now)
    books.does("run", "--period", "2015-04")
    books.shows(
        "select * from statement_lines where kind = 'ADJUSTMENT' order by subscription_id",
        f"subscription_id amount cause\n {expected}",
    )
