"""P26: one message per cause to the partner's primary contact, made when the period closes."""

from __future__ import annotations

from typing import Any

import pytest
from harness import Outcome, run

PARTNERS = """
    mpn_id  region  ppc_name  ppc_email
    A       NA      Ann       ann@a.example
    B       EMEA    Bob       bob@b.example
"""
CUSTOMERS = """
    customer_id  organization_name  country  address      phone
    contoso      Contoso-Corp       DE       Marktplatz-1  +49-555-0100
"""
CONTACT_DATA = ("Contoso-Corp", "Marktplatz-1", "+49-555-0100")


def closed(period: str, **feeds: Any) -> Outcome:
    return run(period, state="CLOSED", **{"partners": PARTNERS, "customers": CUSTOMERS, **feeds})


def message(known: Outcome, kind: str) -> dict[str, Any]:
    (found,) = known.rows("notifications", kind=kind)
    return found


def test_who_is_attached_is_told_with_organisation_service_term_address_and_phone() -> None:
    known = closed(
        "2015-03",
        subscriptions="subscription_id start_date end_date\n e3 2015-01-01 2017-12-31",
        dpor_attachments="event_id occurred_at mpn_id\n e1 2015-03-10T23:30:00 A",
    )
    told = message(known, "DPOR_ATTACHED")
    assert (told["mpn_id"], told["email"], told["claim_id"], told["period"]) == (
        "1000001", "ann@a.example", "e1", "2015-03",
    )  # fmt: skip
    for said in (
        "Dear Ann,", "2015-03-10", "Organisation: Contoso-Corp", "O365, E3", "2015-01-01 to 2017-12-31",
        "Marktplatz-1, DE", "+49-555-0100", "ocina@microsoft.com", "1000001",
    ):  # fmt: skip
        assert said in told["body"]
    assert told["subject"] == "You are Digital Partner of Record: subscription e3 (O365)"


def test_an_open_term_has_no_last_day() -> None:
    known = closed("2015-03", dpor_attachments="event_id occurred_at mpn_id\n e1 2015-03-10 A")
    assert "from 2014-01-01, open-ended" in message(known, "DPOR_ATTACHED")["body"]


def test_a_removed_partner_is_told() -> None:
    known = closed(
        "2015-04",
        dpor_attachments="""
            event_id  occurred_at  action  mpn_id
            e1        2015-03-10   ADD     A
            e2        2015-04-05   REMOVE  A
        """,
    )
    known.shows(
        "notifications",
        "kind mpn_id claim_id\n DPOR_ATTACHED A e1\n DPOR_REMOVED A e1\n POE_REQUESTED A e1",
        period="2015-04",
    )
    assert "2015-04-05" in message(known, "DPOR_REMOVED")["body"]


def test_a_replaced_partner_is_told_and_not_by_whom() -> None:
    known = closed(
        "2015-04",
        dpor_attachments="event_id occurred_at mpn_id\n e1 2015-03-10 A\n e2 2015-04-05 B",
        poe_reviews="claim_id outcome\n e1 PASS\n e2 PASS",
    )
    known.shows(
        "notifications",
        """
            kind           mpn_id  claim_id  email
            DPOR_ATTACHED  A       e1        ann@a.example
            DPOR_ATTACHED  B       e2        bob@b.example
            DPOR_REPLACED  A       e1        ann@a.example
            POE_RESULT     A       e1        ann@a.example
            POE_RESULT     B       e2        bob@b.example
        """,
    )
    told = message(known, "DPOR_REPLACED")
    assert "1000002" not in told["body"]
    assert "e2" not in told["body"]


def test_a_form_stopped_by_another_partners_dpor_is_told() -> None:
    known = closed(
        "2015-03",
        osa_forms="form_id received_on mpn_id\n form-a 2014-08-20 A",
        dpor_attachments="event_id occurred_at mpn_id\n e1 2015-03-10 B",
        poe_reviews="claim_id outcome\n e1 PASS",
    )
    known.shows(
        "notifications",
        "kind mpn_id claim_id source\n OSA_STOPPED A form-a OSA\n DPOR_ATTACHED B e1 DPOR\n POE_RESULT B e1 DPOR",
    )
    assert "ocina@microsoft.com" in message(known, "OSA_STOPPED")["body"]
    assert "ociemea@microsoft.com" in message(known, "DPOR_ATTACHED")["body"]


@pytest.mark.parametrize(
    ("received_on", "says"), [("2015-04-10", "has a Digital Partner of Record"), ("2015-05-01", "up to 2015-04-30")]
)
def test_a_refused_form_is_told_with_its_reason(received_on: str, says: str) -> None:
    known = closed(
        "2015-05",
        dpor_attachments="event_id occurred_at mpn_id\n e1 2015-03-10 A",
        poe_reviews="claim_id outcome\n e1 PASS",
        osa_forms=f"form_id received_on mpn_id\n form-b {received_on} B",
    )
    known.shows("notifications", "kind mpn_id claim_id\n OSA_FORM_REFUSED B form-b", mpn_id="B")
    assert says in message(known, "OSA_FORM_REFUSED")["body"]


def test_rejected_and_duplicate_events_and_duplicate_forms_tell_nobody_anything() -> None:
    known = closed(
        "2015-03",
        osa_forms="form_id received_on mpn_id\n f1 2014-08-20 A\n f2 2014-08-21 A",
        dpor_attachments="""
            event_id   occurred_at  action  mpn_id
            too-soon   2015-03-01   ADD     A
            nothing    2015-03-05   REMOVE  B
            e1         2015-03-10   ADD     A
            again      2015-03-11   ADD     A
        """,
    )
    known.shows("notifications", "kind claim_id\n DPOR_ATTACHED e1")


@pytest.mark.parametrize(
    ("outcome", "kind", "says"),
    [("-", "POE_REQUESTED", "asked for"), ("PASS", "POE_RESULT", "passed"), ("FAIL", "POE_RESULT", "failed")],
)
def test_a_proof_is_told_as_it_stands_when_the_period_closes(outcome: str, kind: str, says: str) -> None:
    known = closed(
        "2015-03",
        dpor_attachments="event_id occurred_at mpn_id\n e1 2015-03-10 A",
        poe_reviews=f"claim_id outcome\n e1 {outcome}",
    )
    known.shows("notifications", f"kind outcome\n DPOR_ATTACHED -\n {kind} {outcome}")
    assert says in message(known, kind)["subject"]
    assert says in message(known, kind)["body"]


@pytest.mark.parametrize(
    ("outcome", "kind", "says"),
    [
        ("-", "POE_REQUESTED", "then it is paid, within the max caps."),
        ("PASS", "POE_RESULT", "earlier months included, unless a later review says otherwise."),
        ("PASS", "POE_RESULT", "What was held for it is released, within the max caps."),
        ("FAIL", "POE_RESULT", "A later proof that passes counts instead, for the whole life too"),
    ],
)
def test_a_message_on_a_proof_says_how_long_it_counts_and_what_helps(outcome: str, kind: str, says: str) -> None:
    known = closed(
        "2015-03",
        dpor_attachments="event_id occurred_at mpn_id\n e1 2015-03-10 A",
        poe_reviews=f"claim_id outcome\n e1 {outcome}",
    )
    assert says in message(known, kind)["body"]


def test_both_partners_of_a_contest_are_asked_for_a_proof() -> None:
    known = closed("2015-02", osa_forms="form_id received_on mpn_id\n form-a 2015-01-10 A\n form-b 2015-02-10 B")
    known.shows("notifications", "kind mpn_id\n POE_REQUESTED A\n POE_REQUESTED B")


def test_an_uncontested_form_and_an_exempt_dpor_are_not_asked_for_a_proof_nor_told_of_one() -> None:
    known = closed(
        "2015-03",
        osa_forms="form_id received_on mpn_id\n form-a 2014-08-20 A",
        dpor_attachments="event_id occurred_at mpn_id\n e1 2015-03-10 A",
        poe_reviews="claim_id outcome\n e1 FAIL",
    )
    known.shows("notifications", "kind\n DPOR_ATTACHED")


def test_only_what_happened_before_the_periods_end_is_told() -> None:
    feeds = {
        "osa_forms": "form_id received_on mpn_id\n form-b 2015-04-01 B",
        "dpor_attachments": """
            event_id  occurred_at                 action  mpn_id
            e1        2015-03-31T23:59:59.999999  ADD     A
            e2        2015-04-01T00:00:00         REMOVE  A
            e3        2015-04-01T00:00:01         ADD     A
        """,
        "poe_reviews": "claim_id outcome\n e1 PASS\n e3 PASS",
    }
    closed("2015-03", **feeds).shows("notifications", "kind claim_id\n DPOR_ATTACHED e1\n POE_RESULT e1")
    closed("2015-04", **feeds).shows(
        "notifications",
        """
            kind              claim_id
            DPOR_ATTACHED     e1
            DPOR_REMOVED      e1
            DPOR_ATTACHED     e3
            OSA_FORM_REFUSED  form-b
            POE_RESULT        e1
            POE_RESULT        e3
        """,
    )


def test_a_draft_tells_nobody() -> None:
    known = run("2015-03", dpor_attachments="event_id occurred_at mpn_id\n e1 2015-03-10 A")
    assert known.rows("notifications") == []


def test_a_customers_contact_data_goes_to_who_is_attached_and_to_nobody_else() -> None:
    known = closed(
        "2015-05",
        osa_forms="""
            form_id  received_on  mpn_id
            form-a   2014-08-20   A
            form-c   2014-08-21   B
            refused  2015-04-20   A
        """,
        dpor_attachments="""
            event_id  occurred_at  action  mpn_id
            e1        2015-03-10   ADD     B
            e2        2015-03-11   ADD     A
            e3        2015-03-12   REMOVE  A
            e4        2015-03-13   ADD     B
        """,
        poe_reviews="claim_id outcome\n e1 PASS\n e2 FAIL",
    )
    assert {row["kind"] for row in known.rows("notifications")} == {
        "DPOR_ATTACHED", "DPOR_REMOVED", "DPOR_REPLACED", "OSA_STOPPED", "OSA_FORM_REFUSED", "POE_REQUESTED",
        "POE_RESULT",
    }  # fmt: skip
    for row in known.rows("notifications"):
        gives = [data in row["subject"] + row["body"] for data in CONTACT_DATA]
        assert all(gives) if (row["kind"], row["claim_id"]) == ("DPOR_ATTACHED", "e4") else not any(gives), row
    (ended,) = known.rows("notifications", kind="DPOR_ATTACHED", claim_id="e2")
    assert "has ended since" in ended["body"]


@pytest.mark.parametrize(
    ("region", "address"),
    [
        ("EMEA", "ociemea@microsoft.com"),
        ("LATAM", "ocilatam@microsoft.com"),
        ("APGC", "ociapgc@microsoft.com"),
        ("JAPAN", "ocijp@microsoft.com"),
        ("NA", "ocina@microsoft.com"),
    ],
)
def test_every_message_names_the_support_address_of_the_partners_region(region: str, address: str) -> None:
    known = closed(
        "2015-04",
        partners=f"mpn_id region\n A {region}",
        dpor_attachments="event_id occurred_at action mpn_id\n e1 2015-03-10 ADD A\n e2 2015-04-05 REMOVE A",
        osa_forms="form_id received_on mpn_id\n refused 2015-03-20 A",
    )
    bodies = [row["body"] for row in known.rows("notifications")]
    assert len(bodies) == 4
    assert all(f"Questions:    {address}\n" in body for body in bodies)


def test_a_form_and_an_event_of_one_id_are_told_apart() -> None:
    known = closed(
        "2015-03",
        osa_forms="form_id received_on mpn_id\n x 2014-08-20 A",
        dpor_attachments="event_id occurred_at mpn_id\n x 2015-03-10 B",
        poe_reviews="claim_id mpn_id outcome\n x A PASS\n x B FAIL",
    )
    known.shows(
        "notifications",
        """
            kind           source  mpn_id  outcome
            DPOR_ATTACHED  DPOR    B       -
            OSA_STOPPED    OSA     A       -
            POE_RESULT     DPOR    B       FAIL
            POE_RESULT     OSA     A       PASS
        """,
    )
    assert len({row["notification_id"] for row in known.rows("notifications")}) == 4


def test_the_same_cause_has_the_same_id_whichever_period_tells_it() -> None:
    feeds = {"dpor_attachments": "event_id occurred_at mpn_id\n E1 2015-03-10 A\n e1 2015-03-11 B"}
    ids = [
        {
            (row["kind"], row["claim_id"]): row["notification_id"]
            for row in closed(period, **feeds).rows("notifications")
        }
        for period in ("2015-03", "2015-05")
    ]
    assert ids[0] == ids[1]
    folded = {name.casefold() for name in ids[0].values()}
    assert len(folded) == len(ids[0]) == 5
