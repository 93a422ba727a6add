"""Whatever a delivery says, a terminal, a log and a Prefect state get it as text on one line that obeys nobody."""

from __future__ import annotations

import json
import pickle
import re
from pathlib import Path

import pytest
from ledger.bench import Books

from flows.command_line.terminal import Terminal
from schemas.problems import Refused, UnusableInput, UserProblem

pytestmark = pytest.mark.slow

HOSTILE = "\x1b[2J\x07\r\nNext      all fine\u202e\x9b1m"


def is_tame(said: str) -> None:
    assert [character for character in said if not character.isprintable() and character != "\n"] == []
    assert [line for line in said.splitlines() if line.startswith("Next      all fine")] == []


@pytest.fixture
def books(tmp_path: Path) -> Books:
    made = Books(tmp_path)
    made.deliver(
        "2015-02",
        partners="mpn_id partner_name\n L Lit|",
        customers="customer_id organization_name\n c Con|",
        subscriptions="subscription_id customer_id program offer\n s c MOSA| E3|\n t c EA E3|",
        osa_forms="form_id customer_id mpn_id\n f c L",
        assigned_seats="subscription_id snapshot_date assigned_seats\n s 2015-02-28 9\n t 2015-02-28 9",
        rates="amount_per_seat\n 100.00",
    )
    for file in (made.deliveries / "2015-02").iterdir():
        file.write_bytes(re.sub(rb"\w+\|", _quoted, file.read_bytes()))
    return made


def _quoted(cell: re.Match[bytes]) -> bytes:
    return b'"' + cell[0][:-1] + HOSTILE.encode() + b'"'


def test_texts_that_were_accepted_are_answered_on_their_lines(books: Books) -> None:
    for asked in (
        ("check",),
        ("run", "--through", "2015-02", "--close"),
        ("explain", "s", "--period", "2015-02"),
        ("explain", "t", "--period", "2015-02"),
        ("statement", "1100001", "--period", "2015-02"),
        ("reconcile", "--period", "2015-02"),
        ("notify", "--period", "2015-02", "--out", str(books.folder / "notices")),
        ("export", "--period", "2015-02", "--out", str(books.folder / "payments.csv")),
        ("status",),
        ("verify",),
    ):
        books.does(*asked)
        is_tame(books.said)
        is_tame(books.complained)


def test_a_header_and_a_key_of_the_policy_are_named_on_one_line(books: Books) -> None:
    (books.deliveries / "2015-02/caps.csv").write_bytes(f'mpn_id,"{HOSTILE}","{HOSTILE}",scope\n'.encode())
    key = json.dumps(f"key{HOSTILE}")
    (books.deliveries / "policy.toml").write_text(f"[program]\n{key} = 1\n[{key}]\nother = 2\n", encoding="utf-8")
    for command, code in (("run", 2), ("check", 2), ("status", 0)):
        assert books.dpor(command) == code
        is_tame(books.said)
        is_tame(books.complained)
        assert "all fine" in books.said + books.complained


@pytest.mark.parametrize("kind", [UnusableInput, Refused])
def test_problems_are_a_line_each_also_where_another_process_raised_them(kind: type[UserProblem]) -> None:
    problem = kind(f"in.csv: `{HOSTILE}`", "out.csv: is empty")
    again = pickle.loads(pickle.dumps(problem))  # noqa: S301
    for one in (problem, again):
        assert len(one.problems) == len(str(one).splitlines()) == 2
        is_tame(str(one))


def test_a_stray_file_in_the_store_and_a_mistyped_argument_are_named_on_one_line(books: Books) -> None:
    books.does("run", "--through", "2015-02", "--close")
    (books.store / "closed/2015-02" / HOSTILE.replace("\x1b", "\x1b\x1b")).touch()
    for asked, code in ((("verify",), 5), (("status", f"--{HOSTILE}"), 2)):
        assert books.dpor(*asked) == code
        is_tame(books.said)
        is_tame(books.complained)
        assert "all fine" in books.said + books.complained


def test_a_result_is_shown_without_anything_that_a_terminal_obeys(capsys: pytest.CaptureFixture[str]) -> None:
    Terminal().show(f"{HOSTILE.replace(chr(10), ' ')}\nsecond line")
    said = capsys.readouterr().out
    is_tame(said)
    assert said.splitlines()[1] == "second line"
