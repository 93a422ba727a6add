"""What no amount can say is refused in words, and nothing is published: seats and rates at their limits, and many."""

from __future__ import annotations

from pathlib import Path

import pytest
from ledger.bench import Books

pytestmark = pytest.mark.slow

MOST = 10_000_000, "1000000.0000"


def at_their_limits(folder: Path, subscriptions: int) -> Books:
    """Each subscription earns 10,000,000,000,000.00 in one month, for L, whose proof is still to come."""
    books = Books(folder)
    ids = [f"s{number:04}" for number in range(subscriptions)]
    seats, rate = MOST
    books.deliver(
        "2015-03",
        partners="mpn_id\n L",
        customers="customer_id\n c",
        subscriptions="subscription_id customer_id\n" + "\n".join(f"{name} c" for name in ids),
        dpor_attachments="event_id subscription_id occurred_at mpn_id\n"
        + "\n".join(f"e{name} {name} 2015-03-03T00:00:00Z L" for name in ids),
        assigned_seats="subscription_id snapshot_date purchased_seats assigned_seats\n"
        + "\n".join(f"{name} 2015-03-31 {seats} {seats}" for name in ids),
        rates=f"amount_per_seat\n {rate}",
    )
    return books


def test_the_most_that_an_amount_can_say_is_said(tmp_path: Path) -> None:
    books = at_their_limits(tmp_path, 999)
    books.does("run")
    books.shows("select held from statements", "held\n 9990000000000000.00")


def test_more_is_refused_with_the_subscription_that_earns_the_most(tmp_path: Path) -> None:
    books = at_their_limits(tmp_path, 1000)
    assert books.dpor("run") == 4
    assert (
        "all that is earned comes to 10,000,000,000,000,000.00, and no amount can be more than 9,999,999,999,999,999.99"
    ) in books.complained
    assert "s0999 earns the most of it, 10,000,000,000,000.00" in books.complained
    assert not books.database.exists()
