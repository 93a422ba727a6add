"""What was known of a claim's proof when the last period closed: as P13, of the reviews accepted by then (P22)."""

from __future__ import annotations

from itertools import product

import duckdb
import pytest
from ledger.bench import table

from schemas.catalogue import PUBLISHED
from transforms.database import warehouse
from transforms.database.published import definition

AT = "poe_id claim_id mpn_id requested_on outcome accepted_in file row_number"

CASES = {
    "no outcome yet": ("p c A 2015-03-01 - 2015-03 a.csv 2", "c A PENDING"),
    "what came later was not known": (
        "p c A 2015-03-01 FAIL 2015-03 a.csv 2\n p c A 2015-03-01 PASS 2015-05 a.csv 2",
        "c A FAIL",
    ),
    "what the last closing knew counts, not what the first did": (
        "p c A 2015-03-01 FAIL 2015-03 a.csv 2\n p c A 2015-03-01 PASS 2015-04 a.csv 2",
        "c A PASS",
    ),
    "a later delivery beats a later file": (
        "p c A 2015-03-01 FAIL 2015-03 b.csv 2\n p c A 2015-03-01 PASS 2015-04 a.csv 2",
        "c A PASS",
    ),
    "a later delivery beats a row further down": (
        "p c A 2015-03-01 FAIL 2015-03 a.csv 9\n p c A 2015-03-01 PASS 2015-04 a.csv 2",
        "c A PASS",
    ),
    "a later file beats a row further down": (
        "p c A 2015-03-01 FAIL 2015-03 a.csv 9\n p c A 2015-03-01 PASS 2015-03 b.csv 2",
        "c A PASS",
    ),
    "of one file's rows the one further down counts": (
        "p c A 2015-03-01 FAIL 2015-03 a.csv 2\n p c A 2015-03-01 PASS 2015-03 a.csv 10",
        "c A PASS",
    ),
    "the review asked for last counts": (
        "p2 c A 2015-03-01 FAIL 2015-03 a.csv 2\n p1 c A 2015-03-02 PASS 2015-03 a.csv 3",
        "c A PASS",
    ),
    "of two of one day the greater id": (
        "p2 c A 2015-03-01 FAIL 2015-03 a.csv 2\n p1 c A 2015-03-01 PASS 2015-03 a.csv 3",
        "c A FAIL",
    ),
    "of many of one day the greatest id": (
        "\n".join(
            f"{claim}{poe} {claim} A 2015-03-01 {'PASS' if poe == 'h' else 'FAIL'} 2015-03 a.csv {row}"
            for row, (claim, poe) in enumerate(product("cde", "afbgchde"), 2)
        ),
        "c A PASS\n d A PASS\n e A PASS",
    ),
    "each claim and partner has its own": (
        "p1 c A 2015-03-01 FAIL 2015-03 a.csv 2\n p2 c B 2015-03-02 PASS 2015-03 a.csv 3\n"
        "p3 d A 2015-03-03 - 2015-03 a.csv 4",
        "c A FAIL\n c B PASS\n d A PENDING",
    ),
}
"""Reviews, in the columns AT, and what was known after March and April closed: claim, partner, outcome."""


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("backwards", [False, True])
def test_what_was_known_of_a_proof_when_the_last_period_closed(case: str, backwards: bool) -> None:
    reviews, known = CASES[case]
    rows = table(f"{AT}\n{reviews}")
    with duckdb.connect(":memory:") as con:
        con.execute(definition("poe_reviews", PUBLISHED["poe_reviews"]))
        con.execute("create table last_closed as select '2015-04' as last_period")
        for row in rows[::-1] if backwards else rows:
            row |= {"delivery": row["accepted_in"], "decided_on": row["requested_on"]}
            given = {name: None if value == "-" else value for name, value in row.items()}
            con.execute(
                f"insert into poe_reviews by name select {', '.join(f'${name} as {name}' for name in given)}", given
            )
        warehouse.make(con, "adjustments", "proofs_before")
        found = con.execute("select claim_id, mpn_id, outcome from proofs_before order by all").fetchall()
    assert found == [tuple(line.split()) for line in known.splitlines()]
