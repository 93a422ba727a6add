"""What a closing sealed stays as it was delivered (P24): any other file of it is refused, with the way out."""

from __future__ import annotations

import shutil
from collections.abc import Callable

import pytest
from ledger.bench import Books, files_in, unlike

pytestmark = pytest.mark.slow


def sealed_change(closed: Books) -> list[str]:
    closed.deliver("2015-03", assigned_seats="subscription_id snapshot_date assigned_seats\n e3 2015-03-31 51")
    return ["2015-03/assigned_seats.csv: changed"]


def sealed_new_file(closed: Books) -> list[str]:
    closed.deliver("2015-04", part="-late", assigned_seats="subscription_id snapshot_date assigned_seats")
    return ["2015-04/assigned_seats-late.csv: new"]


def sealed_missing_file(closed: Books) -> list[str]:
    (closed.deliveries / "2015-02" / "rates.csv").unlink()
    return ["2015-02/rates.csv: missing"]


def sealed_missing_delivery(closed: Books) -> list[str]:
    shutil.rmtree(closed.deliveries / "2015-03")
    return ["2015-03/assigned_seats.csv: missing", "2015-03/dpor_attachments.csv: missing"]


def sealed_new_delivery(closed: Books) -> list[str]:
    closed.deliver("2015-01", rates="amount_per_seat\n 11.00")
    return ["2015-01"]


def several_at_once(closed: Books) -> list[str]:
    return [*sealed_change(closed), *sealed_new_file(closed), *sealed_missing_file(closed)]


@pytest.mark.parametrize(
    "happens",
    [
        sealed_change, sealed_new_file, sealed_missing_file, sealed_missing_delivery, sealed_new_delivery,
        several_at_once,
    ],
)  # fmt: skip
def test_sealed_deliveries_stay_as_they_were(closed: Books, happens: Callable[[Books], list[str]]) -> None:
    named = [*happens(closed), "sealed", "put these files back", "open period"]
    closed.refuses("run", "--period", "2015-05", because=named)
    closed.refuses("close", "--period", "2015-05", because=named)
    closed.refuses("run", "--through", "2015-05", "--close", because=named)


def test_an_open_delivery_may_change_and_nothing_sealed_is_rewritten(closed: Books) -> None:
    sealed = files_in(closed.store)
    posted = closed.rows("select * from statement_lines where statement_period < '2015-05' order by all")
    closed.deliver("2015-05", assigned_seats="subscription_id snapshot_date assigned_seats\n f1 2015-05-31 6")
    closed.does("run", "--period", "2015-05")
    now = files_in(closed.store)
    assert {name.split("/")[1] for name in unlike(sealed, now) if "/" in name} == {"2015-05"}
    assert closed.rows("select earned from statements where statement_period = '2015-05' and earned > 0") != []
    assert closed.rows("select * from statement_lines where statement_period < '2015-05' order by all") == posted


def test_a_check_looks_at_sealed_deliveries_too(closed: Books) -> None:
    for period in ("2015-02", "2015-04"):
        closed.does("check", "--period", period)
        assert "Nothing new" in closed.said
    shutil.rmtree(closed.deliveries / "2015-05")
    closed.does("check")
    assert "Nothing new" in closed.said
    (closed.deliveries / "2015-03" / "rates.csv").write_text("x", encoding="utf-8")
    closed.refuses("check", "--period", "2015-03", because=["2015-03/rates.csv: new"])
    closed.does("check", "--period", "2015-02")
