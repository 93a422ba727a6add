"""What partners are told is posted with the closing: each thing once ever, and never anything else afterwards (P26)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import pytest
import twin
import worlds
from ledger.bench import Books, from_month, unlike

from transforms.files.sealed_json import read_sealed, write_sealed
from transforms.reading.survey import sha256

pytestmark = pytest.mark.slow

TOLD = "select period, kind, mpn_id, claim_id, coalesce(outcome, '-') as outcome from notifications"


def deliver_march(books: Books) -> None:
    """R takes e3 over from L's form in March; nothing is known of its proof yet."""
    books.deliver(
        "2015-03",
        partners="mpn_id\n L\n R\n C",
        customers="customer_id\n contoso",
        subscriptions="subscription_id customer_id\n e1 contoso\n e3 contoso",
        rates="amount_per_seat\n 10.00",
        osa_forms="form_id customer_id mpn_id\n form-l contoso L",
        dpor_attachments="event_id occurred_at subscription_id mpn_id\n d1 2015-03-16T12:00:00Z e3 R",
    )


def test_each_month_tells_what_became_known_since_the_last(closed: Books) -> None:
    closed.shows(
        TOLD,
        """
            period   kind           mpn_id  claim_id    outcome
            2015-02  POE_REQUESTED  C       tailspin-c  -
            2015-03  DPOR_ATTACHED  R       d1          -
            2015-03  OSA_STOPPED    L       contoso-l   -
            2015-03  POE_REQUESTED  R       d1          -
            2015-04  POE_RESULT     R       d1          PASS
        """,
    )


def test_a_draft_tells_only_what_earlier_closings_told(books: Books) -> None:
    deliver_march(books)
    books.does("run")
    assert books.rows(TOLD) == []
    books.does("close", "--period", "2015-03")
    told = books.rows("select * from notifications order by all")
    assert len(told) == 3
    books.deliver(
        "2015-04", dpor_attachments="event_id occurred_at subscription_id mpn_id\n d2 2015-04-02T00:00:00Z e1 C"
    )
    books.does("run")
    assert books.rows("select * from notifications order by all") == told


def test_late_and_released_events_are_told_when_they_become_known_and_nothing_twice(books: Books) -> None:
    deliver_march(books)
    books.deliver(
        "2015-03",
        part="-waiting",
        dpor_attachments="event_id occurred_at subscription_id mpn_id\n w1 2015-03-20T12:00:00Z later C",
    )
    books.does("run", "--through", "2015-03", "--close")
    books.deliver(
        "2015-04",
        subscriptions="subscription_id customer_id\n later contoso",
        dpor_attachments="""
            event_id  occurred_at           subscription_id  action  mpn_id
            late      2015-03-18T12:00:00Z  e3               REMOVE  R
        """,
    )
    books.does("run", "--through", "2015-04", "--close")
    books.deliver("2015-05")
    books.does("run", "--through", "2015-05", "--close")
    books.shows(
        TOLD,
        """
            period   kind           mpn_id  claim_id  outcome
            2015-03  DPOR_ATTACHED  R       d1        -
            2015-03  OSA_STOPPED    L       form-l    -
            2015-03  POE_REQUESTED  R       d1        -
            2015-04  DPOR_REMOVED   R       d1        -
            2015-04  DPOR_ATTACHED  C       w1        -
            2015-04  POE_REQUESTED  C       w1        -
        """,
    )


def test_a_proof_is_told_each_time_that_it_turns_and_only_then(books: Books) -> None:
    deliver_march(books)
    reviews = {
        "2015-04": "poe_id claim_id mpn_id requested_on\n p1 d1 R 2015-04-01",
        "2015-05": "poe_id claim_id mpn_id requested_on decided_on outcome\n p1 d1 R 2015-04-01 2015-05-02 PASS",
        "2015-06": "poe_id claim_id mpn_id requested_on decided_on outcome\n p1 d1 R 2015-04-01 2015-05-02 FAIL",
        "2015-07": "poe_id claim_id mpn_id requested_on decided_on outcome\n p1 d1 R 2015-04-01 2015-05-03 FAIL",
        "2015-08": "poe_id claim_id mpn_id requested_on\n p2 d1 R 2015-08-01",
        "2015-09": "poe_id claim_id mpn_id requested_on decided_on outcome\n p2 d1 R 2015-08-01 2015-09-02 PASS",
    }
    for period, review in reviews.items():
        books.deliver(period, poe_reviews=review)
    books.does("run", "--through", "2015-09", "--close")
    books.shows(
        f"{TOLD} where kind like 'POE%'",
        """
            period   kind           mpn_id  claim_id  outcome
            2015-03  POE_REQUESTED  R       d1        -
            2015-05  POE_RESULT     R       d1        PASS
            2015-06  POE_RESULT     R       d1        FAIL
            2015-08  POE_REQUESTED  R       d1        -
            2015-09  POE_RESULT     R       d1        PASS
        """,
    )
    ids = [row[0] for row in books.rows("select notification_id from notifications")]
    assert len(set(ids)) == len(ids)


def test_what_was_told_stays_as_it_was_told(books: Books) -> None:
    """Another contact, another address of the customer: only what is told later says so."""
    deliver_march(books)
    books.does("run", "--through", "2015-03", "--close")
    before = books.rows("select * from notifications order by all")
    assert [row[0] for row in books.rows("select distinct email from notifications")] == ["contact@example.com"]
    books.deliver(
        "2015-04",
        partners="mpn_id ppc_name ppc_email\n R New new@example.com",
        customers="customer_id phone\n contoso 2",
        poe_reviews="poe_id claim_id mpn_id requested_on decided_on outcome\n p1 d1 R 2015-04-01 2015-04-02 PASS",
    )
    books.does("run", "--through", "2015-04", "--close")
    assert books.rows("select * from notifications where period = '2015-03' order by all") == before
    books.shows("select * from notifications where period = '2015-04'", "kind email\n POE_RESULT new@example.com")


def test_a_lost_database_tells_the_same_again(closed: Books) -> None:
    before = closed.everything()
    closed.database.unlink()
    closed.does("statement", "1100001", "--period", "2015-04")
    assert unlike(closed.everything(), before) == []


def test_an_open_delivery_that_changes_changes_nothing_that_was_told(books: Books) -> None:
    deliver_march(books)
    books.deliver("2015-04", poe_reviews="poe_id claim_id mpn_id requested_on\n p1 d1 R 2015-04-01")
    books.does("run", "--through", "2015-03", "--close")
    books.does("run")
    posted = (books.store / "closed" / "2015-03" / "posted_notifications.parquet").read_bytes()
    books.deliver(
        "2015-04",
        poe_reviews="poe_id claim_id mpn_id requested_on decided_on outcome\n p1 d1 R 2015-04-01 2015-04-02 FAIL",
    )
    books.does("run", "--through", "2015-04", "--close")
    assert (books.store / "closed" / "2015-03" / "posted_notifications.parquet").read_bytes() == posted
    books.shows(f"{TOLD} where period = '2015-04'", "kind claim_id outcome\n POE_RESULT d1 FAIL")


def test_text_of_others_writes_no_line_of_its_own(books: Books) -> None:
    deliver_march(books)
    path = books.deliveries / "2015-03" / "customers.csv"
    evil = '"Contoso\r\nBcc: all@example.com\u2028Pay to: me\x1b[2J {} {0} %s $x"'
    path.write_text(path.read_text(encoding="utf-8").replace("Customer", evil), encoding="utf-8", newline="")
    books.does("run", "--through", "2015-03", "--close")
    ((body,),) = books.rows("select body from notifications where kind = 'DPOR_ATTACHED'")
    (line,) = [line for line in body.split("\n") if "Contoso" in line]
    assert line == "Organisation: Contoso  Bcc: all@example.com Pay to: me [2J {} {0} %s $x"


def test_told_otherwise_hashes_and_all_is_found_by_working_it_out_again(closed: Books) -> None:
    folder = closed.store / "closed" / "2015-04"
    path = folder / "posted_notifications.parquet"
    with duckdb.connect() as con:
        rows = con.read_parquet(str(path)).project("* replace ('else@example.com' as email)")
        rows.write_parquet(f"{path}.new")
    Path(f"{path}.new").replace(path)
    manifest = read_sealed(folder / "manifest.json")
    manifest["files"][path.name]["sha256"] = sha256(path)
    write_sealed(folder / "manifest.json", manifest)
    note = closed.store.with_suffix(".published.json")
    write_sealed(note, {**read_sealed(note), "last_closed": sha256(folder / "manifest.json")})
    assert closed.dpor("verify") == 5
    assert "1200001 would get other messages than those posted" in closed.said


@pytest.mark.parametrize("command", [("run", "--period", "2015-05"), ("notify", "--period", "2015-03")])
def test_a_store_of_the_layout_before_notifications_is_refused_with_the_way_out(
    closed: Books, command: tuple[str, ...]
) -> None:
    folder = closed.store / "closed" / "2015-02"
    manifest = read_sealed(folder / "manifest.json")
    write_sealed(folder / "manifest.json", {**manifest, "layout": 1})
    closed.refuses(*command, because=["has layout 1, but this version reads 2", "run and close the deliveries anew"])


def test_verify_sends_nobody_to_a_backup_for_a_store_of_another_layout(closed: Books) -> None:
    manifest = closed.store / "closed" / "2015-02" / "manifest.json"
    write_sealed(manifest, {**read_sealed(manifest), "layout": 3})
    assert closed.dpor("verify") == 5
    assert "has layout 3, but this version reads 2\n" in closed.said
    assert "use the version that wrote it" in closed.complained
    assert "backup" not in closed.complained


ENDS = {
    "removed_by_customer": "DPOR_REMOVED",
    "replaced_by_dpor": "DPOR_REPLACED",
    "stopped_by_dpor": "OSA_STOPPED",
}


class Told:
    """The boring twin: what was told before, and what a closing tells of the claims as they stand then."""

    def __init__(self) -> None:
        self.once: set[tuple[str, str, str]] = set()
        self.proofs: dict[tuple[str, str], str] = {}

    def tells(self, claims: list[dict[str, Any]], period: str) -> list[tuple[str, ...]]:
        now = []
        for claim in claims:
            if f"{claim['received_at']:%Y-%m}" > period:
                continue
            of = (claim["source"], claim["claim_id"])
            kinds = []
            if claim["decision"] == "ATTACHED" and claim["source"] == "DPOR":
                kinds.append("DPOR_ATTACHED")
            if claim["decision"] == "REJECTED" and claim["source"] == "OSA":
                kinds.append("OSA_FORM_REFUSED")
            if claim["end_reason"]:
                kinds.append(ENDS[claim["end_reason"]])
            for kind in kinds:
                if (kind, *of) not in self.once:
                    self.once.add((kind, *of))
                    now.append((period, kind, *of, claim["mpn_id"], "-"))
            proof = claim["poe_status"]
            if proof in ("PASS", "FAIL", "PENDING") and self.proofs.get(of) != proof:
                self.proofs[of] = proof
                kind = "POE_REQUESTED" if proof == "PENDING" else "POE_RESULT"
                now.append((period, kind, *of, claim["mpn_id"], "-" if proof == "PENDING" else proof))
        return now


@pytest.mark.parametrize(("seed", "first", "last"), [(31, "2015-03", "2015-06")])
def test_months_of_a_random_world_tell_what_the_twin_tells(tmp_path: Path, seed: int, first: str, last: str) -> None:
    books = Books(tmp_path)
    deliveries = from_month(worlds.random_deliveries(seed, 12, trouble=True), first, last)
    worlds.write_deliveries(deliveries, books.deliveries)
    books.does("run", "--through", last, "--close", "--max-quarantine", "1")
    told, expected = Told(), []
    for period in worlds.months(first, last):
        known = twin.resolve(worlds.accepted(deliveries, period), worlds.POLICY, period)
        expected += told.tells(known.claims, period)
    found = books.rows(
        "select period, kind, source, claim_id, mpn_id, coalesce(outcome, '-') from notifications order by all"
    )
    assert found == sorted(expected)
    assert {row[1] for row in found} >= {
        "DPOR_ATTACHED",
        "DPOR_REPLACED",
        "OSA_STOPPED",
        "OSA_FORM_REFUSED",
        "POE_RESULT",
    }
    assert {row[0] for row in found} == set(worlds.months(first, last))
