"""P9, P10: another partner's DPOR stops a form for the whole group; any DPOR overrules it on its own subscription."""

from __future__ import annotations

import pytest
from harness import run

FORM_OF_A = "form_id received_on mpn_id\n form-a 2014-08-20 A"


def test_the_first_dpor_of_another_partner_stops_the_form_for_the_whole_group_from_that_instant() -> None:
    known = run(
        "2015-04",
        subscriptions="""
            subscription_id  customer_id  service
            e1               contoso      O365
            e3               contoso      O365
            intune           contoso      INTUNE
            fabrikam-e1      fabrikam     O365
        """,
        osa_forms="""
            form_id      received_on  customer_id  service  mpn_id
            form-o365    2014-08-20   contoso      O365     A
            form-intune  2014-08-20   contoso      INTUNE   A
            form-other   2014-08-20   fabrikam     O365     A
        """,
        dpor_attachments="""
            event_id  occurred_at          subscription_id  mpn_id
            e1        2015-03-10T09:00:00  e3               B
            e2        2015-03-11T09:00:00  e3               C
        """,
    )
    known.shows(
        "claims",
        """
            claim_id     ended_at             end_reason
            form-o365    2015-03-10T09:00:00  stopped_by_dpor
            form-intune  -                    -
            form-other   -                    -
        """,
        source="OSA",
    )
    known.shows(
        "por_resolution",
        """
            subscription_id  status      reason                  mpn_id
            e1               UNASSIGNED  osa_superseded_by_dpor  -
            e3               HELD        poe_pending             C
            intune           PAYABLE     -                       A
            fabrikam-e1      PAYABLE     -                       A
        """,
    )


@pytest.mark.parametrize(
    ("instant", "march"),
    [
        ("2015-03-31T23:59:59.999999", "UNASSIGNED  osa_superseded_by_dpor"),
        ("2015-04-01T00:00:00", "PAYABLE  -"),
    ],
)
def test_a_stop_at_the_periods_end_is_not_yet_in_the_period(instant: str, march: str) -> None:
    known = run(
        "2015-04",
        subscriptions="subscription_id\n e1\n e3",
        osa_forms=FORM_OF_A,
        dpor_attachments=f"event_id occurred_at subscription_id mpn_id\n e1 {instant} e3 B",
    )
    known.shows(
        "por_resolution",
        f"""
            period   status   reason
            2015-03  {march}
            2015-04  UNASSIGNED  osa_superseded_by_dpor
        """,
        subscription_id="e1",
    )


@pytest.mark.parametrize(
    ("what", "events", "reviews"),
    [
        ("removed", "e1 2015-03-10 ADD B \n e2 2015-03-11 REMOVE B", "form-a PASS"),
        ("failed", "e1 2015-03-10 ADD B", "e1 FAIL"),
        ("replaced by its partner", "e1 2015-03-10 ADD B \n e2 2015-03-11 ADD A", "form-a PASS"),
    ],
)
def test_a_stopped_form_never_comes_back(what: str, events: str, reviews: str) -> None:
    known = run(
        "2015-05",
        subscriptions="subscription_id\n e1\n e3",
        osa_forms=FORM_OF_A,
        dpor_attachments=f"event_id occurred_at action mpn_id\n {events}",
        poe_reviews=f"claim_id outcome\n {reviews}",
    )
    known.shows("claims", "ended_at end_reason\n 2015-03-10T00:00:00 stopped_by_dpor", claim_id="form-a")
    known.shows("por_resolution", "status reason\n UNASSIGNED osa_superseded_by_dpor", subscription_id="e1")


def test_a_dpor_of_the_same_partner_stops_nothing() -> None:
    known = run(
        "2015-03",
        osa_forms=FORM_OF_A,
        dpor_attachments="event_id occurred_at subscription_id mpn_id\n e1 2015-03-10 e3 A\n",
        subscriptions="subscription_id\n e1\n e3",
    )
    known.shows("claims", "claim_id ended_at\n form-a -\n e1 -")
    known.shows(
        "por_resolution",
        """
            subscription_id  status   mpn_id  basis  claim_id
            e1               PAYABLE  A       OSA    form-a
            e3               PAYABLE  A       DPOR   e1
        """,
    )


def test_every_form_of_another_partner_is_stopped_and_those_of_the_dpors_own_partner_stand() -> None:
    known = run(
        "2015-03",
        subscriptions="subscription_id\n e1\n e3",
        osa_forms="""
            form_id  received_on  mpn_id
            f1       2015-01-10   A
            f2       2015-01-11   B
            f3       2015-01-12   A
        """,
        dpor_attachments="event_id occurred_at subscription_id mpn_id\n e1 2015-03-10 e3 B",
        poe_reviews="claim_id outcome\n f3 FAIL\n f2 PASS",
    )
    known.shows(
        "claims",
        "claim_id ended_at\n f1 2015-03-10T00:00:00\n f2 -\n f3 2015-03-10T00:00:00",
        source="OSA",
    )
    known.shows("por_resolution", "status mpn_id claim_id\n PAYABLE B f2", subscription_id="e1")


def test_a_dpor_before_the_form_does_not_stop_it() -> None:
    known = run(
        "2015-04",
        dpor_attachments="""
            event_id  occurred_at  action  mpn_id
            e1        2015-03-10   ADD     B
            e2        2015-03-11   REMOVE  B
        """,
        osa_forms="form_id received_on mpn_id\n form-a 2015-03-12 A",
    )
    known.shows("claims", "ended_at\n -", source="OSA")
    known.shows("por_resolution", "status mpn_id basis\n PAYABLE A OSA")


def test_a_form_does_not_cover_a_subscription_on_which_a_dpor_has_begun_since_though_it_is_over() -> None:
    """The ruling of P10, with the form's own partner, whose DPOR doesn't stop the form."""
    known = run(
        "2015-04",
        subscriptions="subscription_id\n e1\n e3",
        osa_forms=FORM_OF_A,
        dpor_attachments="""
            event_id  occurred_at  subscription_id  action  mpn_id
            e1        2015-03-10   e3               ADD     A
            e2        2015-04-10   e3               REMOVE  A
        """,
    )
    known.shows(
        "por_resolution",
        """
            subscription_id  status      reason        mpn_id  claim_id
            e1               PAYABLE     -             A       form-a
            e3               UNASSIGNED  dpor_removed  -       -
        """,
    )


def test_a_form_does_not_cover_a_subscription_whose_dpor_was_another_partners_and_is_removed() -> None:
    known = run(
        "2015-04",
        osa_forms=FORM_OF_A,
        dpor_attachments="""
            event_id  occurred_at  action  mpn_id
            e1        2015-03-10   ADD     B
            e2        2015-03-20   REMOVE  B
        """,
    )
    known.shows("por_resolution", "status reason\n UNASSIGNED dpor_removed")


@pytest.mark.parametrize("form_day", ["2015-03-20", "2015-04-10"])
def test_a_form_after_the_dpor_covers_the_subscription_also_one_of_its_last_day(form_day: str) -> None:
    known = run(
        "2015-04",
        dpor_attachments="""
            event_id  occurred_at          action  mpn_id
            e1        2015-03-20T08:00:00  ADD     B
            e2        2015-03-20T09:00:00  REMOVE  B
        """,
        osa_forms=f"form_id received_on mpn_id\n form-a {form_day} A",
    )
    known.shows("por_resolution", "status mpn_id basis claim_id\n PAYABLE A OSA form-a")


def test_a_duplicate_form_does_not_renew_the_cover() -> None:
    known = run(
        "2015-04",
        osa_forms="form_id received_on mpn_id\n form-a 2014-08-20 A\n again 2015-04-20 A",
        dpor_attachments="""
            event_id  occurred_at  action  mpn_id
            e1        2015-03-10   ADD     A
            e2        2015-04-10   REMOVE  A
        """,
    )
    known.shows("por_resolution", "status reason\n UNASSIGNED dpor_removed")
