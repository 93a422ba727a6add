"""Every history of one and of two events, in every wording: the SQL and the twin agree, and what is promised holds.

Those of three and four are the campaign's (`campaign.py`). Here is also shown that what it looks for, it finds.
"""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
import sqlglot
from exhaustive.alone import Alone
from exhaustive.bench import CAPS, worked_out
from exhaustive.campaign import Campaign, changed_by_others, main
from exhaustive.compared import said_of, sums, unlike
from exhaustive.laws import LAWS, LAWS_OF_LINES, broken
from exhaustive.sequences import EVENTS, PLACES, History, count, histories, orders, places

from transforms.database import warehouse

EVERY_LAW = LAWS | LAWS_OF_LINES


@pytest.mark.parametrize("length", [1, pytest.param(2, marks=pytest.mark.slow)])
def test_the_twin_agrees_and_every_law_holds(length: int, tmp_path: Path) -> None:
    campaign = Campaign(length, tmp_path, whole=True, twice=True)
    found = [campaign.take(part) for part in campaign.parts]
    assert sum(part.histories for part in found) == count(length)
    assert [part.disagree for part in found if part.disagree] == []
    assert [part.broken for part in found if part.broken] == []


def in_the_words_that_are_taken(steps: list[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """The same history in time, under the names by which it is taken, without reviews that have no effect."""
    live, day_after = 1, 2
    if live not in [place for _, place in steps]:
        steps = [(event, live if place == day_after else place) for event, place in steps]
    told = sorted(((EVENTS[event], place) for event, place in steps), key=lambda step: (step[1], step[0].kind == "F"))
    first_partner = told[0][0].partner
    first_subscription = next((event.subscription for event, _ in told if event.subscription), "a")
    found = []
    for event, place in told:
        partner = "AB"[event.partner != first_partner]
        subscription = event.subscription and "ab"[event.subscription != first_subscription]
        refused = PLACES[place] > PLACES[3] if event.kind == "F" else PLACES[place] < PLACES[live]
        pending = event.kind == "+" and event.outcome == "OPEN"
        outcome = "" if refused or pending else event.outcome
        found.append((EVENTS.index(type(event)(event.kind, partner, subscription, outcome)), place))
    return tuple(found)


def test_every_sequence_is_taken_in_some_words() -> None:
    taken = {tuple(History(2, number).steps()) for number in histories(orders(2))["number"]}
    assert {in_the_words_that_are_taken(History(2, number).steps()) for number in range(count(2))} == taken


def test_two_histories_side_by_side_are_told_by_their_numbers() -> None:
    every = histories(orders(2, whole=True), whole=True)
    assert every["number"].sort().to_list() == list(range(count(2)))
    for number, *row in every.filter(pl.col("number") % 997 == 5).iter_rows():
        assert History(2, number).steps() == list(zip(row[:2], row[2:], strict=True))
    assert len(places(2)) == 28


@pytest.fixture(scope="module")
def pairs() -> pl.DataFrame:
    """One of five histories of two events."""
    return histories(orders(2)).filter(pl.col("number") % 5 == 0)


def test_what_the_sql_gets_wrong_is_found(pairs: pl.DataFrame, tmp_path: Path) -> None:
    alone = Alone()
    said = said_of(pairs, alone)
    one, other = said["customer_id"][10], said["customer_id"][20]
    with worked_out(pairs, tmp_path) as con:
        assert unlike(con, said, alone, tmp_path) == []
        con.execute("create table wrong as from claims; drop table claims; alter table wrong rename to claims")
        con.execute(f"update claims set subscription_id = 'other' where claim_id = '{one}-0'")
        con.execute("create table wrong as from por_resolution; drop view por_resolution")
        con.execute("alter table wrong rename to por_resolution")
        con.execute(
            f"update por_resolution set reason = 'why' where period = '2014-11' and subscription_id = '{other}b'"
        )
        assert unlike(con, said, alone, tmp_path) == sorted([one, other])


def test_what_is_paid_hangs_on_nothing_but_who_is_partner_of_record() -> None:
    """So that one history of each course of partners of record is enough to look at what is paid."""
    unseen = {"osa_forms", "dpor_attachments", "poe_reviews", "current_poe_reviews", "claims"}
    unseen |= {
        name for name in warehouse.RELATIONS["resolution"] if any(word in name for word in ("dpor", "osa", "review"))
    }
    for stage in ("earnings", "caps"):
        for path in (warehouse.SQL / stage).glob("*.sql"):
            query = sqlglot.parse_one(path.read_text(encoding="utf-8"), dialect="duckdb")
            assert not unseen & {table.name for table in query.find_all(sqlglot.exp.Table)}, path
            assert not {"claim_id", "reason", "basis"} & {
                column.name for column in query.find_all(sqlglot.exp.Column)
            }, path


@pytest.mark.slow
def test_what_others_change_is_found(pairs: pl.DataFrame, tmp_path: Path) -> None:
    with worked_out(pairs, tmp_path) as con:
        before = sums(con, tmp_path, lines=True)
    assert changed_by_others(pairs, before, tmp_path, arrival=1) == []
    shared = (*CAPS, ("PARTNER", "1000.00"))
    with worked_out(pairs, tmp_path, caps=shared) as con:
        before = sums(con, tmp_path, lines=True)
    assert changed_by_others(pairs, before, tmp_path, arrival=0, caps=shared) != []


@pytest.mark.slow
def test_what_the_order_of_arrival_changes_is_found(pairs: pl.DataFrame, tmp_path: Path) -> None:
    """Of two versions of a cap in one delivery the later row counts: so here, and only here, the order matters."""
    twice = (*CAPS, ("SUBSCRIPTION", "30.00"))
    found = set()
    for arrival in range(3):
        with worked_out(pairs, tmp_path, arrival=arrival, caps=twice) as con:
            found.add(tuple(sums(con, tmp_path, lines=True).sort("customer_id")["paid_to_a"]))
    assert len(found) > 1


@pytest.mark.slow
def test_the_laws_can_be_broken(pairs: pl.DataFrame, tmp_path: Path) -> None:
    """Each law finds what breaks it, so that its silence says something."""
    failed = "(select claim_id from poe_reviews join claims using (claim_id) where source = 'DPOR' and outcome = 'FAIL'"
    stopped = "(select claim_id from claims where source = 'OSA' and ended_at < '2015-06-01' limit 1)"
    refused = "(select claim_id from claims where decision = 'REJECTED' limit 1)"
    breaches = {
        "never two partners of record for a subscription and period": [
            "insert into por_resolution from por_resolution where period = '2015-06'"
        ],
        "the last DPOR wins": ["update por_resolution set mpn_id = '9999999' where basis = 'DPOR'"],
        "a failed DPOR pays nobody": [
            f"update por_resolution set status = 'PAYABLE', claim_id = {failed} and poe_status = 'FAIL' limit 1)"
            " where basis = 'DPOR'"
        ],
        "a stopped form never earns again": [f"update por_resolution set basis = 'OSA', claim_id = {stopped}"],
        "another partner's DPOR stops every earlier form of the service": ["update claims set ended_at = null"],
        "what was refused, or said before, makes nobody partner of record": [
            f"update por_resolution set claim_id = {refused} where basis = 'DPOR'"
        ],
        "forms earn until they are recognised no more, DPOR from when it is live": [
            "update por_resolution set basis = 'OSA' where period = '2016-01'"
        ],
        "whoever is partner of record is paid, and nobody else": ["update incentive_lines set mpn_id = '9999999'"],
        "nothing is paid above a cap": ["update incentive_lines set payable = earned"],
        "a cap cuts no cent before it is reached": ["update incentive_lines set payable = payable - 0.01"],
    }
    assert breaches.keys() == EVERY_LAW.keys()
    with worked_out(pairs, tmp_path) as con:
        for relation, kind in {"por_resolution": "view", "incentive_lines": "view", "claims": "table"}.items():
            con.execute(f"create temp table kept_{relation} as from {relation}; drop {kind} {relation} cascade")
        for law, breach in breaches.items():
            for relation in ("por_resolution", "incentive_lines", "claims"):
                con.execute(f"create or replace table {relation} as from kept_{relation}")
            assert broken(con, EVERY_LAW) == {}
            for statement in breach:
                con.execute(statement)
            assert law in broken(con, EVERY_LAW)


@pytest.mark.slow
def test_a_campaign_goes_on_where_it_was_left(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    notes = tmp_path / "notes.json"
    arguments = ["--events", "1", "--notes", str(notes)]
    whole = "1 of 1 parts, 37 histories for 196 sequences"
    assert main([*arguments, "--budget", "0"]) == 0
    assert "0 of 1 parts" in capsys.readouterr().out
    assert main(arguments) == 0
    assert "part 0: " in (out := capsys.readouterr().out) and whole in out
    assert main(arguments) == 0
    assert "part 0: " not in (out := capsys.readouterr().out) and whole in out
    monkeypatch.setattr("exhaustive.campaign.fingerprint", lambda: "of other code")
    assert main(arguments) == 0
    assert "begun anew" in (out := capsys.readouterr().out) and "part 0: " in out
