"""What the checks of messages show: a partner not told what it should be, told it twice, or told another's (P26)."""

from __future__ import annotations

import pytest
from relations.bench import shows

JUNE = {
    "policy": "run_period run_end_day run_state\n 2015-06 2015-07-01 CLOSED",
    "closed_periods": "period\n 2015-04\n 2015-05",
    "claims": """
        claim_id  source  mpn_id  decision   end_reason           poe_status    received_at
        d1        DPOR    A       ATTACHED   -                    NOT_REQUIRED  2015-05-02T00:00:00
        d2        DPOR    A       ATTACHED   removed_by_customer  PASS          2015-05-03T00:00:00
        d3        DPOR    B       ATTACHED   replaced_by_dpor     FAIL          2015-05-04T00:00:00
        d4        DPOR    B       ATTACHED   -                    PENDING       2015-06-30T23:59:59
        d5        DPOR    B       DETACHED   -                    -             2015-05-05T00:00:00
        d6        DPOR    B       REJECTED   -                    -             2015-05-06T00:00:00
        d7        DPOR    B       DUPLICATE  -                    -             2015-05-07T00:00:00
        d8        DPOR    B       ATTACHED   -                    PENDING       2015-07-01T00:00:00
        f1        OSA     A       ATTACHED   -                    NOT_REQUIRED  2015-05-08T00:00:00
        f2        OSA     A       ATTACHED   stopped_by_dpor      PENDING       2015-05-09T00:00:00
        f3        OSA     B       REJECTED   -                    -             2015-05-10T00:00:00
        f4        OSA     B       DUPLICATE  -                    -             2015-05-11T00:00:00
        f5        OSA     B       REJECTED   -                    -             2015-07-01T00:00:00
    """,
}
"""June is closed by this run. What came at its end or later is of July."""
DUE = [
    *("DPOR_ATTACHED    DPOR d1 A", "DPOR_ATTACHED    DPOR d2 A", "DPOR_ATTACHED DPOR d3 B", "DPOR_ATTACHED DPOR d4 B"),
    *("DPOR_REMOVED     DPOR d2 A", "DPOR_REPLACED    DPOR d3 B", "OSA_STOPPED   OSA  f2 A"),
    *("OSA_FORM_REFUSED OSA  f3 B", "POE_REQUESTED    DPOR d4 B", "POE_REQUESTED OSA  f2 A"),
    *("POE_RESULT       DPOR d2 A", "POE_RESULT       DPOR d3 B"),
]


def check_of_due(missing: list[str], told: list[str], **given: str) -> None:
    header = "kind source claim_id mpn_id"
    messages = [f"\n n{number} {message}" for number, message in enumerate(told)]
    tables = {**JUNE, "notifications": f"notification_id {header} {''.join(messages)}", **given}
    shows("checks", "notifications_are_complete", "\n".join([header, *missing]), tables)


def test_each_cause_before_the_periods_end_has_its_message() -> None:
    check_of_due([], DUE)


def test_without_a_message_every_cause_is_shown() -> None:
    check_of_due(DUE, [])


@pytest.mark.parametrize("untold", DUE)
def test_a_cause_without_its_message_is_shown(untold: str) -> None:
    check_of_due([untold], [message for message in DUE if message != untold])


@pytest.mark.parametrize(
    "instead",
    ["DPOR_REMOVED DPOR d1 A", "DPOR_ATTACHED OSA d1 A", "DPOR_ATTACHED DPOR d9 A", "DPOR_ATTACHED DPOR d1 B"],
    ids=["of another kind", "of a form", "of another claim", "to another"],
)
def test_a_message_that_differs_from_what_is_due_is_not_it(instead: str) -> None:
    check_of_due(DUE[:1], [instead, *DUE[1:]])


def test_a_draft_and_a_period_that_is_closed_already_tell_nothing() -> None:
    check_of_due([], [], policy="run_period run_end_day run_state\n 2015-06 2015-07-01 DRAFT")
    check_of_due([], [], closed_periods="period\n 2015-05\n 2015-06")


CLAIMANTS = """
    source  claim_id  mpn_id
    DPOR    d1        A
    DPOR    d2        A
    OSA     f1        B
    DPOR    x         A
    OSA     x         B
"""
TOLD = """
    notification_id  kind              source  claim_id  mpn_id  period
    n1               DPOR_ATTACHED     DPOR    d1        A       2015-05
    n2               DPOR_REMOVED      DPOR    d1        A       2015-06
    n3               DPOR_ATTACHED     DPOR    d2        A       2015-06
    n4               POE_REQUESTED     DPOR    d1        A       2015-05
    n5               POE_RESULT        DPOR    d1        A       2015-06
    n6               POE_REQUESTED     DPOR    d1        A       2015-07
    n7               POE_RESULT        DPOR    d1        A       2015-08
    n8               POE_REQUESTED     DPOR    d2        A       2015-05
    n9               POE_REQUESTED     DPOR    x         A       2015-05
    n10              POE_REQUESTED     OSA     x         B       2015-05
    n11              DPOR_ATTACHED     DPOR    x         A       2015-05
    n12              OSA_STOPPED       OSA     x         B       2015-05
    n13              OSA_STOPPED       OSA     f1        B       2015-05
"""
"""Proofs are asked for and decided again. An event and a form go by one id."""


def check_of_told(expected: str, more: str = "") -> None:
    tables = {"notifications": TOLD + more, "claims": CLAIMANTS}
    shows("checks", "notifications_are_told_once", f"kind claim_id times {expected}", tables)


def test_each_cause_is_told_once_and_a_proof_once_a_period() -> None:
    check_of_told("")


def test_two_messages_of_one_id_are_shown() -> None:
    check_of_told("\n DPOR_ATTACHED d2 2", "n3 OSA_FORM_REFUSED OSA f1 B 2015-06")


def test_a_message_that_is_there_twice_is_shown_by_its_id_and_by_its_cause() -> None:
    check_of_told("\n DPOR_ATTACHED d2 2" * 2, "n3 DPOR_ATTACHED DPOR d2 A 2015-06")
    check_of_told("\n POE_RESULT d1 2\n POE d1 2", "n5 POE_RESULT DPOR d1 A 2015-06")


@pytest.mark.parametrize("period", ["2015-05", "2015-07"])
def test_a_cause_told_twice_is_shown_whenever_that_is(period: str) -> None:
    check_of_told("\n DPOR_ATTACHED d1 2", f"n0 DPOR_ATTACHED DPOR d1 A {period}")
    check_of_told("\n OSA_STOPPED f1 2", f"n0 OSA_STOPPED OSA f1 B {period}")


def test_a_cause_of_an_event_is_not_that_of_the_form_of_its_id() -> None:
    check_of_told("", "n0 OSA_STOPPED DPOR x A 2015-05")


@pytest.mark.parametrize("kind", ["POE_REQUESTED", "POE_RESULT"])
def test_a_proof_told_twice_in_a_period_is_shown(kind: str) -> None:
    check_of_told("\n POE d1 2", f"n0 {kind} DPOR d1 A 2015-06")
    check_of_told("\n POE x 2", f"n0 {kind} OSA x B 2015-05")


def test_a_message_to_another_than_its_claims_partner_is_shown() -> None:
    check_of_told("\n DPOR_REMOVED d2 1", "n0 DPOR_REMOVED DPOR d2 B 2015-06")
    check_of_told("\n OSA_FORM_REFUSED x 1", "n0 OSA_FORM_REFUSED OSA x A 2015-06")


@pytest.mark.parametrize("claim", ["DPOR d9", "OSA d1"])
def test_a_message_about_no_claim_is_shown(claim: str) -> None:
    check_of_told(f"\n DPOR_REPLACED {claim.split()[1]} 1", f"n0 DPOR_REPLACED {claim} A 2015-06")
