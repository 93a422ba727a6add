"""P2: which events are refused, why, and that they then have no effect on anything."""

from __future__ import annotations

from datetime import date

import pytest
from harness import run


def test_an_event_before_go_live_is_refused_and_the_first_instant_of_go_live_counts() -> None:
    known = run(
        "2015-03",
        dpor_attachments="""
            event_id  occurred_at                 subscription_id  action  mpn_id
            e1        2015-03-01T23:59:59.999999  e1               ADD     A
            e2        2015-03-01T23:59:59.999999  e1               REMOVE  A
            e3        2015-03-02T00:00:00         e3               ADD     A
        """,
    )
    known.shows(
        "claims",
        """
            claim_id  decision  decision_reason     poe_status
            e1        REJECTED  dpor_not_available  -
            e2        REJECTED  dpor_not_available  -
            e3        ATTACHED  -                   PENDING
        """,
    )


def test_go_live_is_the_policys_day() -> None:
    known = run(
        "2015-03",
        policy={"dpor_go_live": date(2015, 2, 1)},
        dpor_attachments="""
            event_id  occurred_at                 mpn_id
            e1        2015-01-31T23:59:59.999999  A
            e2        2015-02-01                  B
        """,
    )
    known.shows("claims", "claim_id decision_reason\n e1 dpor_not_available\n e2 -")


def test_an_event_of_a_program_that_does_not_earn_is_refused() -> None:
    known = run(
        "2015-03",
        subscriptions="""
            subscription_id  program
            of-ea            EA
            of-casa          CASA
            of-ees           EES
            of-mosa          MOSA
            of-lower-case    ea
        """,
        dpor_attachments="""
            event_id  occurred_at  subscription_id  action  mpn_id
            e1        2015-03-10   of-ea            ADD     A
            e2        2015-03-10   of-casa          ADD     A
            e3        2015-03-10   of-ees           ADD     A
            e4        2015-03-10   of-mosa          ADD     A
            e5        2015-03-11   of-mosa          REMOVE  A
            e6        2015-03-10   of-lower-case    ADD     A
        """,
    )
    known.shows(
        "claims",
        """
            claim_id  decision  decision_reason
            e1        ATTACHED  -
            e2        ATTACHED  -
            e3        ATTACHED  -
            e4        REJECTED  program_not_eligible
            e5        REJECTED  program_not_eligible
            e6        REJECTED  program_not_eligible
        """,
    )


def test_the_programs_that_earn_are_the_policys() -> None:
    known = run(
        "2015-03",
        policy={"eligible_programs": ["MOSA"]},
        subscriptions="""
            subscription_id  program
            of-ea            EA
            of-mosa          MOSA
        """,
        dpor_attachments="""
            event_id  occurred_at  subscription_id  mpn_id
            e1        2015-03-10   of-ea            A
            e2        2015-03-10   of-mosa          A
        """,
    )
    known.shows("claims", "claim_id decision_reason\n e1 program_not_eligible\n e2 -")


def test_an_add_on_the_subscriptions_last_day_counts_and_one_on_the_day_after_is_refused() -> None:
    known = run(
        "2015-05",
        subscriptions="""
            subscription_id  end_date
            e1               2015-04-30
            e3               2015-04-30
        """,
        dpor_attachments="""
            event_id  occurred_at                 subscription_id  mpn_id
            e1        2015-04-30T23:59:59.999999  e1               A
            e2        2015-05-01T00:00:00         e3               A
        """,
    )
    known.shows("claims", "claim_id decision decision_reason\n e1 ATTACHED -\n e2 REJECTED subscription_ended")


def test_a_remove_after_the_subscriptions_end_is_heard() -> None:
    known = run(
        "2015-05",
        subscriptions="subscription_id end_date\n e3 2015-04-30",
        dpor_attachments="""
            event_id  occurred_at  action  mpn_id
            e1        2015-04-10   ADD     A
            e2        2015-05-20   REMOVE  A
        """,
    )
    known.shows("claims", "claim_id decision ended_at\n e1 ATTACHED 2015-05-20T00:00:00\n e2 DETACHED -")


def test_an_add_before_the_subscription_starts_is_in_order() -> None:
    known = run(
        "2015-04",
        subscriptions="subscription_id start_date\n e3 2015-04-20",
        dpor_attachments="event_id occurred_at mpn_id\n e1 2015-03-10 A",
    )
    known.shows("claims", "claim_id decision\n e1 ATTACHED")
    known.shows("por_resolution", "status mpn_id\n HELD A")


@pytest.mark.parametrize(
    ("occurred_at", "program", "end_date", "reason"),
    [
        ("2015-03-01", "MOSA", "2015-02-28", "dpor_not_available"),
        ("2015-03-01", "EA", "2015-02-28", "dpor_not_available"),
        ("2015-03-02", "MOSA", "2015-02-28", "program_not_eligible"),
        ("2015-03-02", "EA", "2015-02-28", "subscription_ended"),
    ],
)
def test_the_first_reason_that_fits_is_given(occurred_at: str, program: str, end_date: str, reason: str) -> None:
    known = run(
        "2015-03",
        subscriptions=f"subscription_id program end_date\n e3 {program} {end_date}",
        dpor_attachments=f"event_id occurred_at mpn_id\n e1 {occurred_at} A",
    )
    known.shows("claims", f"decision_reason\n {reason}")


def test_a_refused_event_stops_no_form_and_bars_none_and_does_not_end_its_cover() -> None:
    known = run(
        "2015-04",
        subscriptions="""
            subscription_id  end_date
            e1               -
            e3               2015-03-31
        """,
        osa_forms="""
            form_id  received_on  mpn_id
            form-a   2015-01-10   A
            form-b   2015-04-10   C
        """,
        dpor_attachments="""
            event_id  occurred_at  subscription_id  mpn_id
            too-soon  2015-03-01   e1               B
            too-late  2015-04-01   e3               B
        """,
    )
    known.shows(
        "claims",
        """
            claim_id  decision  decision_reason     ended_at
            form-a    ATTACHED  -                   -
            form-b    ATTACHED  -                   -
            too-soon  REJECTED  dpor_not_available  -
            too-late  REJECTED  subscription_ended  -
        """,
    )
    known.shows("por_resolution", "period status mpn_id basis\n 2015-03 PAYABLE A OSA", subscription_id="e1")


def test_a_refused_add_replaces_nobody_and_a_refused_remove_ends_nothing() -> None:
    known = run(
        "2015-05",
        subscriptions="subscription_id end_date\n e3 2015-04-30",
        dpor_attachments="""
            event_id  occurred_at  action  mpn_id
            e1        2015-03-01   ADD     B
            e2        2015-03-10   ADD     A
            e3        2015-03-11   REMOVE  B
            e4        2015-05-02   ADD     B
            e5        2015-05-03   REMOVE  B
        """,
    )
    known.shows(
        "claims",
        """
            claim_id  decision  decision_reason     ended_at
            e1        REJECTED  dpor_not_available  -
            e2        ATTACHED  -                   -
            e3        REJECTED  nothing_to_remove   -
            e4        REJECTED  subscription_ended  -
            e5        REJECTED  nothing_to_remove   -
        """,
    )
