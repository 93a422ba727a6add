"""P1: events are taken by instant, then by event id, within a subscription and within a service group."""

from __future__ import annotations

import pytest
from harness import run


def test_the_later_instant_comes_later_in_whatever_order_the_files_bring_them() -> None:
    known = run(
        "2015-03",
        dpor_attachments="""
            event_id  occurred_at                 mpn_id
            e1        2015-03-10T09:00:00.000001  B
            e2        2015-03-10T09:00:00         A
        """,
    )
    known.shows(
        "claims",
        """
            claim_id  decision  ended_at                    end_reason
            e1        ATTACHED  -                           -
            e2        ATTACHED  2015-03-10T09:00:00.000001  replaced_by_dpor
        """,
    )


@pytest.mark.parametrize(
    ("first", "second"),
    [("e1", "e2"), ("e10", "e9"), ("E2", "e1"), ("e", "e-1"), ("e.1", "e1"), ("e_", "ea"), ("Z", "_")],
)
def test_of_two_at_one_instant_the_lower_id_comes_first_and_ids_compare_bytewise(first: str, second: str) -> None:
    known = run(
        "2015-03",
        dpor_attachments=f"""
            event_id  occurred_at          mpn_id
            {second}  2015-03-10T09:00:00  B
            {first}   2015-03-10T09:00:00  A
        """,
    )
    known.shows(
        "claims",
        f"""
            claim_id  ended_at             end_reason
            {first}   2015-03-10T09:00:00  replaced_by_dpor
            {second}  -                    -
        """,
    )
    known.shows("por_resolution", f"mpn_id claim_id\nB {second}")


def test_of_many_removes_at_one_instant_the_lowest_id_detaches() -> None:
    removes = "".join(f"\n{name}  2015-03-11  REMOVE  A" for name in ("e7", "e3", "e5", "e2", "e9"))
    known = run("2015-03", dpor_attachments=f"event_id occurred_at action mpn_id\ne1 2015-03-10 ADD A{removes}")
    known.shows(
        "claims",
        """
            claim_id  decision  decision_reason
            e1        ATTACHED  -
            e2        DETACHED  -
            e3        REJECTED  nothing_to_remove
            e5        REJECTED  nothing_to_remove
            e7        REJECTED  nothing_to_remove
            e9        REJECTED  nothing_to_remove
        """,
    )


def test_an_add_and_a_remove_at_one_instant_are_taken_by_id() -> None:
    known = run(
        "2015-03",
        dpor_attachments="""
            event_id  occurred_at  subscription_id  action  mpn_id
            e1        2015-03-10   e1               ADD     A
            e2        2015-03-10   e1               REMOVE  A
            e3        2015-03-10   e3               REMOVE  A
            e4        2015-03-10   e3               ADD     A
        """,
    )
    known.shows(
        "claims",
        """
            claim_id  decision  decision_reason    ended_at
            e1        ATTACHED  -                  2015-03-10T00:00:00
            e2        DETACHED  -                  -
            e3        REJECTED  nothing_to_remove  -
            e4        ATTACHED  -                  -
        """,
    )


@pytest.mark.parametrize(
    ("of_b", "of_a", "poe_of_a"),
    [("e1", "e2", "PENDING"), ("e3", "e2", "NOT_REQUIRED"), ("e10", "e2", "PENDING")],
)
def test_the_order_holds_across_the_subscriptions_of_a_service_group(of_b: str, of_a: str, poe_of_a: str) -> None:
    """B's event, if it comes first, stops A's form (P9), which then exempts A no more (P14)."""
    known = run(
        "2015-03",
        osa_forms="""
            form_id  received_on  mpn_id
            form-a   2015-01-10   A
        """,
        dpor_attachments=f"""
            event_id  occurred_at          subscription_id  mpn_id
            {of_a}    2015-03-10T09:00:00  e3               A
            {of_b}    2015-03-10T09:00:00  e1               B
        """,
    )
    known.shows("claims", f"claim_id poe_status\n{of_a} {poe_of_a}", claim_id=of_a)
