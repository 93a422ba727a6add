"""What a run takes in, what stops it, what it prints: limits, deliveries that change, dry runs, names kept quiet."""

from __future__ import annotations

import csv
import re

import polars as pl
import pytest
from intake.desk import MASTER_DATA, Desk

from transforms.statements.neutral import neutral

pytestmark = pytest.mark.slow

BAD = {"phone": ""}
AZURE = {"service": "AZURE"}


def customers(count: int) -> list[dict[str, str]]:
    return [{"customer_id": f"c{number}"} for number in range(count)]


@pytest.mark.parametrize(
    ("bad", "good", "limit", "code"),
    [
        (20, 0, "0", 0),
        (21, 0, "0.99", 3),
        (21, 0, "1", 0),
        (21, 399, "0.05", 0),
        (22, 398, "0.05", 3),
        (21, 398, "0.05", 3),
        (29, 71, "0.29", 0),  # as binary floats, 0.29 of 100 is less than 29
    ],
)
def test_more_than_20_rows_and_more_than_the_share_set_aside_stop_the_run(
    desk: Desk, bad: int, good: int, limit: str, code: int
) -> None:
    desk.deliver("2015-03", customers=[*[BAD] * bad, *customers(good)])
    assert desk.dpor("run", "--max-quarantine", limit) == code
    assert desk.delivered_in_store() == ([] if code else ["2015-03"])


def test_the_share_is_5_percent_where_nothing_is_said(desk: Desk) -> None:
    desk.deliver("2015-03", customers=[*[BAD] * 21, *customers(398)])
    assert desk.dpor("run") == 3
    desk.deliver("2015-03", customers=[*[BAD] * 21, *customers(399)])
    assert desk.dpor("run") == 0


def test_services_out_of_scope_do_not_count(desk: Desk) -> None:
    desk.deliver("2015-03", customers=[{}], subscriptions=[AZURE] * 100)
    assert desk.dpor("run") == 0
    desk.deliver("2015-03", customers=[BAD] * 21, subscriptions=[AZURE] * 100)
    assert desk.dpor("run") == 3


def test_duplicates_do_not_count_but_waiting_rows_do(desk: Desk) -> None:
    desk.deliver("2015-03", customers=[{}] * 100)
    assert desk.dpor("run") == 0
    desk.deliver("2015-04", osa_forms=[{"form_id": f"f{number}"} for number in range(21)])
    assert desk.dpor("run") == 3


def test_of_a_run_that_sets_too_much_aside_the_deliveries_before_stay_and_none_after_comes_in(desk: Desk) -> None:
    desk.deliver("2015-03", customers=[{}])
    desk.deliver("2015-04", customers=[BAD] * 21)
    desk.deliver("2015-05", customers=customers(1))
    assert desk.dpor("run") == 3
    assert desk.delivered_in_store() == ["2015-03"]
    assert desk.problems()[0].startswith("2015-04: 21 of 21 rows would be set aside")


@pytest.mark.parametrize("share", ["-0.1", "1.1", "nan", "5%"])
def test_a_share_lies_between_0_and_1(desk: Desk, share: str) -> None:
    desk.deliver("2015-03", customers=[{}])
    assert desk.dpor("run", f"--max-quarantine={share}") == 2


@pytest.mark.parametrize("period", ["2015", "2015-3", "2015-13", "2015-03\n", "march", "../2015-03"])
def test_a_period_is_written_as_one(desk: Desk, period: str) -> None:
    desk.deliver("2015-03", customers=[{}])
    assert desk.dpor("run", "--period", period) == 2


def test_without_a_folder_or_a_delivery_there_is_nothing_to_run(desk: Desk) -> None:
    assert desk.dpor("run") == 2
    desk.deliver("2015-05", customers=[{}])
    assert desk.dpor("run", "--period", "2015-04") == 2
    assert desk.dpor("run", "--deliveries", str(desk.deliveries / "gone")) == 2


def test_a_run_of_a_period_takes_in_the_deliveries_up_to_it_and_no_other(desk: Desk) -> None:
    for period in ("2015-03", "2015-04", "2015-05"):
        desk.deliver(period, customers=[{"phone": period}])
    desk.file("2015-05", "unknown.csv", b"x")
    desk.run("--period", "2015-04")
    assert desk.delivered_in_store() == ["2015-03", "2015-04"]


def test_a_file_that_cannot_be_read_is_refused_and_nothing_is_stored(desk: Desk) -> None:
    desk.deliver("2015-03", customers=[{}])
    path = desk.deliveries / "2015-03" / "customers.csv"
    path.chmod(0)
    try:
        path.open("rb").close()
        pytest.skip("this user may read everything")
    except PermissionError:
        assert desk.dpor("run") == 4
    assert desk.problems()[0].endswith("customers.csv: can't be read: Permission denied")
    assert desk.delivered_in_store() == []


def test_a_check_says_what_would_become_of_the_rows_and_stores_nothing(desk: Desk) -> None:
    desk.deliver("2015-03", customers=[{}, {}, BAD], osa_forms=[{}])
    desk.deliver("2015-04", partners=[{}])
    assert desk.dpor("check") == 0
    assert "2015-03  4 rows: 1 accepted, 1 duplicate, 2 set aside, 0 released" in desk.said
    assert "2015-04  1 row: 1 accepted, 0 duplicate, 0 set aside, 1 released" in desk.said
    assert "2015-03/customers.csv row 4: missing_value, phone" in desk.said
    assert "2015-03/osa_forms.csv row 2: unknown_partner, mpn_id" in desk.said
    assert desk.store() == {}
    assert not desk.database.exists()


def test_a_check_of_changed_deliveries_leaves_the_store_as_it_is(desk: Desk) -> None:
    desk.deliver("2015-03", customers=[{}])
    desk.run()
    before = desk.store()
    desk.deliver("2015-03", customers=[{"phone": "2"}])
    desk.deliver("2015-04", customers=[{}])
    assert desk.dpor("check") == 0
    assert desk.store() == before


def versions(desk: Desk) -> list[tuple[str, str, str]]:
    return desk.rows("select delivery, file, phone from customers order by all")


def test_an_open_delivery_that_has_changed_is_taken_in_anew_and_every_later_one_after_it(desk: Desk) -> None:
    for period, phone in {"2015-03": "1", "2015-04": "2", "2015-05": "2"}.items():
        desk.deliver(period, customers=[{"phone": phone}])
    desk.run()
    assert [(delivery, phone) for delivery, _, phone in versions(desk)] == [("2015-03", "1"), ("2015-04", "2")]
    before = desk.store()
    desk.deliver("2015-04", customers=[{"phone": "3"}])
    desk.run()
    assert [(delivery, phone) for delivery, _, phone in versions(desk)] == [
        ("2015-03", "1"),
        ("2015-04", "3"),
        ("2015-05", "2"),
    ]
    kept = {name: content for name, content in before.items() if name.startswith("deliveries/2015-03/")}
    assert kept.items() <= desk.store().items()


def test_a_delivery_that_comes_between_is_taken_in_and_the_later_ones_after_it(desk: Desk) -> None:
    desk.deliver("2015-03", customers=[{"phone": "1"}])
    desk.deliver("2015-05", customers=[{"phone": "1"}])
    desk.run()
    assert "2015-05/customers.csv: 1 = 0 + 1 + 0" in desk.counts()
    desk.deliver("2015-04", customers=[{"phone": "2"}])
    desk.run()
    assert [delivery for delivery, _, _ in versions(desk)] == ["2015-03", "2015-04", "2015-05"]


def test_a_file_and_a_delivery_that_are_gone_are_gone_from_the_store_and_the_database(desk: Desk) -> None:
    desk.deliver("2015-03", customers=[{"phone": "1"}], rates=[{}])
    desk.deliver("2015-04", customers=[{"phone": "2"}])
    desk.deliver("2015-05", customers=[{"phone": "3"}])
    desk.run()
    (desk.deliveries / "2015-03" / "rates.csv").unlink()
    (desk.deliveries / "2015-04" / "customers.csv").unlink()
    (desk.deliveries / "2015-04").rmdir()
    desk.run()
    assert desk.counts() == ["2015-03/customers.csv: 1 = 1 + 0 + 0", "2015-05/customers.csv: 1 = 1 + 0 + 0"]
    assert desk.delivered_in_store() == ["2015-03", "2015-05"]


def test_a_delivery_anew_is_the_same_store_as_a_fresh_one_byte_for_byte(desk: Desk) -> None:
    desk.deliver("2015-03", **MASTER_DATA, poe_reviews=[{"claim_id": "d1"}])
    desk.deliver("2015-04", dpor_attachments=[{}])
    desk.run()
    fresh = {name: content for name, content in desk.store().items() if name.startswith("deliveries/")}
    desk.deliver("2015-03", customers=[{"phone": "2"}])
    desk.run()
    desk.deliver("2015-03", **MASTER_DATA)
    desk.run()
    assert {name: content for name, content in desk.store().items() if name.startswith("deliveries/")} == fresh


FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\uff1d1+1", "\uff0b1", "\uff0d1", "\uff20SUM(A1)"]


def test_text_that_a_sheet_takes_for_a_formula_is_neutral_in_every_csv(desk: Desk) -> None:
    desk.deliver(
        "2015-03",
        partners=[
            *({"mpn_id": f"000000{i}", "partner_name": name} for i, name in enumerate(FORMULAS)),
            *({"mpn_id": f"{name}x", "partner_name": name} for name in FORMULAS),
        ],
        customers=[{"organization_name": name, "customer_id": f"c{i}"} for i, name in enumerate(FORMULAS)],
        subscriptions=[
            {"subscription_id": f"s{i}", "customer_id": f"c{i}", "offer": name} for i, name in enumerate(FORMULAS)
        ],
        osa_forms=[{"form_id": f"f{i}", "customer_id": f"c{i}", "mpn_id": f"000000{i}"} for i in range(len(FORMULAS))],
        assigned_seats=[{"subscription_id": f"s{i}"} for i in range(len(FORMULAS))],
        rates=[{"amount_per_seat": "10"}],
    )
    desk.run()
    written = sorted(desk.statements.rglob("*.csv"))
    assert len(written) == len(FORMULAS) + 2
    cells = [
        cell
        for path in written
        for row in csv.reader(path.open(encoding="utf-8", newline=""))
        for cell in row
        if not cell.removeprefix("-").replace(".", "").isdigit()
    ]
    assert [cell for cell in cells if cell[:1] in (*"=+-@\t\r", *"\uff1d\uff0b\uff0d\uff20")] == []
    assert {f"'{name}" for name in FORMULAS} <= set(cells)


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("Coho;=1+1", "Coho;'=1+1"),
        ("Coho\t@SUM(A1);-1", "Coho\t'@SUM(A1);'-1"),
        ("Coho\n=1+1;\r\n-1\r+1", "Coho\n'=1+1;\r\n'-1\r'+1"),
        ('Coho;"=1+1;y', "Coho;\"'=1+1;y"),
        ('Coho\t"@SUM(A1)\n"-1', "Coho\t\"'@SUM(A1)\n\"'-1"),
        ("A - B; C = D\nE", "A - B; C = D\nE"),
    ],
)
def test_a_formula_behind_a_semicolon_a_tab_or_a_line_end_is_neutral_for_sheets_that_part_there(
    name: str, written: str
) -> None:
    assert pl.DataFrame({"name": [name]}).select(neutral("name")).item() == written


def test_neither_run_nor_check_prints_a_customers_name_address_or_phone(desk: Desk) -> None:
    secret = {"organization_name": "Secret Corp", "address": "1 Hidden Rd", "phone": "555-SECRET"}
    desk.deliver(
        "2015-03",
        **{**MASTER_DATA, "customers": [secret, {**secret, "customer_id": "bad id"}, {**secret, "country": ""}]},
        dpor_attachments=[{}, {"event_id": "d2", "subscription_id": "nobody"}],
        assigned_seats=[{}],
        rates=[{}],
    )
    desk.file(
        "2015-03", "customers-2.csv", b'customer_id,organization_name,country,address,phone\nSecret Corp,"1 Hidden Rd\n'
    )
    for command in ("check", "run"):
        assert desk.dpor(command, "--max-quarantine", "1") == 0
        assert desk.dpor(command, "--max-quarantine", "1") == 0
        assert "set aside" in desk.said
        assert [value for value in secret.values() if value in desk.said] == []


def test_a_month_without_a_statement_counts_none(desk: Desk) -> None:
    desk.deliver("2015-03", **MASTER_DATA)
    desk.run()
    assert re.search(r"^Statements +0 ", desk.said, re.MULTILINE), desk.said
