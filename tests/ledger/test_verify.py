"""`dpor verify` finds and names what was changed, lost or slipped into the store; `dpor run` works on none of it."""

from __future__ import annotations

import shutil
from pathlib import Path
from random import Random

import duckdb
import polars as pl
import pytest
from ledger.bench import CAMPAIGN, Books, files_in

from flows.dpor import exit_code
from transforms.files.sealed_json import read_sealed, write_sealed
from transforms.reading.survey import sha256

pytestmark = pytest.mark.slow

FLIPS = max(1, CAMPAIGN // 10)
"""Bytes that are flipped in each file of the store, one after the other."""


def test_an_untouched_store_is_proven(closed: Books) -> None:
    closed.does("verify")
    assert closed.said.count("as known when it closed") == closed.said.count("the files in") == 3
    assert "✗" not in closed.said
    assert f"last closing: 2015-04 {sha256(closed.store / 'closed' / '2015-04' / 'manifest.json')}" in closed.said


def test_one_flipped_byte_in_each_file_is_found_and_named(closed: Books) -> None:
    random = Random(7)
    names = sorted(files_in(closed.store))
    assert {name.rsplit("/")[-1] for name in names} >= {
        "manifest.json", "quarantine.parquet", "intake_log.parquet", "posted_lines.parquet",
        "posted_states.parquet", "assigned_seats.parquet",
    }  # fmt: skip
    note = closed.store.with_suffix(".published.json")
    for name in [*names, str(note)]:
        path = closed.store / name
        whole = path.read_bytes()
        for _ in range(FLIPS):
            at = random.randrange(len(whole))
            path.write_bytes(whole[:at] + bytes([whole[at] ^ 1 << random.randrange(8)]) + whole[at + 1 :])
            code = closed.dpor("verify")
            assert (code, f"{path}" in closed.said) == (5, True), f"{name}, byte {at}: exit {code}\n{closed.said}"
            assert "Traceback" not in closed.complained
        path.write_bytes(whole)
    closed.does("verify")


def test_a_file_that_is_missing_or_cut_off_is_named(closed: Books) -> None:
    for name, content in files_in(closed.store).items():
        path = closed.store / name
        for spoilt in (None, content[:-1], b""):
            if spoilt is None:
                path.unlink()
            else:
                path.write_bytes(spoilt)
            assert closed.dpor("verify") == 5, f"{name}: {closed.said}"
            assert str(path) in closed.said
        path.write_bytes(content)


@pytest.mark.parametrize(
    "change",
    [
        "update statements set payment = payment + 1, closing_balance = closing_balance - 1 where {}",
        "update statements set state = 'DRAFT' where {}",
        "insert into statements from statements where {}",
        "update statement_lines set amount = amount + 1 where {}",
        "delete from statement_lines where {} and kind = 'CURRENT'",
    ],
)
def test_a_closed_statement_that_the_database_tells_otherwise_is_named(closed: Books, change: str) -> None:
    with duckdb.connect(str(closed.database)) as con:
        con.execute(change.format("statement_period = '2015-04' and mpn_id = '1100001'"))
    assert closed.dpor("verify") == 5
    assert closed.said.count("statement isn't shown as it was posted") == 1
    assert "2015-04: 1100001's statement isn't shown as it was posted" in closed.said
    assert "remove the database" in closed.complained
    closed.database.unlink()
    closed.does("verify")


def test_a_draft_in_the_database_is_nobodys_to_prove(closed: Books) -> None:
    with duckdb.connect(str(closed.database)) as con:
        con.execute("update statements set payment = payment + 1 where state = 'DRAFT'")
    closed.does("verify")


@pytest.mark.parametrize("folder", ["deliveries/2015-02", "deliveries/2015-03", "closed/2015-02", "closed/2015-03"])
def test_a_missing_folder_breaks_the_chain(closed: Books, folder: str) -> None:
    shutil.rmtree(closed.store / folder)
    assert closed.dpor("verify") == 5
    closed.refuses("run", "--period", "2015-05", because=["put"])


@pytest.mark.parametrize(("period", "since"), [("2015-02", ""), ("2015-03", ", from 2015-03 on")])
def test_a_closing_that_is_missing_is_named_and_not_the_one_after_it(closed: Books, period: str, since: str) -> None:
    shutil.rmtree(closed.store / "closed" / period)
    after = closed.store / "closed" / ("2015-03" if period == "2015-02" else "2015-04")
    missing = f"{after}: closed periods before it are missing{since}"
    closed.refuses("run", "--period", "2015-05", because=[missing, "put their folders back from a backup"])
    assert closed.dpor("verify") == 5
    assert f"✗ the chain of manifests\n    {missing}\n" in closed.said
    assert closed.complained.endswith(
        "dpor: differences found: 1, marked ✗ above\ndpor: put their folders back from a backup\n"
    )


def test_a_sealed_delivery_that_is_missing_in_the_store_is_not_looked_for_in_the_folder(closed: Books) -> None:
    deliveries = closed.store / "deliveries"
    shutil.rmtree(deliveries / "2015-03")
    told = [f"{deliveries}/2015-03: missing", f"{deliveries}/2015-04: there, but not the one it followed"]
    for command in (("status",), ("run", "--period", "2015-05")):
        closed.refuses(*command, because=["the store is damaged:", *told, "put the folder back from a backup"])
        assert f"{deliveries}/2015-02" not in closed.complained
    assert closed.dpor("verify") == 5
    assert [line for line in told if f"    {line}\n" not in closed.said] == []


@pytest.mark.parametrize("folder", ["closed/2015-04", "closed", "."])
def test_the_last_closing_taken_away_is_found_and_its_period_is_not_run_again(closed: Books, folder: str) -> None:
    shutil.rmtree(closed.store / folder)
    assert closed.dpor("verify") == 5
    closed.refuses("run", "--period", "2015-04", because=["closed"])


@pytest.mark.parametrize("name", ["1100001.csv", "summary.csv", "summary.txt", "summary.html"])
def test_a_statement_that_was_changed_is_named_and_written_again_once_it_is_taken_away(
    closed: Books, name: str
) -> None:
    path = closed.statements / "2015-03" / name
    whole = path.read_bytes()
    path.write_bytes(whole.replace(b"0", b"9", 1))
    assert closed.dpor("verify") == 5
    assert f"{path}: changed since it was written" in closed.said
    assert closed.said.count("changed") == 1
    path.unlink()
    closed.does("verify")
    assert path.read_bytes() == whole


def test_a_statement_that_nobody_wrote_is_named(closed: Books) -> None:
    (closed.statements / "2015-03" / "7654321.pdf").write_bytes(b"%PDF")
    (closed.statements / "2015-03" / "notes of ours.txt").write_text("no statement")
    assert closed.dpor("verify") == 5
    assert f"{closed.statements}/2015-03/7654321.pdf: not one that was written" in closed.said
    assert "remove these statement files" in closed.complained
    assert "backup" not in closed.complained
    assert "notes" not in closed.said


def test_a_sheet_and_a_pdf_are_held_against_what_was_published_too(closed: Books) -> None:
    closed.does("close", "--period", "2015-05", "--formats", "csv,xlsx,pdf")
    closed.does("verify")
    for form in ("xlsx", "pdf"):
        path = closed.statements / "2015-05" / f"1100001.{form}"
        path.write_bytes(path.read_bytes() + b" ")
    assert closed.dpor("verify") == 5
    assert closed.said.count("1100001.xlsx: changed") == closed.said.count("1100001.pdf: changed") == 1


def test_documents_of_another_version_of_what_makes_them_are_left_out(
    closed: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed.does("close", "--period", "2015-05", "--formats", "csv,xlsx,pdf")
    monkeypatch.setattr("flows.month.proving.made_with", lambda: "typst of tomorrow")
    folder = closed.statements / "2015-05"
    for form in ("xlsx", "pdf"):
        (folder / f"1100001.{form}").write_bytes(b"as another version makes it")
    closed.does("verify")
    (folder / "1100001.csv").write_text("changed")
    assert closed.dpor("verify") == 5


def test_each_months_files_are_looked_for_where_they_were_written(closed: Books) -> None:
    elsewhere = closed.folder / "elsewhere"
    assert exit_code([*closed.arguments("run", "--period", "2015-05")[:-1], str(elsewhere)]) == 0
    (closed.statements / "2015-03" / "1100001.csv").unlink()
    closed.does("verify")
    assert (closed.statements / "2015-03" / "1100001.csv").exists()
    assert [path.name for path in elsewhere.iterdir()] == ["2015-05"]
    (closed.statements / "2015-03" / "1100001.csv").write_text("changed")
    assert closed.dpor("verify") == 5
    assert f"{closed.statements}/2015-03/1100001.csv: changed" in closed.said


def test_a_draft_that_was_written_elsewhere_is_not_what_was_closed(closed: Books) -> None:
    drafts = closed.folder / "drafts"
    assert exit_code([*closed.arguments("run", "--period", "2015-05")[:-1], str(drafts)]) == 0
    closed.does("close", "--period", "2015-05")
    closed.deliver("2015-06", customers="customer_id\n another")
    assert exit_code([*closed.arguments("run", "--period", "2015-06")[:-1], str(drafts)]) == 0
    closed.does("verify")
    assert f"the files in {closed.statements}/2015-05" in closed.said


def test_a_period_of_which_no_place_is_known_is_left_out(closed: Books) -> None:
    closed.store.with_suffix(".published.json").unlink()
    closed.does("run", "--period", "2015-05")
    (closed.statements / "2015-03" / "1100001.csv").write_text("changed")
    closed.does("verify")
    assert "2015-03 as known when it closed" in closed.said
    assert "statements/2015-03" not in closed.said


@pytest.mark.parametrize("error", [PermissionError(13, "Permission denied"), OSError(5, "Input/output error")])
def test_what_cannot_be_read_is_said_and_the_rest_verified(
    closed: Books, monkeypatch: pytest.MonkeyPatch, error: OSError
) -> None:
    def cmp(one: Path, other: Path, *, shallow: bool) -> bool:
        if other.name == "1100001.csv":
            raise error
        return not shallow and one.read_bytes() == other.read_bytes()

    monkeypatch.setattr("filecmp.cmp", cmp)
    assert closed.dpor("verify") == 5
    assert closed.said.count("1100001.csv: can't be read, so it wasn't compared") == 3
    assert "missing" not in closed.said


def test_statements_of_another_version_are_not_held_against_this_ones(
    closed: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    (closed.statements / "2015-03" / "1100001.csv").write_text("as another version wrote it")
    for module in ("flows.month.proving", "flows.month.steps", "transforms.books.ledger"):
        monkeypatch.setattr(f"{module}.VERSION", "another")
    closed.does("verify")
    assert "the files in" not in closed.said


def test_where_periods_are_closed_the_note_of_what_was_published_last_is_missed(closed: Books) -> None:
    closed.store.with_suffix(".published.json").unlink()
    assert closed.dpor("verify") == 5
    assert "dpor.published.json" in closed.said


@pytest.mark.parametrize("name", ["deliveries/2015-02/customers.parquet", "closed/2015-03/posted_lines.parquet"])
def test_a_link_in_a_files_place_is_named(closed: Books, name: str) -> None:
    path = closed.store / name
    path.rename(closed.folder / "elsewhere")
    path.symlink_to(closed.folder / "elsewhere")
    assert closed.dpor("verify") == 5
    assert f"{path}: not a file" in closed.said
    closed.refuses("run", "--period", "2015-05", because=[f"{path}: not a file"])


@pytest.mark.parametrize("name", ["closed/2015-04/manifest.json", "deliveries/2015-03/manifest.json"])
def test_a_manifest_too_deep_to_be_read_is_named(closed: Books, name: str) -> None:
    path = closed.store / name
    path.write_text("[" * 100_000, encoding="utf-8")
    assert closed.dpor("verify") == 5
    assert f"{path}: missing or damaged" in closed.said
    closed.refuses("run", "--period", "2015-05", because=[f"{path}: missing or damaged"])


@pytest.mark.parametrize("name", ["closed/2015-03/more.parquet", "deliveries/2015-02/more.parquet"])
def test_a_stray_file_is_named(closed: Books, name: str) -> None:
    (closed.store / name).write_bytes(b"")
    assert closed.dpor("verify") == 5
    assert name in closed.said


@pytest.mark.parametrize("name", ["closed/2015-09", "deliveries/2015-09", "closed/else"])
def test_a_stray_folder_is_named(closed: Books, name: str) -> None:
    shutil.copytree(closed.store / name.split("/")[0] / "2015-03", closed.store / name)
    assert closed.dpor("verify") == 5
    assert name in closed.said


def test_a_closing_that_was_made_up_afresh_hashes_and_all_is_found_by_working_it_out_again(closed: Books) -> None:
    """Whoever can write a manifest can seal a lie; what the deliveries come to gives it away."""
    folder = closed.store / "closed" / "2015-04"
    path = folder / "posted_statements.parquet"
    pl.read_parquet(path).with_columns(payment=pl.col("payment") + 1).write_parquet(path)
    manifest = read_sealed(folder / "manifest.json")
    manifest["files"]["posted_statements.parquet"]["sha256"] = sha256(path)
    write_sealed(folder / "manifest.json", manifest)
    note = closed.store.with_suffix(".published.json")
    write_sealed(note, {**read_sealed(note), "last_closed": sha256(folder / "manifest.json")})
    assert closed.dpor("verify") == 5
    assert "1200001's statement comes to something other than what was posted" in closed.said
    assert "leads to an impossible result (statements_" in closed.complained


DAMAGED = [
    "deliveries/2015-02/assigned_seats.parquet",
    "deliveries/2015-03/quarantine.parquet",
    "deliveries/2015-04/manifest.json",
    "deliveries/2015-05/assigned_seats.parquet",
    "closed/2015-02/posted_lines.parquet",
    "closed/2015-03/manifest.json",
    "closed/2015-04/posted_rates.parquet",
    "../dpor.published.json",
]


@pytest.mark.parametrize("name", DAMAGED)
def test_a_damaged_store_is_worked_on_by_no_run(closed: Books, name: str) -> None:
    path = (closed.store / name).resolve()
    whole = path.read_bytes()
    path.write_bytes(whole[:-20] + bytes([whole[-20] ^ 4]) + whole[-19:])
    closed.refuses("run", "--period", "2015-05", because=[str(path), "backup"])
    closed.refuses("close", "--period", "2015-05", because=[str(path), "backup"])
    closed.database.unlink()
    closed.refuses("statement", "1100001", "--period", "2015-05", because=[str(path), "backup"])


def test_what_is_put_back_from_a_backup_goes_on(closed: Books) -> None:
    path = closed.store / "closed" / "2015-03" / "posted_states.parquet"
    whole = path.read_bytes()
    path.unlink()
    closed.refuses("run", "--period", "2015-05", because=[f"{path}: missing"])
    path.write_bytes(whole)
    closed.does("close", "--period", "2015-05")
    closed.does("verify")


def test_a_closing_that_cant_be_read_is_refused_and_named(closed: Books) -> None:
    path = closed.store / "closed" / "2015-03" / "posted_statements.parquet"
    path.write_bytes(path.read_bytes()[:-9])
    for command in ("status", "check", "run"):
        closed.refuses(command, because=[f"{path}: changed", "from a backup"])
    assert closed.dpor("verify") == 5
    assert f"{path}: changed" in closed.said
    path.unlink()
    closed.refuses("run", because=[f"{path}: missing", "from a backup"])
