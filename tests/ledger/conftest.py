"""Books that tests start from. They are made once; each test works on a copy of its own."""

from __future__ import annotations

from pathlib import Path

import pytest
from ledger.bench import Books


@pytest.fixture
def books(tmp_path: Path) -> Books:
    return Books(tmp_path)


def deliver_four_months(books: Books) -> None:
    """L is paid in February, owes in March, is below the minimum in April and reaches it in May; R waits for its proof
    in March and has it in April; what C had to wait for in February goes away in March."""
    books.deliver(
        "2015-02",
        partners="mpn_id\n L\n R\n C",
        customers="customer_id\n contoso\n tailspin",
        subscriptions="subscription_id customer_id\n e1 contoso\n e3 contoso\n t1 tailspin",
        rates="amount_per_seat\n 10.00",
        osa_forms="form_id customer_id mpn_id\n contoso-l contoso L\n tailspin-c tailspin C",
        poe_reviews="poe_id claim_id mpn_id requested_on\n p0 tailspin-c C 2015-01-10",
        assigned_seats="""
            subscription_id  snapshot_date  assigned_seats
            e1               2015-01-31     30
            e1               2015-02-28     30
            t1               2015-02-28     70
        """,
    )
    books.deliver(
        "2015-03",
        subscriptions="subscription_id customer_id program\n t1 tailspin MOSA",
        dpor_attachments="event_id occurred_at subscription_id mpn_id\n d1 2015-03-16T12:00:00Z e3 R",
        assigned_seats="""
            subscription_id  snapshot_date  exported_at           assigned_seats
            e1               2015-02-28     2015-03-05T00:00:00Z  5
            e3               2015-03-31     2015-03-31T20:00:00Z  50
        """,
    )
    books.deliver(
        "2015-04",
        customers="customer_id\n fabrikam",
        subscriptions="subscription_id customer_id\n f1 fabrikam",
        osa_forms="form_id received_on customer_id mpn_id\n fabrikam-l 2015-04-10 fabrikam L",
        poe_reviews="poe_id claim_id mpn_id requested_on decided_on outcome\n p1 d1 R 2015-04-01 2015-04-09 PASS",
        assigned_seats="""
            subscription_id  snapshot_date  assigned_seats
            e3               2015-04-30     15
            f1               2015-04-30     40
        """,
    )
    books.deliver("2015-05", assigned_seats="subscription_id snapshot_date assigned_seats\n f1 2015-05-31 5")


@pytest.fixture(scope="session")
def three_closed(tmp_path_factory: pytest.TempPathFactory) -> Books:
    """February to April are closed, May is drafted. Tests copy it, and change the copy."""
    made = Books(tmp_path_factory.mktemp("three-closed"))
    deliver_four_months(made)
    made.does("run", "--through", "2015-04", "--close")
    made.does("run", "--period", "2015-05")
    return made


@pytest.fixture
def closed(three_closed: Books, tmp_path: Path) -> Books:
    """February to April 2015 closed and May drafted, in a copy."""
    return three_closed.copied(tmp_path)
