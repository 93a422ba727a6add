"""The books that are meant: a forgotten --db or --deliveries, a backup older than its journal, a delivery that went."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from ledger.bench import Books, deliver_four_months

from flows.dpor import exit_code

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("command", ["close", "export", "notify"])
def test_books_that_are_not_there_are_named_and_none_are_begun(books: Books, command: str) -> None:
    deliver_four_months(books)
    books.refuses(command, "--period", "2015-02", because=[f"{books.store}: no store there", "--db"])
    assert not books.store.exists()


def test_without_deliveries_the_default_is_not_taken_into_books_of_others(
    closed: Books, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(Path(__file__).resolve().parents[2])
    places = ["--db", str(closed.database), "--out", str(closed.statements)]
    before = closed.bytes()
    for asked in (["run"], ["run", "--through", "2015-06", "--close"], ["close", "--period", "2015-05"], ["check"]):
        assert exit_code([*asked, *(places if asked != ["check"] else places[:2])]) == 4
        said = " ".join(capsys.readouterr().err.split())
        assert "without --deliveries, data/sample would be read, but these books were made from" in said
        assert f"--deliveries {closed.deliveries}" in said
    assert closed.bytes() == before
    assert exit_code(["status", *places[:2]]) == 0
    shown = capsys.readouterr().out
    assert f"Folder    {closed.deliveries}/  nothing new" in shown
    assert f"--deliveries {closed.deliveries}" in shown
    assert exit_code(["run", "--deliveries", str(closed.deliveries), *places]) == 0


def test_deliveries_named_by_a_dot_are_known_by_their_name_too(
    closed: Books, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    places = ["--db", str(closed.database), "--out", str(closed.statements)]
    monkeypatch.chdir(closed.deliveries)
    assert exit_code(["run", "--deliveries", ".", *places]) == 0
    monkeypatch.chdir(Path(__file__).resolve().parents[2])
    assert exit_code(["run", *places]) == 4
    assert f"--deliveries {closed.deliveries}" in capsys.readouterr().err


def test_books_whose_deliveries_went_elsewhere_are_not_asked_for_them(
    closed: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    (closed.folder / "data").mkdir()
    closed.deliveries.rename(closed.folder / "data" / "sample")
    monkeypatch.chdir(closed.folder)
    assert exit_code(["run", "--db", str(closed.database), "--out", str(closed.statements)]) == 0


def test_a_delivery_that_is_in_the_folder_no_more_is_told_when_it_is_taken_out(closed: Books) -> None:
    shutil.rmtree(closed.deliveries / "2015-05")
    closed.does("run", "--period", "2015-05")
    assert "2015-05 no longer in the folder, so taken out of the store" in closed.complained
    closed.does("run", "--period", "2015-05")
    assert "no more" not in closed.complained


# A backup that is older than its journal


@pytest.fixture
def restored(closed: Books) -> Books:
    """The store of April, put back after May closed, as if it were the latest; May's statements are out of the way."""
    older = closed.folder / "backup"
    shutil.copytree(closed.store, older)
    note = closed.store.with_suffix(".published.json")
    noted = note.read_bytes()
    closed.does("close", "--period", "2015-05")
    shutil.rmtree(closed.store)
    older.rename(closed.store)
    note.write_bytes(noted)
    closed.database.unlink()
    shutil.rmtree(closed.statements / "2015-05")
    return closed


def test_a_month_that_the_journal_knows_closed_is_not_closed_again(restored: Books) -> None:
    journal = restored.store.with_suffix(".journal.jsonl")
    restored.does("run", "--period", "2015-05")
    told = [f"{journal} line 4: 2015-05 was closed as", "older than their journal: put the latest backup back"]
    restored.refuses("close", "--period", "2015-05", because=told)
    restored.refuses("run", "--through", "2015-05", "--close", because=told)
    assert restored.dpor("verify") == 5
    assert f"✗ the journal of closings\n    {journal} line 4: 2015-05 was closed as" in restored.said
    journal.unlink()
    restored.does("close", "--period", "2015-05")
    restored.does("verify")


def test_closings_that_are_gone_altogether_are_missed_by_the_journal(closed: Books) -> None:
    shutil.rmtree(closed.store / "closed")
    closed.store.with_suffix(".published.json").unlink()
    shutil.rmtree(closed.statements)
    assert closed.dpor("verify") == 5
    assert closed.said.count("was closed as") == 3
    closed.does("run", "--period", "2015-02")
    for command in (["close", "--period", "2015-02"], ["run", "--through", "2015-04", "--close"]):
        closed.refuses(*command, because=["2015-02 was closed as", "2015-04 was closed as", "older than their journal"])


def test_a_line_of_the_journal_that_is_none_of_ours_is_passed_over(closed: Books) -> None:
    with closed.store.with_suffix(".journal.jsonl").open("a") as journal:
        journal.write('{"closed": "2015-03", "manifest": ["x"]}\n["x"]\nnot json\n')
    closed.does("verify")
    closed.does("close", "--period", "2015-05")


def test_what_lies_beside_the_chain_is_told(closed: Books) -> None:
    (closed.store / "extra.txt").write_text("x")
    assert closed.dpor("verify") == 5
    assert f"{closed.store / 'extra.txt'}: not in the chain: remove it" in closed.said
    assert closed.complained.endswith("dpor: differences found: 1, marked ✗ above\n")


def test_what_a_system_leaves_in_a_folder_of_the_store_is_to_be_taken_away_and_not_put_back(closed: Books) -> None:
    left = closed.store / "closed" / "2015-03" / ".DS_Store"
    left.write_bytes(b"")
    closed.refuses("run", because=[f"{left}: not ours: remove it"])
    assert "backup" not in closed.complained
    assert closed.dpor("verify") == 5
    assert closed.complained.endswith("dpor: differences found: 1, marked ✗ above\n")
    left.unlink()
    closed.does("verify")
