"""Statements of months that follow one another: what was posted before, is known now, and is carried (P23)."""

from __future__ import annotations

from pathlib import Path

import pytest
from ledger.bench import Books, deliver_four_months

pytestmark = pytest.mark.slow

STATEMENTS = "select * from statements"


def test_each_months_statements_come_to_what_was_posted_before_and_is_known_now(closed: Books) -> None:
    closed.shows(
        STATEMENTS,
        """
        statement_period mpn_id state  opening_balance earned cap_reduction adjustments payment closing_balance held
        2015-02          L      CLOSED 0.00            300.00 0.00          300.00      600.00  0.00            0.00
        2015-02          C      CLOSED 0.00            0.00   0.00          0.00        0.00    0.00            700.00
        2015-03          L      CLOSED 0.00            0.00   0.00          -250.00     0.00    -250.00         0.00
        2015-03          R      CLOSED 0.00            0.00   0.00          0.00        0.00    0.00            500.00
        2015-03          C      CLOSED 0.00            0.00   0.00          0.00        0.00    0.00            0.00
        2015-04          L      CLOSED -250.00         400.00 0.00          0.00        0.00    150.00          0.00
        2015-04          R      CLOSED 0.00            150.00 0.00          500.00      650.00  0.00            0.00
        2015-04          C      CLOSED 0.00            0.00   0.00          0.00        0.00    0.00            0.00
        2015-05          L      DRAFT  150.00          50.00  0.00          0.00        200.00  0.00            0.00
        2015-05          R      DRAFT  0.00            0.00   0.00          0.00        0.00    0.00            0.00
        2015-05          C      DRAFT  0.00            0.00   0.00          0.00        0.00    0.00            0.00
        """,
    )


def test_what_is_carried_says_what_of_it_are_debts(closed: Books) -> None:
    told = {
        period: next(line for line in summary.splitlines() if "less carried forward" in line)
        for period in ("2015-03", "2015-04")
        for summary in [(closed.statements / period / "summary.txt").read_text(encoding="utf-8")]
    }
    assert told["2015-03"].endswith("250.00  for 1 partner: debts of 250.00")
    assert told["2015-04"].endswith("-150.00  for 1 partner: negative, or below 200.00")
    assert "1 partner: all debts" in (closed.statements / "2015-03" / "summary.html").read_text(encoding="utf-8")


def test_what_is_carried_of_debts_and_of_small_amounts_is_told_with_the_same_signs(books: Books) -> None:
    deliver_four_months(books)
    books.deliver(
        "2015-03",
        part="-small",
        customers="customer_id\n adatum",
        subscriptions="subscription_id customer_id\n a1 adatum",
        osa_forms="form_id customer_id mpn_id\n adatum-c adatum C",
        assigned_seats="subscription_id snapshot_date assigned_seats\n a1 2015-03-31 5",
    )
    books.does("run", "--through", "2015-03", "--close")
    assert "200.00  for 2 partners: debts of 250.00, less 50.00 below the minimum\n" in books.said
    page = (books.statements / "2015-03" / "summary.html").read_text(encoding="utf-8")
    assert "<b>-200.00</b><small>2 partners: 50.00 below the minimum, less debts of 250.00</small>" in page


def test_the_changes_of_a_statement_add_up_to_what_it_differs_by_from_the_one_before(tmp_path: Path) -> None:
    books = Books(tmp_path)
    deliver_four_months(books)
    books.does("run", "--through", "2015-05", "--close")
    unlike = """
        with totals as (
            select
                mpn_id, statement_period, earned - cap_reduction + adjustments as total,
                lag(total, 1, 0) over (partition by mpn_id order by statement_period) as total_before
            from statements
        ),
        changes as (select mpn_id, statement_period, sum(change) as change from statement_changes group by all)
        select * from totals left join changes using (mpn_id, statement_period)
        where total - total_before <> coalesce(change, 0)
    """
    assert books.rows(unlike) == []
    books.shows(
        "select * from statement_changes where mpn_id = '1100001' and statement_period = '2015-03'",
        """
            previous_period  kind        subscription_id  amount_before  amount   change   assigned_seats_before  assigned_seats
            2015-02          ADJUSTMENT  e1               300.00         -250.00  -550.00  -                      -
            2015-02          CURRENT     e1               300.00         0.00     -300.00  5                      -
        """,  # noqa: E501
    )
