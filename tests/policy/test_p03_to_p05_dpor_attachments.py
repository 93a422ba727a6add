"""P3, P4, P5: attached, replaced, added twice, removed, attached again."""

from __future__ import annotations

import pytest
from harness import run


def test_the_last_dpor_attached_earns_and_the_one_before_ends_at_that_instant() -> None:
    known = run(
        "2015-04",
        dpor_attachments="""
            event_id  occurred_at          mpn_id
            e1        2015-03-10T08:00:00  A
            e2        2015-04-10T09:30:00  B
            e3        2015-04-20T10:00:00  C
        """,
        poe_reviews="""
            claim_id  outcome
            e1        PASS
            e2        PASS
            e3        PASS
        """,
    )
    known.shows(
        "claims",
        """
            claim_id  source  mpn_id  subscription_id  received_at          decision  poe_status  ended_at             end_reason
            e1        DPOR    A       e3               2015-03-10T08:00:00  ATTACHED  PASS        2015-04-10T09:30:00  replaced_by_dpor
            e2        DPOR    B       e3               2015-04-10T09:30:00  ATTACHED  PASS        2015-04-20T10:00:00  replaced_by_dpor
            e3        DPOR    C       e3               2015-04-20T10:00:00  ATTACHED  PASS        -                    -
        """,  # noqa: E501
    )
    known.shows(
        "por_resolution",
        """
            period   status   mpn_id  basis  claim_id
            2015-03  PAYABLE  A       DPOR   e1
            2015-04  PAYABLE  C       DPOR   e3
        """,
    )


@pytest.mark.parametrize("outcome", ["PASS", "FAIL", "-"])
def test_adding_the_attached_partner_again_is_a_duplicate_also_if_its_poe_failed(outcome: str) -> None:
    known = run(
        "2015-05",
        dpor_attachments="""
            event_id  occurred_at  mpn_id
            e1        2015-03-10   A
            e2        2015-04-10   A
            e3        2015-04-11   A
        """,
        poe_reviews=f"""
            claim_id  outcome
            e1        {outcome}
            e2        PASS
            e3        FAIL
        """,
    )
    poe = {"-": "PENDING"}.get(outcome, outcome)
    known.shows(
        "claims",
        f"""
            claim_id  decision   decision_reason   poe_status  ended_at
            e1        ATTACHED   -                 {poe}       -
            e2        DUPLICATE  already_attached  -           -
            e3        DUPLICATE  already_attached  -           -
        """,
    )
    known.shows("por_resolution", "claim_id mpn_id\n e1 A")


def test_a_remove_after_a_duplicate_ends_the_first_claim() -> None:
    known = run(
        "2015-04",
        dpor_attachments="""
            event_id  occurred_at  action  mpn_id
            e1        2015-03-10   ADD     A
            e2        2015-03-11   ADD     A
            e3        2015-03-12   REMOVE  A
        """,
    )
    known.shows(
        "claims",
        """
            claim_id  decision   ended_at             end_reason
            e1        ATTACHED   2015-03-12T00:00:00  removed_by_customer
            e2        DUPLICATE  -                    -
            e3        DETACHED   -                    -
        """,
    )
    known.shows("por_resolution", "status reason mpn_id basis claim_id\n UNASSIGNED dpor_removed - - -")


def test_a_duplicate_between_two_partners_does_not_hide_who_is_attached() -> None:
    known = run(
        "2015-03",
        dpor_attachments="""
            event_id  occurred_at  mpn_id
            e1        2015-03-10   A
            e2        2015-03-11   A
            e3        2015-03-12   B
            e4        2015-03-13   A
        """,
    )
    known.shows(
        "claims",
        """
            claim_id  decision   ended_at
            e1        ATTACHED   2015-03-12T00:00:00
            e2        DUPLICATE  -
            e3        ATTACHED   2015-03-13T00:00:00
            e4        ATTACHED   -
        """,
    )


def test_a_remove_of_anyone_else_or_where_nobody_is_attached_is_refused() -> None:
    known = run(
        "2015-03",
        dpor_attachments="""
            event_id  occurred_at  action  mpn_id
            e1        2015-03-09   REMOVE  A
            e2        2015-03-10   ADD     A
            e3        2015-03-11   REMOVE  B
            e4        2015-03-12   ADD     B
            e5        2015-03-13   REMOVE  A
            e6        2015-03-14   REMOVE  B
            e7        2015-03-15   REMOVE  B
            e8        2015-03-16   REMOVE  A
        """,
    )
    known.shows(
        "claims",
        """
            claim_id  decision  decision_reason    ended_at             end_reason
            e1        REJECTED  nothing_to_remove  -                    -
            e2        ATTACHED  -                  2015-03-12T00:00:00  replaced_by_dpor
            e3        REJECTED  nothing_to_remove  -                    -
            e4        ATTACHED  -                  2015-03-14T00:00:00  removed_by_customer
            e5        REJECTED  nothing_to_remove  -                    -
            e6        DETACHED  -                  -                    -
            e7        REJECTED  nothing_to_remove  -                    -
            e8        REJECTED  nothing_to_remove  -                    -
        """,
    )


def test_a_remove_concerns_its_own_subscription_only() -> None:
    known = run(
        "2015-03",
        dpor_attachments="""
            event_id  occurred_at  subscription_id  action  mpn_id
            e1        2015-03-10   e1               ADD     A
            e2        2015-03-10   e3               ADD     A
            e3        2015-03-11   e3               REMOVE  A
        """,
    )
    known.shows(
        "por_resolution",
        """
            subscription_id  status      reason        mpn_id
            e1               HELD        poe_pending   A
            e3               UNASSIGNED  dpor_removed  -
        """,
    )


def test_the_subscriptions_end_does_not_end_a_claim() -> None:
    known = run(
        "2015-06",
        subscriptions="subscription_id end_date\n e3 2015-04-30",
        dpor_attachments="event_id occurred_at mpn_id\n e1 2015-03-10 A",
    )
    known.shows("claims", "claim_id ended_at end_reason\n e1 - -")


def test_an_end_after_the_runs_period_is_not_shown_yet() -> None:
    events = """
        event_id  occurred_at                 mpn_id
        e1        2015-03-10                  A
        e2        2015-04-01T00:00:00         B
        e3        2015-04-30T23:59:59.999999  A
    """
    run("2015-03", dpor_attachments=events).shows(
        "claims", "claim_id decision ended_at end_reason\n e1 ATTACHED - -\n e2 ATTACHED - -\n e3 ATTACHED - -"
    )
    run("2015-04", dpor_attachments=events).shows(
        "claims", "claim_id ended_at\n e1 2015-04-01T00:00:00\n e2 2015-04-30T23:59:59.999999\n e3 -"
    )


def test_a_partner_attached_again_after_its_claim_ended_starts_a_new_claim_with_a_poe_of_its_own() -> None:
    known = run(
        "2015-05",
        dpor_attachments="""
            event_id  occurred_at  action  mpn_id
            e1        2015-03-10   ADD     A
            e2        2015-04-10   REMOVE  A
            e3        2015-05-10   ADD     A
        """,
        poe_reviews="claim_id outcome\n e1 PASS",
    )
    known.shows(
        "por_resolution",
        """
            period   status      reason        claim_id
            2015-03  PAYABLE     -             e1
            2015-04  UNASSIGNED  dpor_removed  -
            2015-05  HELD        poe_pending   e3
        """,
    )


def test_a_partner_attached_again_after_it_was_replaced_starts_a_new_claim() -> None:
    known = run(
        "2015-03",
        dpor_attachments="""
            event_id  occurred_at  mpn_id
            e1        2015-03-10   A
            e2        2015-03-11   B
            e3        2015-03-12   A
        """,
        poe_reviews="claim_id outcome\n e1 FAIL",
    )
    known.shows("por_resolution", "status reason mpn_id claim_id\n HELD poe_pending A e3")
