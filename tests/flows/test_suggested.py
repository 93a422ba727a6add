"""A command that is suggested can be typed as shown: it names the books of the one that suggests it."""

from __future__ import annotations

import inspect
import re
import shlex
import subprocess
from pathlib import Path

import pytest
from ledger.bench import Books, deliver_four_months

from flows.command_line.suggested import TAKEN_BY, remember_places, with_places
from flows.dpor import COMMANDS, exit_code


@pytest.mark.parametrize("name", sorted(set(COMMANDS) - {"completion"}))
def test_a_command_is_given_the_places_that_it_takes(name: str) -> None:
    takes = inspect.signature(COMMANDS[name][0]).parameters
    assert [option for option, commands in TAKEN_BY.items() if name in commands] == [
        option
        for option in TAKEN_BY
        if option[2:] in takes and not (option == "--out" and name in ("notify", "export"))
    ]


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        (
            "dpor reconcile --period 2015-06; when every total agrees, dpor close --period 2015-06",
            "dpor reconcile --period 2015-06 --db b.duckdb; when every total agrees,"
            " dpor close --period 2015-06 --db b.duckdb --deliveries 'my d' --out o",
        ),
        ("`dpor run` makes one", "`dpor run --db b.duckdb --deliveries 'my d' --out o` makes one"),
        (
            "dpor run --through 2015-06 --close, all",
            "dpor run --through 2015-06 --close --db b.duckdb --deliveries 'my d' --out o, all",
        ),
        (
            "`dpor statement MPN_ID --period 2015-06` shows",
            "`dpor statement --db b.duckdb MPN_ID --period 2015-06` shows",
        ),
        ("`dpor run --period P --as-known-on DELIVERY`", None),
        ("`dpor close --help` says", "`dpor close --help` says"),
        ("dpor: a rundown of what dpor runs", "dpor: a rundown of what dpor runs"),
    ],
)
def test_places_follow_a_commands_options(said: str, meant: str | None) -> None:
    remember_places(["run", "--db", "b.duckdb", "--deliveries=my d", "--out", "o", "--period", "2015-06"])
    appended = f"{said[:-1]} --db b.duckdb --deliveries 'my d' --out o`"
    assert with_places(said) == (appended if meant is None else meant)


def test_a_partner_that_is_called_like_a_command_is_shown_as_it_came(tmp_path: Path) -> None:
    books = Books(tmp_path)
    deliver_four_months(books)
    books.deliver("2015-05", partners="mpn_id partner_name\n L GmbH")
    named = books.deliveries / "2015-05" / "partners.csv"
    named.write_text(named.read_text().replace("GmbH", "dpor run GmbH"))
    books.does("run", "--period", "2015-05")
    books.does("statement", "1100001", "--period", "2015-05")
    assert "1100001 dpor run GmbH, 2015-05" in books.said


def test_a_repeated_notify_has_its_settings_and_where_messages_go_is_not_where_statements_go() -> None:
    remember_places(["notify", "--period", "2015-03", "--send", "--settings", "mail.toml"])
    assert with_places("`dpor notify --period 2015-03 --send` again") == (
        "`dpor notify --period 2015-03 --send --settings mail.toml` again"
    )
    remember_places(["notify", "--out", "messages", "--db", "b.duckdb"])
    assert with_places("dpor close --period 2015-06") == "dpor close --period 2015-06 --db b.duckdb"


@pytest.mark.parametrize(
    ("place", "typed"),
    [
        ("-x/in", "./-x/in"),
        ("-x/in put", "'./-x/in put'"),
        ("in\tput", r"$'in\x09put'"),
        ("it's\u202e\\", r"$'it\x27s\xe2\x80\xae\x5c'"),
    ],
)
def test_a_place_is_typed_so_that_a_shell_and_dpor_take_it_for_that(place: str, typed: str) -> None:
    remember_places(["run", f"--deliveries={place}"])
    assert with_places("dpor status") == f"dpor status --deliveries {typed}"
    said = subprocess.run(["bash", "-c", f"printf %s {typed}"], capture_output=True, check=True).stdout.decode()
    assert said.removeprefix("./") == place


def test_what_a_question_suggests_reads_and_writes_where_the_last_run_did(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    books = Books(tmp_path)
    books.deliveries, books.statements = tmp_path / "in put", tmp_path / "o ut"
    deliver_four_months(books)
    books.does("run", "--period", "2015-02")
    books.statements = tmp_path / "later"
    books.does("run", "--period", "2015-03")
    monkeypatch.chdir(tmp_path)
    asked = ["--db", str(books.database)]
    books.arguments = lambda command, *words: [command, *asked, *words]  # type: ignore[method-assign]
    places = f"--db {books.database} --deliveries 'in put' --out"
    books.refuses("export", "--period", "2015-02", because=[f"`dpor close --period 2015-02 {places} 'o ut'`"])
    assert books.dpor("explain", "e1", "--period", "2015-04") == 2
    assert f"`dpor status --db {books.database} --deliveries 'in put'`" in books.complained
    books.does("check", "--deliveries", "in put")
    assert f"`dpor run --period 2015-05 {places} later`" in books.said
    named = "name the one you mean: --deliveries 'in put'"
    books.refuses("close", "--period", "2015-02", because=[f"{named} --out later\n"])
    books.refuses("check", because=[f"{named}\n"])
    assert exit_code(shlex.split(f"close --period 2015-02 {places} 'o ut'")) == 0


@pytest.mark.slow
def test_what_comes_next_can_be_typed_month_after_month(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    books = Books(tmp_path / "in a place")
    deliver_four_months(books)
    monkeypatch.chdir(tmp_path)
    typed = [shlex.join(["dpor", *books.arguments("run", "--period", "2015-02")])]
    done = []
    while typed:
        words = shlex.split(typed.pop(0))[1:]
        assert exit_code(words) == 0, capsys.readouterr().err
        done.append(f"{words[0]} {words[words.index('--period') + 1]}")
        for following in re.findall(r"^Next +(.*)", capsys.readouterr().out, re.MULTILINE):
            typed = re.findall(r"dpor [^;]*(?= when its)|dpor [^;]*", following) if len(done) < 9 else []
    assert done == [f"{what} 2015-0{month}" for month in (2, 3, 4) for what in ("run", "reconcile", "close")]
    assert [path.name for path in tmp_path.iterdir()] == ["in a place"]
