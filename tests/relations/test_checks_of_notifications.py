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
    *("DPOR_ATTACHED DPOR d1 A", "DPOR_ATTACHED DPOR d2 A", "DPOR_ATTACHED DPOR d3 B", "DPOR_ATTACHED DPOR d4 B"),
    *("DPOR_REMOVED DPOR d2 A", "DPOR_REPLACED DPOR d3 B", "OSA_STOPPED OSA f2 A", "OSA_FORM_REFUSED OSA f3 B"),
]
PROOFS = {
    "POE_REQUESTED DPOR d4 B -": "POE~PENDING DPOR d4 B",
    "POE_REQUESTED OSA f2 A -": "POE~PENDING OSA f2 A",
    "POE_RESULT DPOR d2 A PASS": "POE~PASS DPOR d2 A",
    "POE_RESULT DPOR d3 B FAIL": "POE~FAIL DPOR d3 B",
}
"""What is told of each proof, and what is shown where it isn't."""
MESSAGES = [*(f"{cause} -" for cause in DUE), *PROOFS]


def check_of_due(missing: list[str], told: list[str], before: list[str] | None = None, **given: str) -> None:
    """Held against what June tells, and what was told `before`, in May."""
    header = "kind source claim_id mpn_id"
    messages = [*(f"{one} 2015-05" for one in before or ()), *(f"{one} 2015-06" for one in told)]
    rows = [f"n{number} {message}" for number, message in enumerate(messages)]
    notifications = "\n".join([f"notification_id {header} outcome period", *rows])
    shows(
        "checks",
        "notifications_are_complete",
        "\n".join([header, *missing]),
        {**JUNE, "notifications": notifications, **given},
    )


def test_each_cause_before_the_periods_end_has_its_message_and_each_proof() -> None:
    check_of_due([], MESSAGES)


def test_without_a_message_every_cause_and_proof_is_shown() -> None:
    check_of_due([*DUE, *PROOFS.values()], [])


@pytest.mark.parametrize("untold", DUE)
def test_a_cause_without_its_message_is_shown(untold: str) -> None:
    check_of_due([untold], [message for message in MESSAGES if message != f"{untold} -"])


@pytest.mark.parametrize("untold", PROOFS)
def test_a_proof_that_its_partner_was_not_told_is_shown(untold: str) -> None:
    check_of_due([PROOFS[untold]], [message for message in MESSAGES if message != untold])


@pytest.mark.parametrize(
    "instead",
    ["DPOR_REMOVED DPOR d1 A", "DPOR_ATTACHED OSA d1 A", "DPOR_ATTACHED DPOR d9 A", "DPOR_ATTACHED DPOR d1 B"],
    ids=["of another kind", "of a form", "of another claim", "to another"],
)
def test_a_message_that_differs_from_what_is_due_is_not_it(instead: str) -> None:
    check_of_due(DUE[:1], [f"{instead} -", *MESSAGES[1:]])


@pytest.mark.parametrize(
    "instead",
    [
        *("POE_RESULT DPOR d2 A FAIL", "POE_REQUESTED DPOR d2 A -", "POE_RESULT OSA d2 A PASS"),
        *("POE_RESULT DPOR d9 A PASS", "POE_RESULT DPOR d2 B PASS", "DPOR_REMOVED DPOR d2 A PASS"),
    ],
    ids=["another outcome", "only asked for", "of a form", "of another claim", "to another", "of another kind"],
)
def test_what_differs_from_how_a_proof_stands_does_not_tell_it(instead: str) -> None:
    others = [message for message in MESSAGES if message != "POE_RESULT DPOR d2 A PASS"]
    check_of_due(["POE~PASS DPOR d2 A"], [instead, *others])


def test_of_a_proof_that_was_told_before_what_was_told_last_counts() -> None:
    others = [message for message in MESSAGES if message != "POE_RESULT DPOR d2 A PASS"]
    check_of_due([], others, before=["POE_RESULT DPOR d2 A PASS"])
    check_of_due(["POE~PASS DPOR d2 A"], [*others, "POE_RESULT DPOR d2 A FAIL"], before=["POE_RESULT DPOR d2 A PASS"])
    check_of_due([], MESSAGES, before=["POE_RESULT DPOR d2 A FAIL"])


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
    notification_id  kind              source  claim_id  mpn_id  period   outcome
    n01              DPOR_ATTACHED     DPOR    d1        A       2015-05  -
    n02              DPOR_REMOVED      DPOR    d1        A       2015-06  -
    n03              DPOR_ATTACHED     DPOR    d2        A       2015-06  -
    n04              POE_REQUESTED     DPOR    d1        A       2015-05  -
    n05              POE_RESULT        DPOR    d1        A       2015-06  PASS
    n06              POE_REQUESTED     DPOR    d1        A       2015-07  -
    n07              POE_RESULT        DPOR    d1        A       2015-08  PASS
    n08              POE_REQUESTED     DPOR    d2        A       2015-05  -
    n09              POE_REQUESTED     DPOR    x         A       2015-05  -
    n10              POE_REQUESTED     OSA     x         B       2015-06  -
    n11              DPOR_ATTACHED     DPOR    x         A       2015-05  -
    n12              OSA_STOPPED       OSA     x         B       2015-05  -
    n13              OSA_STOPPED       OSA     f1        B       2015-05  -
"""
"""Proofs are asked for and decided again. An event and a form go by one id."""


def check_of_told(expected: str, more: str = "") -> None:
    tables = {"notifications": TOLD + more, "claims": CLAIMANTS, "policy": "run_period\n 2015-08"}
    shows("checks", "notifications_are_told_once", f"kind claim_id times {expected}", tables)


def test_each_cause_is_told_once_and_a_proof_once_a_period() -> None:
    check_of_told("")


def test_two_messages_of_one_id_are_shown() -> None:
    check_of_told("\n DPOR_ATTACHED d2 2", "n03 OSA_FORM_REFUSED OSA f1 B 2015-06 -")


def test_a_message_that_is_there_twice_is_shown_by_its_id_and_by_its_cause() -> None:
    check_of_told("\n DPOR_ATTACHED d2 2" * 2, "n03 DPOR_ATTACHED DPOR d2 A 2015-06 -")
    check_of_told("\n POE_RESULT d1 2\n POE d1 2", "n05 POE_RESULT DPOR d1 A 2015-06 PASS")


@pytest.mark.parametrize("period", ["2015-05", "2015-07"])
def test_a_cause_told_twice_is_shown_whenever_that_is(period: str) -> None:
    check_of_told("\n DPOR_ATTACHED d1 2", f"n00 DPOR_ATTACHED DPOR d1 A {period} -")
    check_of_told("\n OSA_STOPPED f1 2", f"n00 OSA_STOPPED OSA f1 B {period} -")


def test_a_cause_of_an_event_is_not_that_of_the_form_of_its_id() -> None:
    check_of_told("", "n00 OSA_STOPPED DPOR x A 2015-05 -")


@pytest.mark.parametrize("kind", ["POE_REQUESTED", "POE_RESULT"])
def test_a_proof_told_twice_in_a_period_is_shown(kind: str) -> None:
    check_of_told("\n POE d1 2", f"n00 {kind} DPOR d1 A 2015-06 -")
    check_of_told("\n POE x 2", f"n00 {kind} OSA x B 2015-06 -")


def test_causes_of_one_claim_in_one_month_or_another_are_several() -> None:
    check_of_told("", "n20 DPOR_REPLACED DPOR d2 A 2015-08 -\n n21 DPOR_REMOVED DPOR d2 A 2015-08 -")


def told_of_d2(*proofs: str) -> str:
    """Messages on d2, whose proof was asked for in May: kind, period and outcome of each. A later id comes first."""
    return "\n".join(
        f"n{29 - number} {kind} DPOR d2 A {period} {outcome}"
        for number, (kind, period, outcome) in enumerate(proof.split() for proof in proofs)
    )


@pytest.mark.parametrize(
    "proofs",
    [
        ("POE_RESULT 2015-08 PASS",),
        ("POE_RESULT 2015-07 FAIL", "POE_RESULT 2015-08 PASS"),
        ("POE_RESULT 2015-07 PASS", "POE_REQUESTED 2015-08 -"),
        ("POE_RESULT 2015-06 PASS", "POE_REQUESTED 2015-07 -", "POE_RESULT 2015-08 PASS"),
        ("POE_RESULT 2015-06 PASS", "POE_RESULT 2015-07 PASS"),
    ],
    ids=["decided", "decided otherwise", "asked for again", "asked for and decided again", "posted before"],
)
def test_a_proof_is_told_when_it_stands_otherwise_than_was_told_last(proofs: tuple[str, ...]) -> None:
    check_of_told("", told_of_d2(*proofs))


def test_a_proof_of_which_the_run_tells_what_was_told_last_is_shown() -> None:
    check_of_told("\n POE_REQUESTED d2 2", told_of_d2("POE_REQUESTED 2015-08 -"))
    for outcome in ("PASS", "FAIL"):
        twice = told_of_d2(f"POE_RESULT 2015-06 {outcome}", f"POE_RESULT 2015-08 {outcome}")
        check_of_told("\n POE_RESULT d2 2", twice)


def test_a_proof_of_an_event_is_not_that_of_the_form_of_its_id() -> None:
    check_of_told("", "n00 POE_RESULT DPOR x A 2015-07 PASS\n n20 POE_RESULT OSA x B 2015-08 PASS")


def test_a_message_to_another_than_its_claims_partner_is_shown() -> None:
    check_of_told("\n DPOR_REMOVED d2 1", "n00 DPOR_REMOVED DPOR d2 B 2015-06 -")
    check_of_told("\n OSA_FORM_REFUSED x 1", "n00 OSA_FORM_REFUSED OSA x A 2015-06 -")


@pytest.mark.parametrize("claim", ["DPOR d9", "OSA d1"])
def test_a_message_about_no_claim_is_shown(claim: str) -> None:
    check_of_told(f"\n DPOR_REPLACED {claim.split()[1]} 1", f"n00 DPOR_REPLACED {claim} A 2015-06 -")
