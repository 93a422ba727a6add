"""A key that comes again: identical rows are counted, forms, events and seats stand, everything else is replaced."""

from __future__ import annotations

import pytest
from intake.desk import MASTER_DATA, Desk, csv_of


def test_values_are_compared_typed(desk: Desk) -> None:
    desk.deliver(
        "2015-03",
        **MASTER_DATA,
        rates=[
            {"amount_per_seat": "1.5"},
            {"amount_per_seat": "1.50"},
            {"amount_per_seat": "01.5000"},
        ],
        assigned_seats=[
            {"exported_at": "2015-03-31T12:00:00Z", "assigned_seats": "7"},
            {"exported_at": "2015-03-31T14:00:00+02:00", "assigned_seats": "007"},
            {"exported_at": "2015-03-31T07:30:00.000-04:30", "assigned_seats": "07"},
        ],
        dpor_attachments=[
            {"occurred_at": "2015-03-10T12:00:00Z"},
            {"occurred_at": "2015-03-10T13:00:00.000000+01:00"},
        ],
    )
    desk.take_in()
    assert desk.set_aside() == []
    assert [line for line in desk.counts() if "+ 0 +" not in line] == [
        "2015-03/assigned_seats.csv: 3 = 1 + 2 + 0",
        "2015-03/dpor_attachments.csv: 2 = 1 + 1 + 0",
        "2015-03/rates.csv: 3 = 1 + 2 + 0",
    ]


def test_of_one_exported_at_the_first_seats_stand_and_another_export_is_another_row(desk: Desk) -> None:
    desk.deliver(
        "2015-03",
        **MASTER_DATA,
        assigned_seats=[
            {"assigned_seats": "7"},
            {"assigned_seats": "8"},
            {"assigned_seats": "9", "exported_at": "2015-03-31T13:00:00Z"},
        ],
    )
    desk.deliver("2015-04", assigned_seats=[{"assigned_seats": "10"}, {"assigned_seats": "07"}])
    desk.take_in()
    assert desk.rows("select assigned_seats from assigned_seats order by exported_at") == [(7,), (9,)]
    assert desk.set_aside() == [
        "2015-03/assigned_seats.csv 3: conflicting_duplicate exported_at",
        "2015-04/assigned_seats.csv 2: conflicting_duplicate exported_at",
    ]


def test_of_a_form_or_event_the_first_by_file_name_then_row_stands(desk: Desk) -> None:
    desk.deliver("2015-03", **{**MASTER_DATA, "osa_forms": []})
    desk.file("2015-03", "osa_forms-b.csv", csv_of("osa_forms", [{"received_on": "2015-03-03"}, {}]))
    desk.file("2015-03", "osa_forms-a.csv", csv_of("osa_forms", [{"form_id": "f0"}, {"received_on": "2015-03-02"}]))
    desk.deliver("2015-04", osa_forms=[{"received_on": "2015-03-02"}, {"received_on": "2015-03-04"}])
    desk.take_in()
    assert desk.rows("select form_id, received_on::varchar from osa_forms order by all") == [
        ("f0", "2015-03-01"),
        ("f1", "2015-03-02"),
    ]
    assert desk.set_aside() == [
        "2015-03/osa_forms-b.csv 2: conflicting_duplicate form_id",
        "2015-03/osa_forms-b.csv 3: conflicting_duplicate form_id",
        "2015-04/osa_forms.csv 3: conflicting_duplicate form_id",
    ]


def test_the_same_file_under_two_names_is_duplicates(desk: Desk) -> None:
    desk.deliver("2015-03", **MASTER_DATA)
    desk.file("2015-03", "customers copy.csv", csv_of("customers", [{}]))
    desk.take_in()
    assert "2015-03/customers copy.csv: 1 = 1 + 0 + 0" in desk.counts()
    assert "2015-03/customers.csv: 1 = 0 + 1 + 0" in desk.counts()


def test_a_replaced_row_is_held_against_the_version_that_counts_so_a_b_a_is_three_versions(desk: Desk) -> None:
    for period, names in {"2015-03": "AAB", "2015-04": "BA", "2015-05": "A"}.items():
        desk.deliver(period, customers=[{"organization_name": name} for name in names])
    desk.take_in()
    assert desk.counts() == [
        "2015-03/customers.csv: 3 = 2 + 1 + 0",
        "2015-04/customers.csv: 2 = 1 + 1 + 0",
        "2015-05/customers.csv: 1 = 0 + 1 + 0",
    ]
    assert desk.counting("customers", "organization_name") == [("A",)]


@pytest.mark.parametrize("forms_come", ["2015-03", "2015-04"])
def test_a_version_that_never_can_count_stands_between_no_two_that_are_the_same(desk: Desk, forms_come: str) -> None:
    """The review in the middle is of another partner than its claim's; where the form comes later, all three wait."""
    partners = {"customers": [{}], "partners": [{}, {"mpn_id": "0000002"}]}
    reviews = [{}, {"mpn_id": "0000002"}, {}]
    desk.deliver("2015-03", **partners, poe_reviews=reviews, **({"osa_forms": [{}]} if forms_come == "2015-03" else {}))
    if forms_come == "2015-04":
        desk.deliver("2015-04", osa_forms=[{}])
    desk.take_in()
    if forms_come == "2015-03":
        assert "2015-03/poe_reviews.csv: 3 = 1 + 1 + 1" in desk.counts()
    assert desk.counting("poe_reviews", "mpn_id") == [("0000001",)]
    assert desk.rows("select count(*) from poe_reviews") == [(1,)]


def test_of_a_replaced_row_the_last_by_file_name_then_row_counts(desk: Desk) -> None:
    desk.file("2015-03", "customers-b.csv", csv_of("customers", [{"phone": "2"}, {"phone": "3"}]))
    desk.file("2015-03", "customers-a.csv", csv_of("customers", [{"phone": "9"}]))
    desk.take_in()
    assert desk.counting("customers", "phone") == [("3",)]


def test_an_empty_value_replaces_a_date_and_is_the_same_as_itself(desk: Desk) -> None:
    desk.deliver("2015-03", customers=[{}], subscriptions=[{"end_date": "2015-12-31"}])
    desk.deliver("2015-04", subscriptions=[{"end_date": ""}, {"end_date": ""}])
    desk.take_in()
    assert "2015-04/subscriptions.csv: 2 = 1 + 1 + 0" in desk.counts()
    assert desk.counting("subscriptions", "end_date") == [(None,)]


def test_caps_and_rates_are_replaced_by_their_whole_key(desk: Desk) -> None:
    desk.deliver(
        "2015-03",
        partners=[{}],
        caps=[{"amount": "100"}, {"mpn_id": "0000001", "amount": "200"}, {"fiscal_year": "FY16", "amount": "300"}],
        rates=[{"amount_per_seat": "1"}, {"valid_from": "2015-01-01", "amount_per_seat": "2"}],
    )
    desk.deliver("2015-04", caps=[{"amount": "150.00"}, {"mpn_id": "0000001", "amount": "200.00"}])
    desk.take_in()
    assert "2015-04/caps.csv: 2 = 1 + 1 + 0" in desk.counts()
    assert desk.counting("caps", "mpn_id, fiscal_year, amount::integer") == [
        ("*", "FY15", 150),
        ("*", "FY16", 300),
        ("0000001", "FY15", 200),
    ]
    assert desk.counting("rates", "amount_per_seat::integer") == [(1,), (2,)]


def test_an_event_identical_to_an_accepted_one_is_a_duplicate_though_its_portal_is_wrong_by_now(desk: Desk) -> None:
    desk.deliver("2015-03", **MASTER_DATA, dpor_attachments=[{}])
    desk.deliver("2015-04", subscriptions=[{"service": "EMS"}], dpor_attachments=[{}, {"event_id": "d2"}])
    desk.take_in()
    assert desk.set_aside() == ["2015-04/dpor_attachments.csv 3: wrong_portal portal"]
    assert "2015-04/dpor_attachments.csv: 2 = 0 + 1 + 1" in desk.counts()
