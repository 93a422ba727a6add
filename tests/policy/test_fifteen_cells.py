"""Slide 24: five states of a subscription by three things that may happen next; A is there already, B is another."""

from __future__ import annotations

import pytest
from harness import run

STATES = {
    "osa": ("form-a", "-"),
    "own": ("form-a dpor-a", "-"),
    "pending": ("dpor-a", "-"),
    "passed": ("dpor-a", "PASS"),
    "failed": ("dpor-a", "FAIL"),
}
"""By state: what brought A there in February and March, and its DPOR's POE."""

EVENTS = {
    "same-dpor": "event  2015-04-14T10:00:00  ADD  A",
    "other-dpor": "event  2015-04-14T10:00:00  ADD  B",
    "other-form": "event  2015-04-14  B",
}

CELLS = """
    cell                decision   reason            poe_of_event  end_of_form      end_of_dpor       march                            april
    osa-same-dpor       ATTACHED   -                 NOT_REQUIRED  -                -                 PAYABLE:-:A:OSA:form-a           PAYABLE:-:A:DPOR:event
    osa-other-dpor      ATTACHED   -                 PENDING       stopped_by_dpor  -                 PAYABLE:-:A:OSA:form-a           HELD:poe_pending:B:DPOR:event
    osa-other-form      ATTACHED   -                 PENDING       -                -                 PAYABLE:-:A:OSA:form-a           HELD:poe_pending:B:OSA:event
    own-same-dpor       DUPLICATE  already_attached  -             -                -                 PAYABLE:-:A:DPOR:dpor-a          PAYABLE:-:A:DPOR:dpor-a
    own-other-dpor      ATTACHED   -                 PENDING       stopped_by_dpor  replaced_by_dpor  PAYABLE:-:A:DPOR:dpor-a          HELD:poe_pending:B:DPOR:event
    own-other-form      REJECTED   dpor_attached     -             -                -                 PAYABLE:-:A:DPOR:dpor-a          PAYABLE:-:A:DPOR:dpor-a
    pending-same-dpor   DUPLICATE  already_attached  -             -                -                 HELD:poe_pending:A:DPOR:dpor-a   HELD:poe_pending:A:DPOR:dpor-a
    pending-other-dpor  ATTACHED   -                 PENDING       -                replaced_by_dpor  HELD:poe_pending:A:DPOR:dpor-a   HELD:poe_pending:B:DPOR:event
    pending-other-form  REJECTED   dpor_attached     -             -                -                 HELD:poe_pending:A:DPOR:dpor-a   HELD:poe_pending:A:DPOR:dpor-a
    passed-same-dpor    DUPLICATE  already_attached  -             -                -                 PAYABLE:-:A:DPOR:dpor-a          PAYABLE:-:A:DPOR:dpor-a
    passed-other-dpor   ATTACHED   -                 PENDING       -                replaced_by_dpor  PAYABLE:-:A:DPOR:dpor-a          HELD:poe_pending:B:DPOR:event
    passed-other-form   REJECTED   dpor_attached     -             -                -                 PAYABLE:-:A:DPOR:dpor-a          PAYABLE:-:A:DPOR:dpor-a
    failed-same-dpor    DUPLICATE  already_attached  -             -                -                 DENIED:poe_failed:A:DPOR:dpor-a  DENIED:poe_failed:A:DPOR:dpor-a
    failed-other-dpor   ATTACHED   -                 PENDING       -                replaced_by_dpor  DENIED:poe_failed:A:DPOR:dpor-a  HELD:poe_pending:B:DPOR:event
    failed-other-form   REJECTED   dpor_attached     -             -                -                 DENIED:poe_failed:A:DPOR:dpor-a  DENIED:poe_failed:A:DPOR:dpor-a
"""  # noqa: E501

ROWS = [line.split() for line in CELLS.splitlines() if line.strip()][1:]


@pytest.mark.parametrize("cell", ROWS, ids=[row[0] for row in ROWS])
def test_slide_24(cell: list[str]) -> None:
    name, decision, reason, poe, end_of_form, end_of_dpor, march, april = cell
    state, event = name.split("-", 1)
    there, poe_of_dpor = STATES[state]
    forms = ["form-a  2015-02-10  A"] if "form-a" in there else []
    events = ["dpor-a  2015-03-10  ADD  A"] if "dpor-a" in there else []
    (forms if event == "other-form" else events).append(EVENTS[event])
    known = run(
        "2015-04",
        osa_forms="\n".join(["form_id received_on mpn_id", *forms]),
        dpor_attachments="\n".join(["event_id occurred_at action mpn_id", *events]),
        poe_reviews="claim_id outcome" + ("" if poe_of_dpor == "-" else f"\n dpor-a {poe_of_dpor}"),
        subscriptions="subscription_id\n e3",
    )
    known.shows(
        "claims",
        f"decision decision_reason poe_status ended_at\n {decision} {reason} {poe} -",
        claim_id="event",
    )
    if "form-a" in there:
        known.shows("claims", f"end_reason\n {end_of_form}", claim_id="form-a")
    if "dpor-a" in there:
        known.shows("claims", f"end_reason\n {end_of_dpor}", claim_id="dpor-a")
    known.shows(
        "por_resolution",
        "period status reason mpn_id basis claim_id\n 2015-03 {}\n 2015-04 {}".format(
            march.replace(":", " "), april.replace(":", " ")
        ),
    )


def test_slide_24_in_a_contest_both_are_asked_for_poe_and_the_winner_earns() -> None:
    known = run(
        "2015-04",
        osa_forms="form_id received_on mpn_id\n form-a 2015-02-10 A\n form-b 2015-04-14 B",
        poe_reviews="claim_id outcome\n form-a PASS\n form-b FAIL",
    )
    known.shows("claims", "claim_id poe_status\n form-a PASS\n form-b FAIL")
    known.shows("por_resolution", "status mpn_id claim_id\n PAYABLE A form-a")


def test_there_are_fifteen() -> None:
    assert {row[0] for row in ROWS} == {f"{state}-{event}" for state in STATES for event in EVENTS}
