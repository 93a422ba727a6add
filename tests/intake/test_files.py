"""What lies in the delivery folder: names, formats, several files a feed, and all that stops a run before it starts."""

from __future__ import annotations

import gzip
import io
import os
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest
from intake.desk import GOOD, MASTER_DATA, Desk, csv_of, filled

from schemas.policy import default_policy
from schemas.problems import Refused
from transforms.intake.staging import stage
from transforms.reading.survey import survey

SEATS = [{"assigned_seats": "7"}, {"assigned_seats": "101", "exported_at": "2015-03-31T14:00:00+02:00"}]
SEATS_AS_PARQUET = pl.DataFrame(
    {
        "assigned_seats": pl.Series([7, 101], dtype=pl.Int64),
        "purchased_seats": pl.Series([100, 100], dtype=pl.Int16),
        "exported_at": [datetime(2015, 3, 31, 12, tzinfo=UTC)] * 2,
        "snapshot_date": [date(2015, 3, 31)] * 2,
        "subscription_id": ["e3", "e3"],
        "more": [1.5, None],
    }
)


def parquet(frame: pl.DataFrame) -> bytes:
    written = io.BytesIO()
    frame.write_parquet(written)
    return written.getvalue()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("assigned_seats.csv", csv_of("assigned_seats", SEATS)),
        ("assigned_seats_march.csv", csv_of("assigned_seats", SEATS)),
        ("assigned_seats.csv", b"\xef\xbb\xbf" + csv_of("assigned_seats", SEATS).replace(b"\n", b"\r\n")),
        ("assigned_seats.csv.gz", gzip.compress(csv_of("assigned_seats", SEATS), mtime=0)),
        ("assigned_seats.parquet", parquet(SEATS_AS_PARQUET)),
        ("assigned_seats.parquet", parquet(SEATS_AS_PARQUET.cast({"exported_at": pl.Datetime("ns", "Asia/Tokyo")}))),
    ],
)
def test_csv_gzip_and_parquet_bring_the_same_rows(desk: Desk, name: str, content: bytes) -> None:
    desk.deliver("2015-03", **MASTER_DATA)
    desk.file("2015-03", name, content)
    desk.take_in()
    assert desk.rows("select assigned_seats, purchased_seats, exported_at::varchar from assigned_seats") == [
        (7, 100, "2015-03-31 12:00:00")
    ]
    assert desk.set_aside() == [f"2015-03/{name} 3: assigned_exceeds_purchased assigned_seats"]


def test_amounts_of_parquet_are_those_of_csv_whatever_their_scale(desk: Desk) -> None:
    amounts = pl.Series([Decimal("1.5"), Decimal("1.234567")], dtype=pl.Decimal(20, 6))
    desk.deliver("2015-03", rates=[{}])
    rates = pl.DataFrame([{**GOOD["rates"], "valid_to": None}] * 2).with_columns(amount_per_seat=amounts)
    desk.file("2015-03", "rates.parquet", parquet(rates))
    desk.take_in()
    assert "2015-03/rates.parquet: 2 = 0 + 1 + 1" in desk.counts()
    assert desk.set_aside() == ["2015-03/rates.parquet 3: out_of_range amount_per_seat"]


@pytest.mark.parametrize("microseconds", [-(9 * 10**18), 253_402_300_800 * 10**6, 9 * 10**18])
def test_days_and_instants_of_parquet_that_no_text_can_say_are_out_of_range(desk: Desk, microseconds: int) -> None:
    instants = pl.Series([microseconds, 0], dtype=pl.Int64).cast(pl.Datetime("us", "UTC"))
    days = pl.Series([16_525, microseconds // 10**12], dtype=pl.Int32).cast(pl.Date)
    desk.deliver("2015-03", **MASTER_DATA)
    desk.file(
        "2015-03",
        "assigned_seats.parquet",
        parquet(SEATS_AS_PARQUET.with_columns(exported_at=instants, snapshot_date=days, assigned_seats=7)),
    )
    desk.take_in()
    assert desk.set_aside() == [
        "2015-03/assigned_seats.parquet 2: out_of_range exported_at",
        "2015-03/assigned_seats.parquet 3: out_of_range snapshot_date",
    ]


def test_a_feed_may_come_in_several_files_each_with_its_own_columns_order_and_counts(desk: Desk) -> None:
    desk.deliver("2015-03", customers=[{}])
    desk.file(
        "2015-03",
        "customers-2.csv",
        b"phone,more,address,customer_id,country,organization_name\n1,x,A,c2,US,Two\n2,,A,,US,None\n",
    )
    desk.file("2015-03", "customers-3.csv", csv_of("customers", []))
    desk.take_in()
    assert desk.counts() == [
        "2015-03/customers-2.csv: 2 = 1 + 0 + 1",
        "2015-03/customers-3.csv: 0 = 0 + 0 + 0",
        "2015-03/customers.csv: 1 = 1 + 0 + 0",
    ]


def test_hidden_files_and_an_empty_delivery_are_nothing_to_speak_of(desk: Desk) -> None:
    desk.deliver("2015-03", **MASTER_DATA)
    desk.file("2015-03", ".DS_Store", b"x")
    desk.file(".git", "config", b"x")
    (desk.deliveries / ".hidden").write_bytes(b"x")
    desk.deliver("2015-04")
    desk.take_in()
    assert desk.delivered_in_store() == ["2015-03", "2015-04"]


MISFITS: dict[str, tuple[Callable[[Path], object], str]] = {
    "a misspelt feed": (lambda d: (d / "2015-03/seats.csv").write_bytes(b"x"), "2015-03/seats.csv: fits no feed"),
    "another case": (lambda d: (d / "2015-03/Caps.csv").write_bytes(b"x"), "2015-03/Caps.csv: fits no feed"),
    "a workbook": (
        lambda d: (d / "2015-03/caps.xlsx").write_bytes(b"x"),
        "2015-03/caps.xlsx: not of a known format (.csv, .csv.gz, .parquet); a workbook: save each of its sheets as",
    ),
    "an ending in capitals": (
        lambda d: (d / "2015-03/caps.CSV").write_bytes(b"x"),
        "2015-03/caps.CSV: not of a known format (.csv, .csv.gz, .parquet); the ending must be in small letters",
    ),
    "a ZIP": (
        lambda d: (d / "2015-03/caps.csv.zip").write_bytes(b"x"),
        "2015-03/caps.csv.zip: not of a known format (.csv, .csv.gz, .parquet); unpack it",
    ),
    "another format": (
        lambda d: (d / "2015-03/caps.json").write_bytes(b"x"),
        "2015-03/caps.json: not of a known format (.csv, .csv.gz, .parquet)",
    ),
    "a folder named like a file": (lambda d: (d / "2015-03/caps.csv").mkdir(), "2015-03/caps.csv: not a file"),
    "a nested folder": (lambda d: (d / "2015-03/more").mkdir(), "2015-03/more: not a file"),
    "a pipe": (lambda d: os.mkfifo(d / "2015-03/caps.csv"), "2015-03/caps.csv: not a file"),
    "a link": (
        lambda d: (d / "2015-03/caps.csv").symlink_to(d / "2015-03/customers.csv"),
        "2015-03/caps.csv: a symbolic link",
    ),
    "a link to nothing": (
        lambda d: (d / "2015-03/caps.csv").symlink_to(d / "gone"),
        "2015-03/caps.csv: a symbolic link",
    ),
    "a pattern": (
        lambda d: (d / "2015-03/caps[1].csv").write_bytes(b"x"),
        "2015-03/caps[1].csv: its name has characters",
    ),
    "a star": (lambda d: (d / "2015-03/caps*.csv").write_bytes(b"x"), "2015-03/caps*.csv: its name has characters"),
    "two dots": (lambda d: (d / "2015-03/caps..csv").write_bytes(b"x"), "2015-03/caps..csv: its name has characters"),
    "a newline": (
        lambda d: (d / "2015-03/caps\n.csv").write_bytes(b"x"),
        "2015-03/'caps\\n.csv': its name has characters",
    ),
    "bytes that are no text": (
        lambda d: Path(os.fsdecode(os.fsencode(d) + b"/2015-03/caps\xff.csv")).write_bytes(b"x"),
        "2015-03/'caps\\udcff.csv': its name has characters",
    ),
    "a folder that is no period": (lambda d: (d / "2015-3").mkdir(), "2015-3: neither a delivery's folder"),
    "a month that isn't": (lambda d: (d / "2015-13").mkdir(), "2015-13: neither a delivery's folder"),
    "a period and a newline": (lambda d: (d / "2015-04\n").mkdir(), "'2015-04\\n': neither a delivery's folder"),
    "a file beside the deliveries": (
        lambda d: (d / "caps.csv").write_bytes(b"x"),
        "caps.csv: neither a delivery's folder",
    ),
    "a file named as a period": (lambda d: (d / "2015-04").write_bytes(b"x"), "2015-04: named like a delivery, but"),
    "a linked delivery": (lambda d: (d / "2015-04").symlink_to(d / "2015-03"), "2015-04: a symbolic link"),
    "a linked policy": (lambda d: (d / "policy.toml").symlink_to(d / "gone"), "policy.toml: not a file"),
    "a folder named policy.toml": (lambda d: (d / "policy.toml").mkdir(), "policy.toml: not a file"),
    "a pipe named policy.toml": (lambda d: os.mkfifo(d / "policy.toml"), "policy.toml: not a file"),
    "a foreign column twice": (
        lambda d: (d / "2015-03" / "customers-2.csv").write_bytes(csv_of("customers", [{}]).replace(b"\n", b",x,x\n")),
        "2015-03/customers-2.csv: the column `x` appears 2 times",
    ),
}


@pytest.mark.parametrize("misfit", MISFITS)
def test_what_is_no_delivery_no_feed_or_no_plain_file_stops_the_run_by_name(desk: Desk, misfit: str) -> None:
    desk.deliver("2015-03", customers=[{}])
    put, problem = MISFITS[misfit]
    put(desk.deliveries)
    assert desk.dpor("check") == 2
    (said,) = desk.problems()
    assert said.startswith(problem)


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("dpor_attachment.csv", "; did you mean dpor_attachments?"),
        ("Caps-2.csv", "; did you mean caps?"),
        ("OSA_FORMS.CSV", "; did you mean osa_forms?"),
        ("notes.csv", ""),
    ],
)
def test_a_name_that_is_nearly_a_feed_s_is_told_which_one(desk: Desk, name: str, meant: str) -> None:
    desk.file("2015-03", name, b"x")
    assert desk.dpor("check") == 2
    (said,) = desk.problems()
    assert said.partition("rates, subscriptions")[2] == meant


@pytest.mark.parametrize("again", ["run", "check"])
def test_every_problem_of_every_file_is_listed_at_once_a_line_each_and_nothing_is_stored(
    desk: Desk, again: str
) -> None:
    desk.deliver("2015-03", customers=[{}])
    desk.take_in()
    before = desk.store()
    desk.deliver("2015-04", **MASTER_DATA)
    desk.file("2015-04", "caps.csv", b"mpn_id,mpn_id,Scope,service,fiscal_year\n")
    desk.file("2015-04", "rates.csv.gz", b"no gzip")
    desk.file("2015-04", "prices.csv", b"x")
    desk.file("2015-05", "osa_forms.csv", b"form_id;received_on;customer_id;service;mpn_id\n")
    desk.file("2015-05", "assigned_seats.parquet", parquet(SEATS_AS_PARQUET.cast({"assigned_seats": pl.Float64})))
    (desk.deliveries / "2015-6").mkdir()
    assert desk.dpor(again) == 2
    assert [problem.partition(" (")[0] for problem in desk.problems()] == [
        "2015-04/prices.csv: fits no feed: its name must begin with one of assigned_seats, caps, customers,"
        " dpor_attachments, osa_forms, partners, poe_reviews, rates, subscriptions",
        "2015-6: neither a delivery's folder",
        "2015-04/caps.csv: `Scope` found, `scope` expected",
        "2015-04/caps.csv: the column `amount` is missing",
        "2015-04/caps.csv: the column `mpn_id` appears 2 times",
        "2015-04/rates.csv.gz: its gzip is broken",
        "2015-05/assigned_seats.parquet: the column `assigned_seats` is of type Float64; text or an integer is"
        " expected",
        "2015-05/osa_forms.csv: `;` separates its columns, so only one was found; `,` is expected",
    ]
    assert desk.store() == before


def test_parquet_files_that_would_end_the_program_are_problems_beside_others(desk: Desk) -> None:
    """A page's header says, zigzag, how many values the page has: 51 is 26 less than none, which ends Polars."""
    whole = parquet(pl.DataFrame(filled("customers", [{"customer_id": f"c{i}"} for i in range(25)])))
    header = b"\x2c\x15\x32\x15"
    assert whole.count(header) == 5
    deadly = whole.replace(header, b"\x2c\x15\x33\x15")
    desk.file("2015-03", "customers.parquet", whole)
    desk.file("2015-03", "customers-2.parquet", deadly)
    desk.file("2015-03", "customers-3.parquet", whole[:-9])
    desk.file("2015-04", "customers-4.parquet", deadly)
    assert desk.dpor("check") == 2
    assert [problem.partition(" (")[0] for problem in desk.problems()] == [
        "2015-03/customers-2.parquet: is broken",
        "2015-03/customers-3.parquet: is not a complete Parquet file",
        "2015-04/customers-4.parquet: is broken",
    ]


def test_a_file_that_changes_between_hash_and_read_is_refused_by_name(desk: Desk, tmp_path: Path) -> None:
    desk.deliver("2015-03", customers=[{}])
    deliveries = survey(desk.deliveries, None)
    desk.deliver("2015-03", customers=[{}, {"customer_id": "c2"}])
    with pytest.raises(Refused, match=r"^2015-03/customers\.csv: changed while it was read"):
        stage(deliveries, default_policy(), tmp_path)


@pytest.mark.parametrize(
    ("policy", "problem"),
    [
        ("[program]\nservice = ['O365']\n", "policy.toml: program.service: no such key: did you mean services?"),
        ("[programme]\nservices = ['O365']\n", "policy.toml: programme: no such key: did you mean program?"),
        ("[payment]\nminimum_payment = 200.00\n", "policy.toml: payment.minimum_payment: an amount"),
        ("[program]\ncolour = 1\n", "policy.toml: program.colour: no such key"),
        ("[program]\nservices = []\n", "policy.toml: program.services: empty: name at least one"),
        ("[program]\nservices = 'O365'\n", "policy.toml: program.services: a list is expected"),
        ("[dates]\nfirst_period = '2014-13'\n", "policy.toml: dates.first_period: a period is written as 2014-10"),
        ("[payment]\ncurrency = 'usd'\n", "policy.toml: payment.currency: a currency is written as USD"),
        ("[dates]\ndpor_go_live = 2015-02-30\n", "policy.toml: not a TOML file"),
        ("[dates]\ndpor_go_live = '2015-02-30'\n", "policy.toml: dates.dpor_go_live: Input should be a valid date"),
        ("a = " + "[" * 5000 + "]" * 5000, "policy.toml: not a TOML file"),
        (f"[program]\nfiscal_year_start_month = {'9' * 5000}\n", "policy.toml: not a TOML file"),
        ("[program]\nincentives = ['DEPLOY', 'MANAGE', 'DEPLOY']\n", "policy.toml: program.incentives: named twice"),
        ("[program]\nincentives = ['DEPLOY', 'deploy']\n", "policy.toml: program.incentives: named twice"),
        ("[program]\nservices = ['O365', 'EMS', 'EMS']\n", "policy.toml: program.services: named twice"),
        ("[program]\nincentives = ['-DEPLOY']\n", "policy.toml: program.incentives.0: a name has 1 to 64"),
        *(
            (f"[dates]\ndpor_go_live = {day}\n", "policy.toml: dates.dpor_go_live: a day is written as")
            for day in ("1425254400", "'1425254400'", "2015-03-02T00:00:00+02:00", "'2015-03-02 '", "true")
        ),
        *(
            (
                f"[payment]\nminimum_payment = '{amount}'\n",
                "policy.toml: payment.minimum_payment: an amount",
            )
            for amount in ("\uff1200", "2_00", "+200", " 200", "2e2", "200.001", "-1", "")
        ),
    ],
)
def test_a_policy_with_a_misspelt_key_or_a_wrong_value_is_unusable(desk: Desk, policy: str, problem: str) -> None:
    desk.deliver("2015-03", customers=[{}])
    (desk.deliveries / "policy.toml").write_text(policy, encoding="utf-8")
    assert desk.dpor("run") == 2
    assert desk.problems()[0].startswith(problem)
    assert desk.delivered_in_store() == []


def test_a_policy_may_begin_with_a_byte_order_mark(desk: Desk) -> None:
    desk.deliver("2015-03", customers=[{}])
    (desk.deliveries / "policy.toml").write_text("[payment]\nminimum_payment = '100'\n", encoding="utf-8-sig")
    assert desk.dpor("run") == 0


def test_the_services_and_incentives_are_those_of_the_policy(desk: Desk) -> None:
    (desk.deliveries / "policy.toml").write_text("[program]\nservices = ['AZURE']\nincentives = ['SELL']\n", "utf-8")
    desk.deliver("2015-03", rates=[{}, {"service": "AZURE"}, {"service": "AZURE", "incentive": "SELL"}])
    desk.take_in()
    assert desk.set_aside() == [
        "2015-03/rates.csv 2: bad_value incentive",
        "2015-03/rates.csv 3: bad_value incentive",
    ]


@pytest.mark.parametrize("off", ["False", "0", "false"])
def test_nothing_is_taken_in_where_panderas_checks_are_switched_off(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, off: str
) -> None:
    monkeypatch.setenv("PANDERA_VALIDATION_ENABLED", off)
    desk.deliver("2015-03", partners=[{}])
    assert desk.dpor("run") == 2
    assert "PANDERA_VALIDATION_ENABLED switches every check of the input off: unset it and run again" in desk.problems()
    assert desk.delivered_in_store() == []
