"""Every reason of the quarantine table, each way it arises, the column it names, and which of two faults is first."""

from __future__ import annotations

import pytest
from intake.desk import MASTER_DATA, Desk

Fault = tuple[str, dict[str, str], str, str]

ZERO_WIDTH, CYRILLIC_A = "\u200b", "\u0430"
ARABIC_THREE, FULL_WIDTH_FIVE = "\u0663", "\uff15"

MISSING: list[Fault] = [
    *(
        ("partners", {"mpn_id": "0000009", column: ""}, "missing_value", column)
        for column in ("partner_name", "region", "country", "ppc_name", "ppc_email", "eligible_from")
    ),
    ("partners", {"mpn_id": ""}, "missing_value", "mpn_id"),
    *(("customers", {column: ""}, "missing_value", column) for column in ("organization_name", "address", "phone")),
    *(("subscriptions", {column: ""}, "missing_value", column) for column in ("program", "offer", "start_date")),
    *(("rates", {column: ""}, "missing_value", column) for column in ("incentive", "service", "amount_per_seat")),
    *(("caps", {column: ""}, "missing_value", column) for column in ("mpn_id", "scope", "service", "amount")),
    ("osa_forms", {"received_on": ""}, "missing_value", "received_on"),
    ("dpor_attachments", {"portal": ""}, "missing_value", "portal"),
    ("assigned_seats", {"assigned_seats": ""}, "missing_value", "assigned_seats"),
    ("poe_reviews", {"outcome": "PASS"}, "missing_value", "decided_on"),
    ("poe_reviews", {"decided_on": "2015-03-30"}, "missing_value", "outcome"),
    ("poe_reviews", {"decided_on": "30/03/2015"}, "missing_value", "outcome"),
]

BAD_SEATS = (
    "12.0", "1e3", "1_000", "1,000", "+5", " 5 ", "-0", "5 ", "NaN", "Infinity", "NULL", "N/A", "-", "0x5",
    ARABIC_THREE, FULL_WIDTH_FIVE,
)  # fmt: skip
BAD_AMOUNTS = ("1e3", "1,5", ".5", "5.", "+1", "-0", "-0.00", "1_0", "NaN", "Infinity", "1.2.3", ARABIC_THREE)
BAD_DAYS = ("31/03/2015", "2015-3-1", "2015-02-30", "2015-02-29", "2015-13-01", "20150301", "NULL", "2015-03-01 ")
BAD_INSTANTS = (
    "2015-03-10T12:00:00", "2015-03-10 12:00:00Z", "2015-06-30T23:59:60Z", "2015-03-10T24:00:00Z",
    "2015-03-10T12:00Z", "2015-03-10T12:00:00.1234567Z", "2015-03-10T12:00:00+0100", "2015-03-10T12:00:00+24:00",
    "2015-03-10t12:00:00z", "2015-02-30T12:00:00Z", "2015-03-10",
)  # fmt: skip
BAD_IDS = ("a b", "a" * 65, f"e3{ZERO_WIDTH}", f"{CYRILLIC_A}3", "e3 ", " e3", "e/3", "e3\n", "é")
BAD_MPN_IDS = ("12345", "12345678", "1234567 ", "000000A", FULL_WIDTH_FIVE * 7)

BAD_TYPES: list[Fault] = [
    *(("assigned_seats", {"assigned_seats": text}, "bad_type", "assigned_seats") for text in BAD_SEATS),
    *(("rates", {"amount_per_seat": text}, "bad_type", "amount_per_seat") for text in BAD_AMOUNTS),
    *(("caps", {"amount": text}, "bad_type", "amount") for text in BAD_AMOUNTS),
    *(("osa_forms", {"received_on": text}, "bad_type", "received_on") for text in BAD_DAYS),
    *(("poe_reviews", {"decided_on": text, "outcome": "PASS"}, "bad_type", "decided_on") for text in BAD_DAYS),
    *(("dpor_attachments", {"occurred_at": text}, "bad_type", "occurred_at") for text in BAD_INSTANTS),
    *(("subscriptions", {"subscription_id": text}, "bad_type", "subscription_id") for text in BAD_IDS),
    *(("partners", {"mpn_id": text}, "bad_type", "mpn_id") for text in (*BAD_MPN_IDS, "*")),
    *(("caps", {"mpn_id": text}, "bad_type", "mpn_id") for text in (*BAD_MPN_IDS, "**")),
    ("partners", {"hq_mpn_id": "12345"}, "bad_type", "hq_mpn_id"),
]

OUT_OF_RANGE: list[Fault] = [
    *(
        ("assigned_seats", {"purchased_seats": text}, "out_of_range", "purchased_seats")
        for text in ("-5", "10000001", "9223372036854775808", "4294967296", "9" * 60)
    ),
    *(
        ("rates", {"amount_per_seat": text}, "out_of_range", "amount_per_seat")
        for text in ("-1", "-0.00001", "1.23456", "1.00000", "1000000.0001", "1000001", "9" * 60)
    ),
    *(
        ("caps", {"amount": text}, "out_of_range", "amount")
        for text in ("-0.01", "1.234", "1000000000000.01", "1000000000001", "9" * 60)
    ),
    *(
        ("subscriptions", {"start_date": text}, "out_of_range", "start_date")
        for text in ("1999-12-31", "2101-01-01", "0000-01-01", "9999-12-31")
    ),
    *(
        ("assigned_seats", {"exported_at": text}, "out_of_range", "exported_at")
        for text in ("1999-12-31T23:59:59.999999Z", "2000-01-01T00:00:00+01:00", "2100-12-31T23:59:59-00:01")
    ),
]

BAD_VALUES: list[Fault] = [
    ("dpor_attachments", {"action": "add"}, "bad_value", "action"),
    ("dpor_attachments", {"portal": "AZURE"}, "bad_value", "portal"),
    ("poe_reviews", {"outcome": "PENDING", "decided_on": "2015-03-30"}, "bad_value", "outcome"),
    ("partners", {"region": "EUROPE"}, "bad_value", "region"),
    ("rates", {"incentive": "SELL"}, "bad_value", "incentive"),
    ("caps", {"scope": "partner"}, "bad_value", "scope"),
    ("caps", {"scope": "PARTNER", "service": "O365"}, "bad_value", "service"),
    ("caps", {"scope": "CUSTOMER", "service": "O365"}, "bad_value", "service"),
    ("caps", {"scope": "CUSTOMER", "service": "AZURE"}, "bad_value", "service"),
    *(("caps", {"fiscal_year": text}, "bad_value", "fiscal_year") for text in ("FY2015", "fy15", "15", "FY1", "FY15 ")),
]

OUT_OF_SCOPE: list[Fault] = [
    *((feed, {"service": "AZURE"}, "service_out_of_scope", "service") for feed in ("osa_forms", "rates")),
    ("subscriptions", {"service": "o365"}, "service_out_of_scope", "service"),
    ("rates", {"service": "*"}, "service_out_of_scope", "service"),
    ("caps", {"scope": "SERVICE", "service": "AZURE"}, "service_out_of_scope", "service"),
]

BESIDE_OTHER_ROWS: list[Fault] = [
    ("dpor_attachments", {"event_id": "d7", "portal": "INTUNE"}, "wrong_portal", "portal"),
    ("dpor_attachments", {"event_id": "d8", "subscription_id": "i1"}, "wrong_portal", "portal"),
    ("assigned_seats", {"assigned_seats": "101"}, "assigned_exceeds_purchased", "assigned_seats"),
    ("subscriptions", {"end_date": "2013-12-31"}, "inverted_dates", "end_date"),
    ("partners", {"eligible_to": "2013-12-31"}, "inverted_dates", "eligible_to"),
    ("rates", {"valid_to": "2013-12-31"}, "inverted_dates", "valid_to"),
    ("poe_reviews", {"decided_on": "2015-03-19", "outcome": "FAIL"}, "inverted_dates", "decided_on"),
    ("osa_forms", {"service": "EMS"}, "conflicting_duplicate", "form_id"),
    ("assigned_seats", {"subscription_id": "e4"}, "unknown_subscription", "subscription_id"),
    ("dpor_attachments", {"event_id": "d9", "subscription_id": "e4"}, "unknown_subscription", "subscription_id"),
    ("osa_forms", {"form_id": "f9", "customer_id": "fabrikam"}, "unknown_customer", "customer_id"),
    ("subscriptions", {"customer_id": "fabrikam"}, "unknown_customer", "customer_id"),
    ("osa_forms", {"form_id": "f9", "mpn_id": "0000003"}, "unknown_partner", "mpn_id"),
    ("dpor_attachments", {"event_id": "d9", "mpn_id": "0000003"}, "unknown_partner", "mpn_id"),
    ("poe_reviews", {"mpn_id": "0000003"}, "unknown_partner", "mpn_id"),
    ("caps", {"mpn_id": "0000003"}, "unknown_partner", "mpn_id"),
    ("poe_reviews", {"claim_id": "f2"}, "unknown_claim", "claim_id"),
    ("poe_reviews", {"mpn_id": "0000002"}, "claim_partner_mismatch", "mpn_id"),
]

EARLIER_REASON_FIRST: list[Fault] = [
    ("assigned_seats", {"purchased_seats": "x", "exported_at": ""}, "missing_value", "exported_at"),
    ("assigned_seats", {"purchased_seats": "-1", "assigned_seats": "x"}, "bad_type", "assigned_seats"),
    ("subscriptions", {"service": "AZURE", "start_date": "1999-01-01"}, "out_of_range", "start_date"),
    ("caps", {"scope": "SERVICE", "service": "AZURE", "fiscal_year": "15"}, "bad_value", "fiscal_year"),
    ("osa_forms", {"service": "AZURE", "customer_id": "fabrikam"}, "service_out_of_scope", "service"),
    ("subscriptions", {"service": "AZURE", "end_date": "2013-01-01"}, "service_out_of_scope", "service"),
    ("dpor_attachments", {"event_id": "d9", "portal": "INTUNE", "mpn_id": "0000003"}, "wrong_portal", "portal"),
    (
        "assigned_seats",
        {"assigned_seats": "101", "subscription_id": "e4"},
        "assigned_exceeds_purchased",
        "assigned_seats",
    ),
    ("subscriptions", {"end_date": "2013-01-01", "customer_id": "fabrikam"}, "inverted_dates", "end_date"),
    ("osa_forms", {"customer_id": "fabrikam"}, "conflicting_duplicate", "form_id"),
    (
        "dpor_attachments",
        {"event_id": "d9", "subscription_id": "e4", "mpn_id": "0000003"},
        "unknown_subscription",
        "subscription_id",
    ),
    ("osa_forms", {"form_id": "f9", "customer_id": "x", "mpn_id": "0000003"}, "unknown_customer", "customer_id"),
    ("poe_reviews", {"claim_id": "f2", "mpn_id": "0000003"}, "unknown_partner", "mpn_id"),
]

EARLIER_COLUMN_FIRST: list[Fault] = [
    ("assigned_seats", {"snapshot_date": "", "purchased_seats": ""}, "missing_value", "snapshot_date"),
    ("assigned_seats", {"purchased_seats": "x", "assigned_seats": "y"}, "bad_type", "purchased_seats"),
    ("dpor_attachments", {"action": "x", "portal": "y"}, "bad_value", "action"),
    ("rates", {"amount_per_seat": "-1", "valid_from": "1999-01-01"}, "out_of_range", "amount_per_seat"),
]


@pytest.mark.parametrize(
    "faults",
    [
        pytest.param(MISSING, id="missing_value"),
        pytest.param(BAD_TYPES, id="bad_type"),
        pytest.param(OUT_OF_RANGE, id="out_of_range"),
        pytest.param(BAD_VALUES, id="bad_value"),
        pytest.param(OUT_OF_SCOPE, id="service_out_of_scope"),
        pytest.param(BESIDE_OTHER_ROWS, id="beside other rows"),
        pytest.param(EARLIER_REASON_FIRST, id="the earlier reason of two"),
        pytest.param(EARLIER_COLUMN_FIRST, id="the earlier column of two"),
    ],
)
def test_a_row_that_cannot_be_used_is_set_aside_with_its_first_reason_and_column(
    desk: Desk, faults: list[Fault]
) -> None:
    desk.deliver("2015-03", **MASTER_DATA)
    feeds = {feed: [row for name, row, _, _ in faults if name == feed] for feed, _, _, _ in faults}
    desk.deliver("2015-04", **feeds)
    desk.take_in()
    due = [
        f"2015-04/{feed}.csv {feeds[feed].index(row) + 2}: {reason} {column}" for feed, row, reason, column in faults
    ]
    assert sorted(desk.set_aside()) == sorted(due)


def test_a_malformed_row_names_no_column_and_is_kept_as_it_came(desk: Desk) -> None:
    desk.deliver("2015-03", **MASTER_DATA)
    header = b"customer_id,organization_name,country,address,phone\n"
    desk.file("2015-04", "customers.csv", header + b'c1,Too,few\nc2,"x"y,US,A,1\nc3,M\xfcller,DE,A,1\nc4,Good,US,A,1\n')
    desk.take_in()
    assert desk.set_aside() == [f"2015-04/customers.csv {row}: malformed_row -" for row in (2, 3, 4)]
    raws = [raw for (raw,) in desk.rows("select raw from quarantine order by row_number")]
    assert raws == ["c1,Too,few", 'c2,"x"y,US,A,1', "c3,M\\xfcller,DE,A,1"]


def test_values_at_the_edge_of_what_is_allowed_are_accepted(desk: Desk) -> None:
    desk.deliver(
        "2015-03",
        **{**MASTER_DATA, "osa_forms": [{}, {"form_id": "A" * 64, "received_on": "2100-12-31"}, {"form_id": "._-"}]},
        assigned_seats=[
            {"purchased_seats": "10000000", "assigned_seats": "10000000"},
            {"exported_at": "2000-01-01T00:00:00Z", "purchased_seats": "0", "assigned_seats": "00"},
            {"exported_at": "2100-12-31T23:59:59.999999Z", "snapshot_date": "2000-01-01"},
            {"exported_at": "2015-03-31T12:00:00.5-23:59", "assigned_seats": "0" * 40 + "7"},
        ],
        rates=[{"amount_per_seat": "1000000.0000"}, {"service": "EMS", "amount_per_seat": "0"}],
        caps=[{"amount": "1000000000000.00"}, {"mpn_id": "0000001", "scope": "SERVICE", "service": "EMS"}],
        poe_reviews=[{"decided_on": "2015-03-20", "outcome": "PASS"}],
    )
    desk.take_in()
    assert desk.set_aside() == []


def test_program_is_free_text_and_a_headquarters_need_not_be_known(desk: Desk) -> None:
    desk.deliver(
        "2015-03",
        partners=[{"hq_mpn_id": "7777777"}],
        customers=[{}],
        subscriptions=[{"program": "Any, =thing\n"}],
    )
    desk.take_in()
    assert desk.set_aside() == []
    assert desk.rows("select program from subscriptions") == [("Any, =thing\n",)]


def test_what_looks_like_sql_markup_or_a_formula_is_text(desk: Desk) -> None:
    names = [
        "'; drop table partners; --",
        "<script>",
        "#let $x$",
        '=HYPERLINK("x")',
        "@SUM",
        "\tx",
        "a\r\nBcc: b",
        "NULL",
    ]
    desk.deliver(
        "2015-03", customers=[{"customer_id": f"c{i}", "organization_name": name} for i, name in enumerate(names)]
    )
    desk.take_in()
    assert [name for (name,) in desk.rows("select organization_name from customers order by customer_id")] == names


def test_leading_zeros_of_ids_are_kept_and_numbers_are_typed(desk: Desk) -> None:
    desk.deliver(
        "2015-03", **MASTER_DATA, assigned_seats=[{"assigned_seats": "007"}], rates=[{"valid_to": "2015-12-31"}]
    )
    desk.take_in()
    assert desk.rows("select mpn_id from partners order by all") == [("0000001",), ("0000002",)]
    assert desk.rows("select assigned_seats from assigned_seats") == [(7,)]
    assert desk.rows("select amount_per_seat::varchar from rates") == [("1.5000",)]


def test_an_instant_is_taken_to_utc_and_may_move_to_another_month(desk: Desk) -> None:
    desk.deliver("2015-03", **MASTER_DATA, dpor_attachments=[{"occurred_at": "2015-04-01T00:30:00.25+02:00"}])
    desk.take_in()
    assert desk.rows("select occurred_at::varchar from dpor_attachments") == [("2015-03-31 22:30:00.25",)]
