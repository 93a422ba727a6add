"""P6, P7, P8: what a form covers, when it counts, when it is refused, and when it is nothing new."""

from __future__ import annotations

from datetime import date

import pytest
from harness import run


def test_a_form_covers_every_eligible_subscription_of_its_service_group_later_ones_included() -> None:
    known = run(
        "2015-02",
        subscriptions="""
            subscription_id  customer_id  service  program  start_date
            e1               contoso      O365     EA       2014-01-01
            bought-later     contoso      O365     CASA     2015-02-10
            not-eligible     contoso      O365     MOSA     2014-01-01
            other-service    contoso      INTUNE   EA       2014-01-01
            other-customer   fabrikam     O365     EA       2014-01-01
        """,
        osa_forms="form_id received_on customer_id service mpn_id\n form-a 2014-08-20 contoso O365 A",
    )
    known.shows(
        "por_resolution",
        """
            subscription_id  status      reason                mpn_id  basis  claim_id
            e1               PAYABLE     -                     A       OSA    form-a
            bought-later     PAYABLE     -                     A       OSA    form-a
            not-eligible     INELIGIBLE  program_not_eligible  -       -      -
            other-service    UNASSIGNED  no_por                -       -      -
            other-customer   UNASSIGNED  no_por                -       -      -
        """,
    )


def test_a_form_counts_from_the_period_of_its_day() -> None:
    known = run(
        "2015-03",
        osa_forms="""
            form_id  received_on  mpn_id
            form-a   2014-12-31   A
            form-b   2015-02-01   B
        """,
        poe_reviews="claim_id outcome\n form-a PASS\n form-b PASS",
    )
    known.shows(
        "por_resolution",
        """
            period   claim_id
            2014-11  -
            2014-12  form-a
            2015-01  form-a
            2015-02  form-b
            2015-03  form-b
        """,
    )


def test_forms_are_taken_by_day_then_by_id_bytewise() -> None:
    known = run(
        "2015-02",
        osa_forms="""
            form_id  received_on  mpn_id
            f9       2015-02-10   C
            f10      2015-02-10   B
            z        2015-02-09   A
        """,
    )
    known.shows("por_resolution", "mpn_id claim_id\n C f9")


def test_a_form_is_shown_with_midnight_of_its_day_and_no_subscription() -> None:
    known = run("2015-02", osa_forms="form_id received_on mpn_id\n form-a 2015-02-10 A")
    known.shows(
        "claims",
        """
            claim_id  source  mpn_id  customer_id  service  subscription_id  received_at          decision  poe_status
            form-a    OSA     A       contoso      O365     -                2015-02-10T00:00:00  ATTACHED  NOT_REQUIRED
        """,
    )


def test_a_dpor_of_the_same_day_comes_before_the_form() -> None:
    known = run(
        "2015-03",
        osa_forms="form_id received_on mpn_id\n form-a 2015-03-10 A",
        dpor_attachments="event_id occurred_at mpn_id\n e1 2015-03-10T23:59:59.999999 B",
    )
    known.shows("claims", "claim_id decision decision_reason\n form-a REJECTED dpor_attached\n e1 ATTACHED -")


def test_a_dpor_on_the_day_after_comes_after_the_form_and_stops_it() -> None:
    known = run(
        "2015-03",
        osa_forms="form_id received_on mpn_id\n form-a 2015-03-10 A",
        dpor_attachments="event_id occurred_at mpn_id\n e1 2015-03-11T00:00:00 B",
    )
    known.shows("claims", "claim_id decision ended_at\n form-a ATTACHED 2015-03-11T00:00:00\n e1 ATTACHED -")


def test_a_dpor_that_came_and_went_on_the_forms_day_neither_bars_nor_stops_it() -> None:
    known = run(
        "2015-03",
        osa_forms="form_id received_on mpn_id\n form-a 2015-03-10 A",
        dpor_attachments="""
            event_id  occurred_at                 action  mpn_id
            e1        2015-03-10T00:00:00         ADD     B
            e2        2015-03-10T23:59:59.999999  REMOVE  B
        """,
    )
    known.shows("claims", "decision ended_at\n ATTACHED -", claim_id="form-a")
    known.shows("por_resolution", "status mpn_id basis\n PAYABLE A OSA")


def test_the_last_day_for_forms_counts_and_the_day_after_is_refused() -> None:
    known = run(
        "2015-05",
        osa_forms="""
            form_id  received_on  mpn_id
            in-time  2015-04-30   A
            late     2015-05-01   B
        """,
    )
    known.shows("claims", "claim_id decision decision_reason\n in-time ATTACHED -\n late REJECTED osa_method_closed")
    known.shows("por_resolution", "status mpn_id claim_id\n PAYABLE A in-time")


def test_the_last_day_for_forms_is_the_policys() -> None:
    known = run(
        "2015-04",
        policy={"osa_forms_accepted_until": date(2015, 3, 31)},
        osa_forms="form_id received_on mpn_id\n in-time 2015-03-31 A\n late 2015-04-01 B",
    )
    known.shows("claims", "claim_id decision_reason\n in-time -\n late osa_method_closed")


@pytest.mark.parametrize("outcome", ["PASS", "FAIL", "-"])
@pytest.mark.parametrize("sender", ["A", "B"])
def test_a_form_is_refused_while_any_subscription_of_its_group_has_a_dpor_whatever_its_poe(
    outcome: str, sender: str
) -> None:
    known = run(
        "2015-04",
        subscriptions="""
            subscription_id  service
            e1               O365
            e3               O365
            intune           INTUNE
        """,
        dpor_attachments="event_id occurred_at subscription_id mpn_id\n e1 2015-03-10 e1 A",
        poe_reviews=f"claim_id outcome\n e1 {outcome}",
        osa_forms=f"""
            form_id      received_on  service  mpn_id
            form-o365    2015-04-10   O365     {sender}
            form-intune  2015-04-10   INTUNE   {sender}
        """,
    )
    known.shows(
        "claims",
        """
            claim_id     decision  decision_reason  poe_status
            form-o365    REJECTED  dpor_attached    -
            form-intune  ATTACHED  -                NOT_REQUIRED
        """,
        source="OSA",
    )
    known.shows("por_resolution", "status reason\n UNASSIGNED no_por", subscription_id="e3")


def test_a_form_is_accepted_again_once_every_dpor_of_its_group_is_removed() -> None:
    known = run(
        "2015-04",
        dpor_attachments="""
            event_id  occurred_at  subscription_id  action  mpn_id
            a1        2015-03-10   e1               ADD     A
            a2        2015-03-10   e3               ADD     B
            r1        2015-04-10   e1               REMOVE  A
            r2        2015-04-20   e3               REMOVE  B
        """,
        osa_forms="""
            form_id   received_on  mpn_id
            one-left  2015-04-19   C
            none      2015-04-20   C
        """,
    )
    known.shows("claims", "claim_id decision_reason\n one-left dpor_attached\n none -", source="OSA")


def test_a_dpor_of_a_subscription_that_has_ended_still_bars_forms() -> None:
    known = run(
        "2015-04",
        subscriptions="""
            subscription_id  end_date
            e1               2015-03-31
            e3               -
        """,
        dpor_attachments="event_id occurred_at subscription_id mpn_id\n e1 2015-03-10 e1 A",
        osa_forms="form_id received_on mpn_id\n form-b 2015-04-10 B",
    )
    known.shows("claims", "decision_reason\n dpor_attached", source="OSA")


def test_too_late_is_said_before_a_dpor_is_attached() -> None:
    known = run(
        "2015-05",
        dpor_attachments="event_id occurred_at mpn_id\n e1 2015-03-10 A",
        osa_forms="form_id received_on mpn_id\n form-b 2015-05-01 B",
    )
    known.shows("claims", "decision_reason\n osa_method_closed", source="OSA")


def test_a_second_form_of_the_latest_forms_partner_is_a_duplicate_also_if_its_poe_failed() -> None:
    known = run(
        "2015-02",
        osa_forms="""
            form_id  received_on  mpn_id
            first    2015-01-10   A
            second   2015-01-10   A
            third    2015-02-10   A
        """,
        poe_reviews="""
            claim_id  outcome
            first     FAIL
            third     PASS
        """,
    )
    known.shows(
        "claims",
        """
            claim_id  decision   decision_reason   poe_status
            first     ATTACHED   -                 FAIL
            second    DUPLICATE  already_attached  -
            third     DUPLICATE  already_attached  -
        """,
    )
    known.shows("por_resolution", "status reason\n UNASSIGNED no_por")


def test_a_second_form_after_another_partners_is_attached() -> None:
    known = run(
        "2015-02",
        osa_forms="""
            form_id  received_on  mpn_id
            f1       2015-01-10   A
            f2       2015-01-11   B
            f3       2015-01-12   A
            f4       2015-01-13   A
        """,
    )
    known.shows("claims", "claim_id decision\n f1 ATTACHED\n f2 ATTACHED\n f3 ATTACHED\n f4 DUPLICATE")


def test_a_duplicate_is_one_within_its_own_group_only() -> None:
    known = run(
        "2015-02",
        subscriptions="""
            subscription_id  customer_id  service
            e3               contoso      O365
            intune           contoso      INTUNE
            fabrikam-e3      fabrikam     O365
        """,
        osa_forms="""
            form_id  received_on  customer_id  service  mpn_id
            f1       2015-01-10   contoso      O365     A
            f2       2015-01-11   contoso      INTUNE   A
            f3       2015-01-12   fabrikam     O365     A
        """,
    )
    known.shows("claims", "claim_id decision\n f1 ATTACHED\n f2 ATTACHED\n f3 ATTACHED")


def test_a_refused_form_in_between_does_not_count_as_the_latest() -> None:
    known = run(
        "2015-04",
        dpor_attachments="""
            event_id  occurred_at  action  mpn_id
            e1        2015-03-10   ADD     A
            e2        2015-03-20   REMOVE  A
        """,
        osa_forms="""
            form_id  received_on  mpn_id
            f1       2015-01-10   A
            f2       2015-03-15   B
            f3       2015-04-10   A
        """,
    )
    known.shows("claims", "claim_id decision\n f1 ATTACHED\n f2 REJECTED\n f3 DUPLICATE", source="OSA")


@pytest.mark.parametrize(
    ("form_day", "decision"), [("2015-03-19", "REJECTED"), ("2015-03-20", "ATTACHED"), ("2015-04-10", "ATTACHED")]
)
def test_a_form_of_the_same_partner_is_a_new_claim_once_the_one_before_was_stopped(
    form_day: str, decision: str
) -> None:
    known = run(
        "2015-04",
        osa_forms=f"""
            form_id    received_on  mpn_id
            first      2015-01-10   A
            duplicate  2015-02-10   A
            again      {form_day}   A
        """,
        dpor_attachments="""
            event_id  occurred_at          action  mpn_id
            e1        2015-03-19T10:00:00  ADD     B
            e2        2015-03-20T11:00:00  REMOVE  B
        """,
    )
    known.shows(
        "claims",
        f"""
            claim_id   decision    ended_at
            first      ATTACHED    2015-03-19T10:00:00
            duplicate  DUPLICATE   -
            again      {decision}  -
        """,
        source="OSA",
    )


def test_a_stop_before_the_latest_form_does_not_make_the_next_one_new() -> None:
    known = run(
        "2015-04",
        osa_forms="""
            form_id  received_on  mpn_id
            first    2015-01-10   A
            again    2015-03-11   A
            third    2015-03-12   A
        """,
        dpor_attachments="""
            event_id  occurred_at          action  mpn_id
            e1        2015-03-11T10:00:00  ADD     B
            e2        2015-03-11T11:00:00  REMOVE  B
        """,
    )
    known.shows("claims", "claim_id decision\n first ATTACHED\n again ATTACHED\n third DUPLICATE", source="OSA")


def test_a_dpor_of_the_forms_own_partner_does_not_make_its_next_form_new() -> None:
    known = run(
        "2015-04",
        osa_forms="form_id received_on mpn_id\n first 2015-01-10 A\n again 2015-04-10 A",
        dpor_attachments="""
            event_id  occurred_at  action  mpn_id
            e1        2015-03-10   ADD     A
            e2        2015-03-11   REMOVE  A
        """,
    )
    known.shows("claims", "claim_id decision\n first ATTACHED\n again DUPLICATE", source="OSA")


def test_a_dpor_on_another_service_does_not_make_the_next_form_new() -> None:
    known = run(
        "2015-04",
        subscriptions="subscription_id service\n e3 O365\n intune INTUNE",
        osa_forms="form_id received_on mpn_id\n first 2015-01-10 A\n again 2015-04-10 A",
        dpor_attachments="event_id occurred_at subscription_id mpn_id\n e1 2015-03-10 intune B",
    )
    known.shows("claims", "claim_id decision\n first ATTACHED\n again DUPLICATE", source="OSA")
