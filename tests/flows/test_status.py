"""What `dpor status` calls new is what a run would take in."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from ledger.bench import Books, deliver_four_months

from schemas.policy import default_policy


def status(books: Books) -> Any:
    books.does("status", "--json")
    return json.loads(books.said)


def listed(books: Books, *services: str) -> None:
    """Have the policy beside the deliveries list these services."""
    (books.deliveries / "policy.toml").write_text(f"[program]\nservices = {json.dumps(services)}\n", encoding="utf-8")


def test_a_service_that_the_policy_now_lists_makes_open_deliveries_new_and_sealed_ones_not(tmp_path: Path) -> None:
    books = Books(tmp_path)
    books.deliver("2015-02", partners="mpn_id\n L")
    books.deliver("2015-03", partners="mpn_id\n R")
    books.does("run", "--through", "2015-02", "--close")
    books.does("run")
    assert status(books)["new"] == []
    listed(books, *default_policy().program.services, "AZURE")
    told = status(books)
    assert told["new"] == ["2015-03"]
    assert told["next"].startswith("dpor check --period 2015-03")
    books.does("check", "--json")
    assert [delivery["period"] for delivery in json.loads(books.said)["deliveries"]] == ["2015-03"]


def test_a_draft_of_another_policy_or_of_deliveries_that_changed_since_is_to_be_drafted_anew(tmp_path: Path) -> None:
    books = Books(tmp_path)
    books.deliver("2015-02", partners="mpn_id\n L")
    books.does("run", "--period", "2015-02")
    assert status(books)["next"].startswith("dpor reconcile --period 2015-02")
    policy = books.deliveries / "policy.toml"
    policy.write_text('[payment]\nminimum_payment = "1.00"\n', encoding="utf-8")
    assert status(books)["next"].startswith("dpor check --period 2015-02")
    policy.unlink()
    books.deliver("2015-02", partners="mpn_id\n R")
    assert status(books)["next"].startswith("dpor check --period 2015-02")


def test_a_database_without_its_store_is_only_to_be_asked(tmp_path: Path) -> None:
    books = Books(tmp_path)
    books.deliver("2015-02", partners="mpn_id\n L")
    books.does("run")
    alone = Books(tmp_path)
    alone.database = tmp_path / "alone.duckdb"
    alone.database.write_bytes(books.database.read_bytes())
    told = status(alone)
    assert told["new"] == ["2015-02"]
    assert told["next"] == (
        f"name the database of the books with --db: {tmp_path}/alone.store isn't there, so {alone.database} can only be"
        " queried"
    )
    assert alone.dpor("run") == 4


def test_the_draft_that_is_due_is_next_though_a_later_month_was_drafted_since(tmp_path: Path) -> None:
    books = Books(tmp_path)
    books.deliver("2015-02", partners="mpn_id\n L")
    books.does("run", "--period", "2015-02")
    books.deliver("2015-03", partners="mpn_id\n R")
    books.does("run", "--period", "2015-03")
    assert status(books)["next"].startswith("dpor run --period 2015-02")
    books.does("close", "--period", "2015-02")


def test_a_draft_of_before_the_last_closing_is_to_be_drafted_anew(tmp_path: Path) -> None:
    books = Books(tmp_path)
    books.deliver("2015-02", partners="mpn_id\n L")
    books.deliver("2015-03", partners="mpn_id\n R")
    for period in ("2015-03", "2015-02"):
        books.does("run", "--period", period)
    books.does("close", "--period", "2015-02")
    assert status(books)["next"].startswith("dpor check --period 2015-03")
    books.does("run", "--period", "2015-03")
    assert status(books)["next"].startswith("dpor reconcile --period 2015-03")


def test_what_is_next_goes_where_the_statements_went(tmp_path: Path) -> None:
    books = Books(tmp_path)
    books.statements = tmp_path / "for finance"
    books.deliver("2015-02", partners="mpn_id\n L")
    books.does("run", "--period", "2015-02")
    drafted = status(books)["next"]
    assert drafted.endswith(f"dpor close --period 2015-02 {places(books)}")
    books.does("close", "--period", "2015-02")
    books.deliver("2015-03", partners="mpn_id\n R")
    assert status(books)["next"].endswith(f"dpor run --period 2015-03 {places(books)}")


def places(books: Books) -> str:
    return f"--db {books.database} --deliveries {books.deliveries} --out '{books.statements}'"


def test_a_first_period_after_the_next_to_close_is_what_is_to_be_mended(tmp_path: Path) -> None:
    books = Books(tmp_path)
    books.deliver("2015-02", partners="mpn_id\n L")
    books.does("run", "--through", "2015-02", "--close")
    books.deliver("2015-03", partners="mpn_id\n R")
    (books.deliveries / "policy.toml").write_text('[dates]\nfirst_period = "2015-04"\n', encoding="utf-8")
    mended = "set first_period in policy.toml to 2015-03 or earlier"
    assert status(books)["next"].startswith(mended)
    assert books.dpor("run", "--period", "2015-03") == 2
    assert mended in books.complained
    books.does("run", "--period", "2015-04")
    assert f"Next        {mended}" in books.said
    books.refuses("close", "--period", "2015-04", because=["2015-03 is still open", mended])
    page = (books.statements / "2015-04/summary.html").read_text(encoding="utf-8")
    assert f"It can't close yet: {mended}" in page
    assert "dpor close" not in page


def test_the_month_before_is_shown_though_the_programme_begins_later_now(tmp_path: Path) -> None:
    books = Books(tmp_path)
    deliver_four_months(books)
    books.does("run", "--through", "2015-03", "--close")
    (books.deliveries / "policy.toml").write_text('[dates]\nfirst_period = "2015-04"\n', encoding="utf-8")
    books.does("run", "--period", "2015-04")
    page = (books.statements / "2015-04/summary.html").read_text(encoding="utf-8")
    assert '<th scope="col" class="n">2015-03</th>' in page
    assert "There are no statements for the month before" not in page


def test_a_month_that_was_drafted_without_its_delivery_waits_for_it(tmp_path: Path) -> None:
    books = Books(tmp_path)
    books.deliver("2015-02", partners="mpn_id\n L")
    books.does("run", "--through", "2015-02", "--close")
    books.does("run", "--period", "2015-03")
    assert "Next        dpor run --period 2015-03" in books.said
    assert "when its delivery is there; dpor close --period 2015-03" in books.said
    assert "when its delivery is there; dpor close --period 2015-03" in status(books)["next"]


def test_a_first_delivery_before_the_programme_is_taken_in_by_its_first_period(tmp_path: Path) -> None:
    books = Books(tmp_path)
    books.deliver("2014-08", partners="mpn_id\n L")
    told = status(books)["next"]
    assert told.startswith("dpor run --period 2014-10 ")
    assert told.endswith("takes in what was delivered before it; its own delivery isn't there yet")
    books.does("run", "--period", "2014-10")
    assert status(books)["next"].endswith(" closes it without one")


@pytest.mark.parametrize(
    "command", [["run", "--period", "2025-03"], ["run", "--through", "2061-01", "--close"]], ids=["run", "through"]
)
def test_a_period_more_than_ten_years_after_the_last_delivery_is_mistyped(tmp_path: Path, command: list[str]) -> None:
    books = Books(tmp_path)
    books.deliver("2015-02", partners="mpn_id\n L")
    assert books.dpor(*command) == 2
    assert f"{command[2]}: more than 10 years after the last delivery, 2015-02" in books.complained
    assert not books.statements.exists()


def test_ten_years_after_the_last_delivery_may_be_meant(tmp_path: Path) -> None:
    books = Books(tmp_path)
    books.deliver("2015-02", partners="mpn_id\n L")
    books.does("run", "--period", "2025-02")


def test_messages_and_payments_of_a_month_before_the_first_that_can_close_are_promised_by_nothing(
    tmp_path: Path,
) -> None:
    books = Books(tmp_path)
    books.deliver("2014-08", partners="mpn_id\n L")
    books.does("run", "--period", "2014-10")
    for command in ("notify", "export"):
        books.refuses(
            command, "--period", "2014-09", because=["2014-09: before 2014-10, the first period that can close"]
        )
        assert "dpor close" not in books.complained
        books.refuses(command, "--period", "2014-10", because=["2014-10: not closed", "`dpor close --period 2014-10"])
