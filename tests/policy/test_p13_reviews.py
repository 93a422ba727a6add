"""P13: a claim's POE is the outcome of its latest review, for the claim's whole life."""

from __future__ import annotations

import pytest
from harness import run

DPOR_OF_A = "event_id occurred_at mpn_id\n e1 2015-03-10 A"


@pytest.mark.parametrize(
    ("reviews", "poe"),
    [
        ("p1 e1 2015-04-01 2015-04-02 PASS", "PASS"),
        ("p1 e1 2015-04-01 2015-04-02 FAIL", "FAIL"),
        ("p1 e1 2015-04-01 - -", "PENDING"),
        ("p1 e1 2015-04-01 2015-04-30 FAIL \n p2 e1 2015-04-02 2015-04-03 PASS", "PASS"),  # decided earlier
        ("p2 e1 2015-04-01 2015-04-02 PASS \n p1 e1 2015-04-03 2015-04-04 FAIL", "FAIL"),
        ("p1 e1 2015-04-01 2015-04-02 PASS \n p2 e1 2015-04-03 - -", "PENDING"),  # asked for again: open again
        ("p1 e1 2015-04-01 2015-04-02 FAIL \n p2 e1 2015-04-01 2015-04-02 PASS", "PASS"),  # on one day the greater id
        ("p9 e1 2015-04-01 2015-04-02 PASS \n p10 e1 2015-04-01 2015-04-02 FAIL", "PASS"),  # bytewise
    ],
)
def test_the_latest_review_decides_by_the_day_it_was_asked_for_then_by_id(reviews: str, poe: str) -> None:
    known = run(
        "2015-04",
        dpor_attachments=DPOR_OF_A,
        poe_reviews=f"poe_id claim_id requested_on decided_on outcome\n {reviews}",
    )
    known.shows("claims", f"poe_status\n {poe}")


@pytest.mark.parametrize(
    ("outcome", "status", "reason"),
    [("PASS", "PAYABLE", "-"), ("FAIL", "DENIED", "poe_failed"), ("-", "HELD", "poe_pending")],
)
def test_the_outcome_holds_for_the_claims_whole_life_whenever_it_was_decided(
    outcome: str, status: str, reason: str
) -> None:
    known = run(
        "2015-05",
        dpor_attachments=DPOR_OF_A,
        poe_reviews=f"claim_id requested_on outcome\n e1 2015-05-20 {outcome}",
    )
    known.shows(
        "por_resolution",
        f"""
            period   status    reason    mpn_id  basis
            2015-03  {status}  {reason}  A       DPOR
            2015-04  {status}  {reason}  A       DPOR
            2015-05  {status}  {reason}  A       DPOR
        """,
    )


def test_a_form_whose_poe_fails_loses_its_past_too() -> None:
    known = run(
        "2015-02",
        osa_forms="form_id received_on mpn_id\n form-a 2014-10-10 A",
        poe_reviews="claim_id requested_on outcome\n form-a 2015-02-20 FAIL",
    )
    known.shows("por_resolution", "period status reason\n 2014-10 UNASSIGNED no_por\n 2015-02 UNASSIGNED no_por")


def test_a_review_counts_for_the_claim_that_it_names() -> None:
    known = run(
        "2015-05",
        dpor_attachments="""
            event_id  occurred_at  action  mpn_id
            e1        2015-03-10   ADD     A
            e2        2015-03-11   ADD     A
            e3        2015-03-12   REMOVE  A
            e4        2015-03-13   ADD     A
            e5        2015-03-14   REMOVE  B
        """,
        poe_reviews="""
            claim_id  outcome
            e2        PASS
            e3        PASS
            e4        FAIL
            e5        PASS
        """,
    )
    known.shows(
        "claims",
        """
            claim_id  decision   poe_status
            e1        ATTACHED   PENDING
            e2        DUPLICATE  -
            e3        DETACHED   -
            e4        ATTACHED   FAIL
            e5        REJECTED   -
        """,
    )


def test_a_review_of_a_refused_or_duplicate_form_has_no_effect() -> None:
    known = run(
        "2015-05",
        osa_forms="""
            form_id    received_on  mpn_id
            form-a     2015-01-10   A
            duplicate  2015-01-11   A
            late       2015-05-01   A
        """,
        poe_reviews="claim_id outcome\n duplicate FAIL\n late FAIL",
    )
    known.shows("claims", "claim_id poe_status\n form-a NOT_REQUIRED\n duplicate -\n late -")
    known.shows("por_resolution", "status mpn_id\n PAYABLE A")


def test_the_last_version_of_a_review_counts_also_where_it_is_asked_for_on_an_earlier_day() -> None:
    known = run(
        "2015-05",
        dpor_attachments=DPOR_OF_A,
        poe_reviews="""
            poe_id  claim_id  requested_on  decided_on  outcome  delivery
            p1      e1        2015-04-20    2015-04-21  PASS     2015-04
            p1      e1        2015-04-01    2015-04-21  FAIL     2015-05
            p2      e1        2015-04-10    -           -        2015-04
        """,
    )
    known.shows("claims", "poe_status\n PENDING")


def test_a_form_and_an_event_with_one_id_have_each_the_reviews_of_their_own_partner() -> None:
    known = run(
        "2015-04",
        subscriptions="subscription_id service\n e3 O365\n intune INTUNE",
        osa_forms="form_id received_on mpn_id\n x 2015-01-10 A",
        dpor_attachments="event_id occurred_at subscription_id mpn_id\n x 2015-03-10 intune B",
        poe_reviews="""
            claim_id  mpn_id  requested_on  outcome
            x         A       2015-03-20    PASS
            x         B       2015-03-21    FAIL
        """,
    )
    known.shows("claims", "source mpn_id poe_status\n OSA A PASS\n DPOR B FAIL")
