"""Periods close in order, once and for good (P23, P24); what can't close is refused with the way out."""

from __future__ import annotations

import csv
import errno
import os
import shutil
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from ledger.bench import PARTNERS, Books, deliver_four_months, files_in, unlike

from flows.steps import CLOSING_RUN
from flows.walking import this_run, walk
from schemas.problems import Refused
from transforms.store import Store

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


def test_a_closing_and_what_it_seals_are_on_the_disk_before_it_counts(
    books: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    deliver_four_months(books)
    books.does("run", "--through", "2015-02", "--close")
    books.does("run", "--period", "2015-03")
    posted = books.database.with_suffix(".store") / "closed" / "2015-03"
    before, after = set(), set()

    def noted(descriptor: int) -> None:
        (after if posted.exists() else before).add(str(Path(f"/proc/self/fd/{descriptor}").readlink()))

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", noted)
        books.does("close", "--period", "2015-03")
    store = posted.parents[1]
    march = store / "deliveries" / "2015-03"
    assert {str(path) for path in (*march.iterdir(), march, march.parent, store)} <= before
    assert {path.name for path in posted.iterdir()} <= {Path(path).name for path in before}
    assert not any("2015-02" in path for path in before)
    assert {str(posted.parent), str(books.database.with_suffix(".journal.jsonl")), str(store.parent)} <= after


@pytest.mark.parametrize("command", [["close", "--period", "2015-05"], ["run", "--through", "2015-05", "--close"]])
def test_a_disk_that_fails_after_the_posting_asks_nobody_to_close_again(
    closed: Books, monkeypatch: pytest.MonkeyPatch, command: list[str]
) -> None:
    def failing(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "1100001.csv")

    with monkeypatch.context() as broken:
        broken.setattr("flows.steps.put_in_place", failing)
        assert closed.dpor(*command) == 4
    assert "dpor: 1100001.csv: No space left on device\ndpor: 2015-05 is closed; make room" in closed.complained
    assert "same command again" not in closed.complained
    closed.does("verify")
    assert "restored from the store: what a run was publishing when it was cut off" in closed.complained


@pytest.mark.parametrize("answer", [errno.EINVAL, errno.EACCES])
def test_a_file_system_that_does_not_bring_to_the_disk_what_is_opened_to_be_read_holds_no_closing_up(
    books: Books, monkeypatch: pytest.MonkeyPatch, answer: int
) -> None:
    def fails(_: int) -> None:
        raise OSError(answer, os.strerror(answer))

    deliver_four_months(books)
    monkeypatch.setattr(os, "fsync", fails)
    books.does("run", "--through", "2015-02", "--close")


def test_no_month_is_worked_out_again_that_is_years_after_the_delivery(closed: Books) -> None:
    assert closed.dpor("run", "--period", "2061-01", "--as-known-on", "2015-03") == 2
    assert "2061-01: more than 10 years after the last delivery, 2015-03" in closed.complained


def test_what_is_carried_says_what_of_it_are_debts(closed: Books) -> None:
    told = {
        period: next(line for line in summary.splitlines() if "less carried forward" in line)
        for period in ("2015-03", "2015-04")
        for summary in [(closed.statements / period / "summary.txt").read_text(encoding="utf-8")]
    }
    assert told["2015-03"].endswith("250.00  of 1 partner: debts of 250.00")
    assert told["2015-04"].endswith("-150.00  of 1 partner: negative, or below 200.00")
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
    assert "200.00  of 2 partners: debts of 250.00, less 50.00 below the minimum\n" in books.said
    page = (books.statements / "2015-03" / "summary.html").read_text(encoding="utf-8")
    assert "<b>-200.00</b><small>2 partners: 50.00 below the minimum, less debts of 250.00</small>" in page


def test_the_first_delivery_closes_first_and_earlier_lines_become_adjustments(closed: Books) -> None:
    closed.shows(
        "select * from statement_lines",
        """
            statement_period kind       period  subscription_id mpn_id amount  cause
            2015-02          ADJUSTMENT 2015-01 e1              L      300.00  first_billed
            2015-02          CURRENT    2015-02 e1              L      300.00  -
            2015-03          ADJUSTMENT 2015-02 e1              L      -250.00 seats_changed
            2015-04          ADJUSTMENT 2015-03 e3              R      500.00  poe_passed
            2015-04          CURRENT    2015-04 e3              R      150.00  -
            2015-04          CURRENT    2015-04 f1              L      400.00  -
            2015-05          CURRENT    2015-05 f1              L      50.00   -
        """,
    )


def test_a_correction_of_a_month_before_the_first_closed_stands_in_the_statements_file(closed: Books) -> None:
    """January was never closed by itself: February's closing posted it."""
    closed.deliver(
        "2015-05",
        "_late",
        assigned_seats="""
            subscription_id  snapshot_date  exported_at           assigned_seats
            e1               2015-01-31     2015-05-06T00:00:00Z  29
        """,
    )
    closed.does("run", "--period", "2015-05")
    with (closed.statements / "2015-05" / f"{PARTNERS['L']}.csv").open(encoding="utf-8") as file:
        items = list(csv.DictReader(file))
    assert [(row["Payment Type"], row["Paid"]) for row in items if row["Report Period"] == "2015-01"] == [
        ("ADJUSTMENT", "-10.00")
    ]
    [(payment,)] = closed.rows(
        "select payment from statements where statement_period = '2015-05' and mpn_id = $1", PARTNERS["L"]
    )
    assert sum(Decimal(row["Paid"]) for row in items) == payment


def test_an_earlier_period_than_the_first_deliverys_never_closes(books: Books) -> None:
    deliver_four_months(books)
    books.does("run", "--period", "2015-02")
    books.refuses("close", "--period", "2015-03", because=["2015-02 is still open", "--through 2015-03 --close"])
    assert books.dpor("close", "--period", "2015-01") in (2, 4)
    assert books.dpor("run", "--through", "2015-01", "--close") in (2, 4)
    assert not (books.store / "closed").exists()


def test_a_draft_closes_as_it_was_published(closed: Books) -> None:
    drafted = closed.rows("select * exclude (state) from statements order by all")
    lines = closed.rows("select * from statement_lines order by all")
    closed.does("close", "--period", "2015-05")
    assert closed.rows("select * exclude (state) from statements order by all") == drafted
    assert closed.rows("select * from statement_lines order by all") == lines
    assert closed.rows("select distinct state from statements") == [("CLOSED",)]
    assert "CLOSED" in (closed.statements / "2015-05" / "summary.csv").read_text(encoding="utf-8")


def test_a_closed_period_neither_runs_nor_closes_again(closed: Books) -> None:
    way_out = ["2015-04 is the last closed", "dpor run --period 2015-05"]
    for period in ("2015-02", "2015-03", "2015-04"):
        closed.refuses("run", "--period", period, because=[f"{period}: closed for good", *way_out])
        closed.refuses("close", "--period", period, because=[f"{period}: closed for good", *way_out])


def test_a_later_period_waits_for_the_one_before(closed: Books) -> None:
    closed.deliver("2015-06")
    closed.refuses(
        "close", "--period", "2015-06", because=["2015-05 is still open", "dpor close --period 2015-05", "--through"]
    )


def test_no_way_of_running_closes_a_later_period_first(closed: Books) -> None:
    """As a form of Prefect's does it: the run's own steps see to the order, whoever walks them."""
    closed.deliver("2015-06", partners="mpn_id\n R")
    later = this_run(Store(closed.database), closed.deliveries, closed.statements, "2015-06")
    later.closes = True
    before = closed.bytes()
    with (
        later.store.locked("run"),
        pytest.raises(Refused, match="2015-06: periods close in order, and 2015-05 is still"),
    ):
        walk(CLOSING_RUN, later)
    assert closed.bytes() == before


def test_another_currency_is_refused_where_balances_of_the_first_go_on(closed: Books) -> None:
    (closed.deliveries / "policy.toml").write_text('[payment]\ncurrency = "EUR"\n', encoding="utf-8")
    for command in (("run", "--period", "2015-05"), ("close", "--period", "2015-05")):
        closed.refuses(*command, because=["amounts in EUR", "2015-04 closed in USD", "put the currency back"])


def test_what_was_never_drafted_is_not_closed(closed: Books) -> None:
    closed.deliver("2015-06")
    closed.does("close", "--period", "2015-05")
    closed.refuses("close", "--period", "2015-06", because=["not drafted", "`dpor run --period 2015-06 --db"])


def test_an_earlier_draft_closes_after_a_later_one_was_made_and_the_later_is_stale_then(closed: Books) -> None:
    """June, drafted while May was open, had May's lines as adjustments."""
    closed.deliver("2015-06")
    closed.does("run", "--period", "2015-06")
    closed.does("close", "--period", "2015-05")
    closed.refuses(
        "close", "--period", "2015-06", because=["differs from its draft", "`dpor run --period 2015-06 --db"]
    )
    closed.does("run", "--period", "2015-06")
    closed.does("close", "--period", "2015-06")
    closed.shows(
        "select * from statements where statement_period >= '2015-05' and mpn_id = '1100001'",
        """
            statement_period  opening_balance  earned  adjustments  payment  state
            2015-05           150.00           50.00   0.00         200.00   CLOSED
            2015-06           0.00             0.00    0.00         0.00     CLOSED
        """,
    )


def change_a_file(closed: Books) -> None:
    closed.deliver("2015-05", assigned_seats="subscription_id snapshot_date assigned_seats\n f1 2015-05-31 6")


def add_a_file(closed: Books) -> None:
    closed.deliver("2015-05", rates="amount_per_seat valid_from\n 11.00 2015-05-01")


def take_a_file(closed: Books) -> None:
    (closed.deliveries / "2015-05" / "assigned_seats.csv").unlink()


def change_the_policy(closed: Books) -> None:
    (closed.deliveries / "policy.toml").write_text('[payment]\nminimum_payment = "300.00"\n', encoding="utf-8")


@pytest.mark.parametrize("happens", [change_a_file, add_a_file, take_a_file, change_the_policy])
def test_a_stale_draft_is_not_closed_and_a_new_run_drafts_it_anew(
    closed: Books, happens: Callable[[Books], None]
) -> None:
    happens(closed)
    closed.refuses("close", "--period", "2015-05", because=["since it was drafted", "`dpor run --period 2015-05 --db"])
    if happens is change_the_policy:
        closed.does("run", "--period", "2015-05")
        closed.shows("select * from statements where statement_period = '2015-05' and mpn_id = '1100001'",
                     "payment closing_balance\n 0.00 200.00")  # fmt: skip
        closed.does("close", "--period", "2015-05")


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
    change_a_file(closed)
    closed.does("run", "--period", "2015-05")
    now = files_in(closed.store)
    assert {name.split("/")[1] for name in unlike(sealed, now) if "/" in name} == {"2015-05"}
    assert closed.rows("select earned from statements where statement_period = '2015-05' and earned > 0") != []
    assert closed.rows("select * from statement_lines where statement_period < '2015-05' order by all") == posted


def test_closing_one_by_one_and_closing_through_come_to_the_same_bytes(three_closed: Books, tmp_path: Path) -> None:
    one_by_one = Books(tmp_path)
    deliver_four_months(one_by_one)
    for period in ("2015-02", "2015-03", "2015-04"):
        one_by_one.does("run", "--period", period)
        one_by_one.does("close", "--period", period)
    one_by_one.does("run", "--period", "2015-05")
    assert unlike(one_by_one.everything(), three_closed.everything()) == []


def test_all_closed_already_brings_back_only_what_is_missing(three_closed: Books, tmp_path: Path) -> None:
    books = three_closed.copied(tmp_path)
    before = books.everything()
    (books.statements / "2015-03" / "1200001.csv").unlink()
    (books.statements / "2015-02" / "summary.csv").unlink()
    shutil.rmtree(books.statements / "2015-05")
    books.does("run", "--through", "2015-04", "--close")
    assert "2015-03" in books.complained
    assert "Nothing to do" in books.said
    assert unlike(books.everything(), before) == []
    books.does("run", "--through", "2015-02", "--close")
    assert books.complained == ""
    assert unlike(books.everything(), before) == []


@pytest.mark.parametrize("lost", ["deleted", "corrupt", "of zeros", "cut"])
def test_a_lost_database_comes_back_row_for_row(three_closed: Books, tmp_path: Path, lost: str) -> None:
    books = three_closed.copied(tmp_path)
    before = books.everything()
    whole = books.database.read_bytes()
    contents = {"corrupt": b"not a database" * 999, "of zeros": bytes(len(whole)), "cut": whole[: len(whole) // 2]}
    books.database.unlink()
    if lost != "deleted":
        books.database.write_bytes(contents[lost])
    books.does("statement", "1100001", "--period", "2015-04")
    assert "150.00" in books.said
    assert unlike(books.everything(), before) == []


def test_a_database_whose_inside_is_damaged_comes_back_when_the_period_is_run(
    three_closed: Books, tmp_path: Path
) -> None:
    books = three_closed.copied(tmp_path)
    before = books.everything()
    whole = books.database.read_bytes()
    middle = len(whole) // 2
    books.database.write_bytes(whole[:middle] + bytes(4096) + whole[middle + 4096 :])
    books.does("run", "--period", "2015-05")
    assert unlike(books.everything(), before) == []


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


def test_a_period_before_the_first_closed_is_refused_for_just_that(closed: Books) -> None:
    closed.refuses("run", "--period", "2015-01", because=["2015-01: before 2015-02, the first period that closed"])
    assert "missing" not in closed.complained


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


def test_deliveries_before_the_programme_are_looked_at_but_no_such_period_runs_or_closes(books: Books) -> None:
    books.deliver("2014-08", partners="mpn_id\n L")
    books.does("check")
    assert "1 accepted" in books.said
    books.does("status")
    assert "takes in what was delivered before it; its own delivery isn't there yet" in books.said
    for arguments in (["--period", "2014-08"], ["--through", "2014-08", "--close"]):
        assert books.dpor("run", *arguments) == 2
        assert "2014-08: before the programme's first period, 2014-10" in books.complained


def test_a_review_of_a_form_and_an_event_of_one_id_is_told_once_with_each(books: Books) -> None:
    books.deliver(
        "2015-03",
        partners="mpn_id\n L",
        customers="customer_id\n contoso",
        subscriptions="subscription_id customer_id\n e1 contoso",
        osa_forms="form_id customer_id mpn_id\n same contoso L",
        dpor_attachments="event_id occurred_at subscription_id mpn_id\n same 2015-03-05T00:00:00Z e1 L",
        poe_reviews="poe_id claim_id mpn_id outcome\n p1 same L PASS",
    )
    books.does("run")
    books.does("explain", "e1", "--period", "2015-03")
    assert books.said.count("review p1") == 2


def test_every_command_first_brings_back_the_rows_set_aside_too(books: Books) -> None:
    books.deliver("2015-02", partners="mpn_id region\n L NA\n R NOWHERE")
    books.does("run")
    books.does("close", "--period", "2015-02")
    rejected = books.statements / "2015-02" / "rejected" / "partners.csv"
    aside = ["--out", str(books.folder / "aside")]
    for command in (["check"], ["verify"], ["status"], ["notify", "--period", "2015-02", *aside]):
        rejected.unlink()
        books.does(*command)
        assert rejected.exists(), command
        assert "restored from the store" in books.complained
    rejected.unlink()
    books.does("export", "--period", "2015-02", "--out", str(books.folder / "payments.csv"))
    assert rejected.exists()


def test_closing_through_names_every_problem_of_every_file_at_once(books: Books) -> None:
    deliver_four_months(books)
    (books.deliveries / "2015-02" / "prtners.csv").write_text("x", encoding="utf-8")
    (books.deliveries / "2015-03" / "caps.csv").write_text("mpn_id,scope,service,fiscal_year\n", encoding="utf-8")
    (books.deliveries / "policy.toml").write_text("[dates]\ngo_live = 2015-03-02\n", encoding="utf-8")
    assert books.dpor("run", "--through", "2015-04", "--close") == 2
    for problem in ("prtners.csv: fits no feed", "2015-03/caps.csv: the column `amount`", "policy.toml: dates.go_live"):
        assert problem in books.complained
    assert not books.store.exists()


def test_the_status_names_every_draft(closed: Books) -> None:
    closed.does("run", "--period", "2015-06")
    closed.does("run", "--period", "2015-05")
    closed.does("status")
    assert "Drafted   2015-05, 2015-06; 2015-05 last\n" in closed.said
    closed.does("close", "--period", "2015-05")
    closed.does("status")
    assert "Drafted   2015-06\n" in closed.said


def test_closing_through_closes_no_period_where_a_file_of_a_later_one_cannot_be_used(books: Books) -> None:
    deliver_four_months(books)
    (books.deliveries / "2015-03" / "caps.csv").write_text("mpn_id,scope,service,fiscal_year\n", encoding="utf-8")
    assert books.dpor("run", "--through", "2015-04", "--close") == 2
    assert "2015-03/caps.csv: the column `amount`" in books.complained
    assert not books.store.exists()
