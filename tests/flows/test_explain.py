"""`dpor explain` says of each claim what is its own, and which of two things is missing."""

from __future__ import annotations

import json
from pathlib import Path

from ledger.bench import PARTNERS, Books


def test_where_a_form_and_an_event_share_an_id_each_shows_its_own_partners_review(tmp_path: Path) -> None:
    books = Books(tmp_path)
    books.deliver(
        "2015-03",
        partners="mpn_id\n L\n R",
        customers="customer_id\n contoso",
        subscriptions="subscription_id customer_id\n e1 contoso",
        osa_forms="form_id customer_id mpn_id\n x1 contoso L",
        dpor_attachments="event_id occurred_at subscription_id mpn_id\n x1 2015-03-16T12:00:00Z e1 R",
        poe_reviews="poe_id claim_id mpn_id requested_on outcome\n of-l x1 L 2015-03-17 FAIL\n of-r x1 R 2015-03-18 -",
    )
    books.does("run")
    books.does("explain", "e1", "--period", "2015-03")
    of_the_form, of_the_event = books.said.split("DPOR ADD on e1")
    assert "review of-l" in of_the_form and "review of-r" not in of_the_form
    assert "failed, for the claim's whole life unless a later review says otherwise (P13)" in of_the_form
    assert "review of-r" in of_the_event and "review of-l" not in of_the_event
    assert "proof of execution: pending (P13, P14)" in of_the_event


def test_an_explanation_tells_missing_seats_from_a_missing_rate_and_a_term_that_is_open(tmp_path: Path) -> None:
    books = Books(tmp_path)
    books.deliver(
        "2015-02",
        partners="mpn_id\n L",
        customers="customer_id\n contoso",
        subscriptions="subscription_id customer_id start_date\n e1 contoso 2014-01-01\n e2 contoso 2015-02-01",
        osa_forms="form_id customer_id mpn_id\n f1 contoso L",
        assigned_seats="subscription_id snapshot_date assigned_seats\n e1 2015-02-28 30",
    )
    books.does("run")
    books.does("explain", "e1", "--period", "2015-02")
    assert "Earns nothing: no rate is valid for the service on the last day, or the policy" in books.said
    books.does("explain", "e2", "--period", "2015-02")
    assert "Earns nothing: no seats were counted within the period and the term (P17)." in books.said
    assert books.dpor("explain", "e2", "--period", "2015-01") == 2
    assert "e2: its term, from 2015-02-01, open-ended, does not overlap 2015-01" in books.complained


def test_a_month_that_stands_on_statements_is_explained_though_its_term_is_another_now(tmp_path: Path) -> None:
    books = Books(tmp_path)
    books.deliver(
        "2015-03",
        partners="mpn_id\n L",
        customers="customer_id\n contoso",
        subscriptions="subscription_id customer_id start_date\n e1 contoso 2014-01-01",
        osa_forms="form_id customer_id mpn_id\n f1 contoso L",
        rates="amount_per_seat\n 10.00",
        assigned_seats="subscription_id snapshot_date assigned_seats\n e1 2015-03-31 100",
    )
    books.does("run", "--through", "2015-03", "--close")
    books.deliver("2015-04", subscriptions="subscription_id customer_id start_date\n e1 contoso 2015-04-01")
    books.does("run")
    books.does("explain", "e1", "--period", "2015-03")
    assert books.said.splitlines() == [
        "e1: its term, from 2015-04-01, open-ended, does not overlap 2015-03: nobody earns on it.",
        "",
        "That is as known now. On statements so far:",
        "  2015-03, CLOSED, 1100001: 1,000.00 (CURRENT)",
        "  2015-04, DRAFT, 1100001: -1,000.00 (ADJUSTMENT, subscription_changed)",
    ]
    books.does("explain", "e1", "--period", "2015-03", "--json")
    assert [row["amount"] for row in json.loads(books.said)["on_statements"]] == ["1000.00", "-1000.00"]
    assert books.dpor("explain", "e1", "--period", "2015-02") == 2
    assert books.dpor("explain", "e1", "--period", "2030-01") == 2
    assert "the database covers 2014-10 to 2015-04; `dpor status" in books.complained


def test_an_explanation_names_the_rows_that_were_set_aside_and_would_matter(tmp_path: Path) -> None:
    books = Books(tmp_path)
    books.deliver(
        "2015-03",
        partners="mpn_id\n L",
        customers="customer_id\n contoso",
        subscriptions="subscription_id customer_id service\n e1 contoso O365\n e1.b contoso O365\n"
        " azure-1 nobody O365\n azure-2 contoso AZURE",
        osa_forms="form_id customer_id mpn_id\n f1 contoso L\n f2 contoso R\n f3 contoso-b L",
        assigned_seats="subscription_id snapshot_date assigned_seats\n e1 2015-03-31 a\n e1.b 2015-03-31 b\n"
        " late 2015-03-31 5",
        poe_reviews="poe_id claim_id mpn_id requested_on outcome\n p1 f1 R 2015-03-17 PASS\n p2 f11 L 2015-03-17 PASS",
    )
    books.deliver("2015-04", assigned_seats="subscription_id snapshot_date assigned_seats\n e1 2015-04-30 c")
    books.does("run", "--max-quarantine", "1")
    books.does("explain", "e1", "--period", "2015-03")
    assert books.said.split("Set aside, so not counted:\n")[1].splitlines() == [
        "  2015-03/assigned_seats.csv row 2, bad_type",
        "  2015-03/osa_forms.csv row 3, unknown_partner",
        "  2015-03/poe_reviews.csv row 2, unknown_partner",
        "  2015-04/assigned_seats.csv row 2, bad_type",
    ]
    books.does("explain", "e1", "--period", "2015-04", "--json")
    assert [(row["delivery"], row["feed"], row["row_number"]) for row in json.loads(books.said)["set_aside"]] == [
        ("2015-03", "osa_forms", 3),
        ("2015-03", "poe_reviews", 2),
        ("2015-04", "assigned_seats", 2),
    ]
    assert books.dpor("explain", "azure-1", "--period", "2015-03") == 2
    assert "no such subscription in the database; set aside: 2015-03/subscriptions.csv row 4, unk" in books.complained
    books.deliver("2015-05", subscriptions="subscription_id customer_id\n late contoso")
    books.does("run", "--max-quarantine", "1")
    books.does("explain", "late", "--period", "2015-03")
    assert "assigned_seats.csv" not in books.said  # the row that waited for it was released


def test_a_partner_that_is_unknown_for_rows_that_were_set_aside_is_told_of_them(tmp_path: Path) -> None:
    books = Books(tmp_path)
    books.deliver(
        "2015-03",
        partners="mpn_id region\n L EMEA\n R MOON",
        customers="customer_id\n contoso",
        osa_forms="form_id customer_id mpn_id\n f1 contoso L\n f2 contoso R",
    )
    books.does("run", "--max-quarantine", "1")
    assert books.dpor("statement", PARTNERS["R"], "--period", "2015-03") == 2
    assert (
        "no partner with that MPN ID was delivered; set aside: 2015-03/osa_forms.csv row 3, unknown_partner,"
        " 2015-03/partners.csv row 3, bad_value"
    ) in books.complained
    assert books.dpor("statement", "9999999", "--period", "2015-03") == 2
    assert "no partner with that MPN ID was delivered\n" in books.complained


def test_of_many_rows_set_aside_the_first_are_named(tmp_path: Path) -> None:
    books = Books(tmp_path)
    seats = "subscription_id snapshot_date assigned_seats" + "\n e1 2015-03-31 many" * 8
    books.deliver(
        "2015-03",
        customers="customer_id\n contoso",
        subscriptions="subscription_id customer_id\n e1 contoso",
        assigned_seats=seats,
    )
    books.does("run", "--max-quarantine", "1")
    books.does("explain", "e1", "--period", "2015-03")
    *_, last_named, more = books.said.splitlines()
    assert last_named == "  2015-03/assigned_seats.csv row 6, bad_type"
    assert more == "  and 3 more rows in `quarantine`"


def test_a_review_of_a_form_and_an_event_of_one_id_is_told_once_with_each(tmp_path: Path) -> None:
    books = Books(tmp_path)
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
