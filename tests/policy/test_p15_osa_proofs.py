"""P15: a form is asked for a proof of execution from its first contest on, and not before."""

from __future__ import annotations

import pytest
from harness import run


@pytest.mark.parametrize(
    ("contest_day", "march"),
    [("2015-03-31", "HELD     poe_pending  form-b"), ("2015-04-01", "PAYABLE  -            form-a")],
)
def test_what_was_earned_before_the_contest_stays_earned(contest_day: str, march: str) -> None:
    known = run(
        "2015-04",
        osa_forms=f"form_id received_on mpn_id\n form-a 2015-01-10 A\n form-b {contest_day} B",
    )
    known.shows(
        "por_resolution",
        f"""
            period   status   reason       claim_id
            2015-02  PAYABLE  -            form-a
            2015-03  {march}
            2015-04  HELD     poe_pending  form-b
        """,
    )


def test_when_the_later_form_fails_the_earlier_is_held_from_the_contest_on_and_paid_before_it() -> None:
    known = run(
        "2015-03",
        osa_forms="""
            form_id  received_on  mpn_id
            form-a   2015-01-10   A
            form-b   2015-02-28   B
            form-c   2015-03-10   C
        """,
        poe_reviews="claim_id outcome\n form-b FAIL\n form-c FAIL",
    )
    known.shows(
        "por_resolution",
        """
            period   status   reason       mpn_id
            2015-01  PAYABLE  -            A
            2015-02  HELD     poe_pending  A
            2015-03  HELD     poe_pending  A
        """,
    )


@pytest.mark.parametrize(("outcome", "status", "reason"), [("PASS", "PAYABLE", "-"), ("-", "HELD", "poe_pending")])
def test_a_review_holds_for_the_forms_whole_life_also_before_any_contest(
    outcome: str, status: str, reason: str
) -> None:
    known = run(
        "2015-04",
        osa_forms="form_id received_on mpn_id\n form-a 2015-01-10 A",
        poe_reviews=f"claim_id requested_on outcome\n form-a 2015-04-10 {outcome}",
    )
    known.shows(
        "por_resolution",
        f"period status reason\n 2015-01 {status} {reason}\n 2015-04 {status} {reason}",
    )


def test_the_proof_of_a_form_is_shown_as_at_the_end_of_the_runs_period() -> None:
    forms = "form_id received_on mpn_id\n form-a 2015-01-10 A\n form-b 2015-04-01 B"
    run("2015-03", osa_forms=forms).shows("claims", "poe_status\n NOT_REQUIRED", claim_id="form-a")
    run("2015-04", osa_forms=forms).shows("claims", "poe_status\n PENDING", claim_id="form-a")


def test_a_contest_that_begins_with_the_next_month_leaves_the_month_before_paid() -> None:
    forms = "form_id received_on mpn_id\n form-a 2015-01-10 A\n form-b 2015-04-01 B"
    known = run("2015-04", subscriptions="subscription_id start_date\n e3 2015-03-05", osa_forms=forms)
    known.shows("por_resolution", "period status mpn_id\n 2015-03 PAYABLE A\n 2015-04 HELD B")
