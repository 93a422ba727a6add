"""A subscription that moves to another bucket of a cap, and what its line then differs by (P20, P22)."""

from __future__ import annotations

import pytest
from ledger.bench import PARTNERS, Books

pytestmark = pytest.mark.slow


@pytest.fixture
def moved(books: Books) -> Books:
    """Each partner has two subscriptions at 300.00 and a cap that leaves the second 200.00; then the second moves."""
    books.deliver(
        "2015-03",
        partners="mpn_id\n L\n R\n C",
        customers="customer_id\n of-l\n also-of-l\n of-r\n of-c\n also-of-c",
        subscriptions="subscription_id customer_id\n l1 of-l\n l2 of-l\n r1 of-r\n r2 of-r\n c1 of-c\n c2 of-c",
        rates="service amount_per_seat\n O365 10.00\n INTUNE 10.00",
        caps="mpn_id scope amount\n L CUSTOMER 500\n R SERVICE 500\n C PARTNER 500",
        osa_forms="""
            form_id  customer_id  service  mpn_id
            fl1      of-l         O365     L
            fl2      also-of-l    O365     L
            fr1      of-r         O365     R
            fr2      of-r         INTUNE   R
            fc1      of-c         O365     C
            fc2      also-of-c    O365     C
        """,
        assigned_seats="""
            subscription_id  snapshot_date  assigned_seats
            l1               2015-03-31     30
            l2               2015-03-31     30
            r1               2015-03-31     30
            r2               2015-03-31     30
            c1               2015-03-31     30
            c2               2015-03-31     30
        """,
    )
    books.does("run", "--through", "2015-03", "--close")
    books.deliver(
        "2015-04",
        subscriptions="""
            subscription_id  customer_id  service
            l2               also-of-l    O365
            r2               of-r         INTUNE
            c2               also-of-c    O365
        """,
        assigned_seats="""
            subscription_id  snapshot_date  exported_at           assigned_seats
            c1               2015-03-31     2015-04-02T00:00:00Z  25
        """,
    )
    books.does("run", "--period", "2015-04")
    return books


def adjusted(books: Books, partner: str) -> str:
    rows = books.rows(
        "select subscription_id, amount, cause from statement_lines"
        " where statement_period = '2015-04' and mpn_id = $1 order by all",
        PARTNERS[partner],
    )
    return "; ".join(" ".join(map(str, row)) for row in rows)


@pytest.mark.parametrize(
    ("partner", "difference"),
    [
        ("L", "l2 100.00 subscription_changed"),
        ("R", "r2 100.00 subscription_changed"),
        ("C", "c1 -50.00 seats_changed; c2 50.00 cap_reallocated"),
    ],
    ids=["to another customer", "to another service", "within a partner's cap, where another line leaves room"],
)
def test_only_a_move_out_of_a_capped_bucket_frees_a_line_of_it(moved: Books, partner: str, difference: str) -> None:
    assert adjusted(moved, partner) == difference
