"""P11, P12: forms of different partners contest each other; who is then the group's OSA partner."""

from __future__ import annotations

import pytest
from harness import run


def test_two_forms_of_different_partners_contest_each_other_from_the_later_ones_day() -> None:
    known = run(
        "2015-02",
        osa_forms="""
            form_id  received_on  mpn_id
            form-a   2014-12-10   A
            form-b   2015-02-28   B
        """,
    )
    known.shows("claims", "claim_id poe_status ended_at\n form-a PENDING -\n form-b PENDING -")
    known.shows(
        "por_resolution",
        """
            period   status   reason       mpn_id  claim_id
            2014-12  PAYABLE  -            A       form-a
            2015-01  PAYABLE  -            A       form-a
            2015-02  HELD     poe_pending  B       form-b
        """,
    )


def test_before_the_later_form_came_nothing_is_contested() -> None:
    forms = "form_id received_on mpn_id\n form-a 2014-12-10 A\n form-b 2015-03-01 B"
    run("2015-02", osa_forms=forms).shows("claims", "poe_status\n NOT_REQUIRED", claim_id="form-a")


@pytest.mark.parametrize("forms", ["f2 2015-02-10 A\n f1 2015-02-10 B", "f1 2015-02-10 B\n f2 2015-02-10 A"])
def test_two_forms_of_one_day_contest_each_other_and_the_greater_id_is_the_later(forms: str) -> None:
    known = run("2015-02", osa_forms=f"form_id received_on mpn_id\n {forms}")
    known.shows("claims", "claim_id poe_status\n f1 PENDING\n f2 PENDING")
    known.shows("por_resolution", "status mpn_id\n HELD A")


def test_forms_of_different_groups_do_not_contest_each_other() -> None:
    known = run(
        "2015-02",
        osa_forms="""
            form_id  received_on  customer_id  service  mpn_id
            f1       2015-01-10   contoso      O365     A
            f2       2015-01-11   contoso      INTUNE   B
            f3       2015-01-12   fabrikam     O365     C
        """,
    )
    known.shows("claims", "claim_id poe_status\n f1 NOT_REQUIRED\n f2 NOT_REQUIRED\n f3 NOT_REQUIRED")


def test_a_third_form_contests_every_other_partners_that_still_stands() -> None:
    """B's DPOR stopped neither its own form nor the contest that A's second form brings to it."""
    known = run(
        "2015-04",
        subscriptions="subscription_id\n e1\n e3",
        osa_forms="""
            form_id  received_on  mpn_id
            f1       2015-01-10   B
            f2       2015-04-10   C
        """,
        dpor_attachments="""
            event_id  occurred_at  action  mpn_id
            e1        2015-03-10   ADD     B
            e2        2015-03-20   REMOVE  B
        """,
    )
    known.shows("claims", "claim_id poe_status\n f1 PENDING\n f2 PENDING", source="OSA")


@pytest.mark.parametrize(("form_day", "poe"), [("2015-03-19", "PENDING"), ("2015-03-20", "NOT_REQUIRED")])
def test_an_earlier_form_that_was_stopped_when_the_later_came_is_not_contested(form_day: str, poe: str) -> None:
    """A stop on the later form's own day came before it (P6)."""
    known = run(
        "2015-03",
        osa_forms=f"form_id received_on mpn_id\n form-a 2015-01-10 A\n form-b {form_day} B",
        dpor_attachments="""
            event_id  occurred_at          action  mpn_id
            e1        2015-03-20T22:00:00  ADD     C
            e2        2015-03-20T23:00:00  REMOVE  C
        """,
    )
    known.shows("claims", f"claim_id poe_status\n form-a {poe}\n form-b {poe}", source="OSA")


@pytest.mark.parametrize("outcome", ["PASS", "FAIL", "-"])
def test_a_form_contests_whatever_the_poe_of_the_other(outcome: str) -> None:
    known = run(
        "2015-02",
        osa_forms="form_id received_on mpn_id\n form-a 2015-01-10 A\n form-b 2015-02-10 B",
        poe_reviews=f"claim_id outcome\n form-a {outcome}",
    )
    known.shows("claims", "poe_status\n PENDING", claim_id="form-b")
    known.shows("por_resolution", "status mpn_id\n HELD B")


@pytest.mark.parametrize(
    ("of_a", "of_b", "of_c", "shown"),
    [
        ("-", "-", "-", "HELD        poe_pending  C"),
        ("-", "-", "PASS", "PAYABLE     -            C"),
        ("PASS", "PASS", "-", "HELD        poe_pending  C"),
        ("PASS", "-", "FAIL", "HELD        poe_pending  B"),
        ("FAIL", "PASS", "FAIL", "PAYABLE     -            B"),
        ("PASS", "FAIL", "FAIL", "PAYABLE     -            A"),
        ("FAIL", "FAIL", "FAIL", "UNASSIGNED  no_por       -"),
    ],
)
def test_the_latest_form_whose_poe_has_not_failed_is_the_groups(of_a: str, of_b: str, of_c: str, shown: str) -> None:
    known = run(
        "2015-02",
        osa_forms="""
            form_id  received_on  mpn_id
            form-a   2015-02-10   A
            form-b   2015-02-11   B
            form-c   2015-02-12   C
        """,
        poe_reviews=f"claim_id outcome\n form-a {of_a}\n form-b {of_b}\n form-c {of_c}",
    )
    known.shows("por_resolution", f"status reason mpn_id\n {shown}")


def test_if_the_form_that_steps_in_was_stopped_the_group_has_nobody() -> None:
    """B's DPOR stopped A's form and not B's own; B's form then fails."""
    known = run(
        "2015-03",
        subscriptions="subscription_id\n e1\n e3",
        osa_forms="form_id received_on mpn_id\n form-a 2015-01-10 A\n form-b 2015-01-11 B",
        dpor_attachments="event_id occurred_at mpn_id\n e1 2015-03-10 B",
        poe_reviews="claim_id outcome\n form-a PASS\n form-b FAIL",
    )
    known.shows(
        "por_resolution",
        "status reason mpn_id\n UNASSIGNED osa_superseded_by_dpor -",
        subscription_id="e1",
    )


def test_a_stopped_latest_form_gives_way_to_no_earlier_one() -> None:
    """A's own DPOR stops B's form only. B's is the latest, so the group has nobody, though A's form still stands."""
    known = run(
        "2015-03",
        subscriptions="subscription_id\n e1\n e3",
        osa_forms="form_id received_on mpn_id\n form-a 2015-01-10 A\n form-b 2015-01-11 B",
        dpor_attachments="event_id occurred_at mpn_id\n e1 2015-03-10 A",
        poe_reviews="claim_id outcome\n form-a PASS",
    )
    known.shows("claims", "claim_id ended_at\n form-a -\n form-b 2015-03-10T00:00:00", source="OSA")
    known.shows("por_resolution", "status reason\n UNASSIGNED osa_superseded_by_dpor", subscription_id="e1")


def test_two_forms_of_the_same_partner_do_not_contest_each_other_with_a_stopped_one_between_them() -> None:
    """A's own DPOR stopped B's form and not its first one, so A's next form is new, and in contest with nobody."""
    known = run(
        "2015-04",
        osa_forms="""
            form_id  received_on  mpn_id
            f1       2015-01-10   A
            f2       2015-01-11   B
            f3       2015-04-10   A
        """,
        dpor_attachments="""
            event_id  occurred_at  action  mpn_id
            e1        2015-03-10   ADD     A
            e2        2015-03-20   REMOVE  A
        """,
    )
    known.shows(
        "claims",
        """
            claim_id  decision  poe_status    ended_at
            f1        ATTACHED  PENDING       -
            f2        ATTACHED  PENDING       2015-03-10T00:00:00
            f3        ATTACHED  NOT_REQUIRED  -
        """,
        source="OSA",
    )
    known.shows("por_resolution", "status mpn_id claim_id\n PAYABLE A f3")
