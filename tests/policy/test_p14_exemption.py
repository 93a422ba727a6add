"""P14: the one case in which a new DPOR is not asked for a proof of execution."""

from __future__ import annotations

from datetime import date

import pytest
from harness import run

FORM_OF_A = "form_id received_on mpn_id\n form-a 2015-01-10 A"
DPOR_OF_A = "event_id occurred_at mpn_id\n e1 2015-03-10 A"


@pytest.mark.parametrize("outcome", ["PASS", "FAIL", "-"])
def test_the_groups_osa_partner_that_goes_digital_is_exempt_whatever_its_reviews_say(outcome: str) -> None:
    known = run(
        "2015-04",
        osa_forms=FORM_OF_A,
        dpor_attachments=DPOR_OF_A,
        poe_reviews=f"claim_id outcome\n e1 {outcome}",
    )
    known.shows("claims", "claim_id poe_status\n form-a NOT_REQUIRED\n e1 NOT_REQUIRED")
    known.shows("por_resolution", "status mpn_id basis claim_id\n PAYABLE A DPOR e1")
    known.shows("dpor_proofs", "claim_id exempted_by\n e1 form-a")


def test_any_other_dpor_without_a_review_is_pending() -> None:
    known = run("2015-04", osa_forms=FORM_OF_A, dpor_attachments="event_id occurred_at mpn_id\n e1 2015-03-10 B")
    known.shows("claims", "claim_id poe_status\n e1 PENDING", claim_id="e1")
    known.shows("por_resolution", "status reason mpn_id\n HELD poe_pending B")


@pytest.mark.parametrize("rows", ["e1 {0} A\n e2 {0} B", "e2 {0} B\n e1 {0} A"])
def test_of_two_at_one_instant_the_lower_id_came_first_and_is_exempt(rows: str) -> None:
    events = f"event_id occurred_at mpn_id\n {rows.format('2015-03-10T12:00:00')}"
    known = run("2015-04", osa_forms=FORM_OF_A, dpor_attachments=events)
    known.shows("claims", "claim_id poe_status\n e1 NOT_REQUIRED\n e2 PENDING", source="DPOR")


def test_each_subscription_of_the_group_can_be_exempted_by_the_one_form() -> None:
    known = run(
        "2015-04",
        subscriptions="subscription_id service\n e1 O365\n e3 O365\n intune INTUNE",
        osa_forms=FORM_OF_A,
        dpor_attachments="""
            event_id  occurred_at  subscription_id  mpn_id
            on-e1     2015-03-10   e1               A
            on-e3     2015-04-10   e3               A
            on-other  2015-04-10   intune           A
        """,
    )
    known.shows(
        "claims",
        "claim_id poe_status\n on-e1 NOT_REQUIRED\n on-e3 NOT_REQUIRED\n on-other PENDING",
        source="DPOR",
    )


@pytest.mark.parametrize(
    ("instant", "poe"), [("2015-12-31T23:59:59.999999", "NOT_REQUIRED"), ("2016-01-01T00:00:00", "PENDING")]
)
def test_the_exemption_ends_with_the_last_day_on_which_forms_are_recognised(instant: str, poe: str) -> None:
    known = run("2016-01", osa_forms=FORM_OF_A, dpor_attachments=f"event_id occurred_at mpn_id\n e1 {instant} A")
    known.shows("claims", f"poe_status\n {poe}", source="DPOR")


def test_the_last_day_of_recognition_is_the_policys() -> None:
    known = run(
        "2015-03",
        policy={"osa_recognised_until": date(2015, 3, 9)},
        osa_forms=FORM_OF_A,
        dpor_attachments=DPOR_OF_A,
    )
    known.shows("claims", "poe_status\n PENDING", source="DPOR")


@pytest.mark.parametrize(("review", "poe"), [("FAIL", "PENDING"), ("-", "PENDING"), ("PASS", "NOT_REQUIRED")])
def test_the_forms_own_poe_must_not_be_open_or_failed_and_is_judged_from_all_that_is_known_now(
    review: str, poe: str
) -> None:
    """The review is asked for in May, long after the DPOR."""
    known = run(
        "2015-05",
        osa_forms=FORM_OF_A,
        dpor_attachments=DPOR_OF_A,
        poe_reviews=f"claim_id requested_on outcome\n form-a 2015-05-10 {review}",
    )
    known.shows("claims", f"poe_status\n {poe}", source="DPOR")


@pytest.mark.parametrize(
    ("contest_day", "form_poe", "poe"),
    [
        ("2015-03-09", "-", "PENDING"),  # contested and open when the DPOR came
        ("2015-03-09", "PASS", "NOT_REQUIRED"),  # contested and won
        ("2015-02-01", "FAIL", "PENDING"),
    ],
)
def test_a_contested_form_exempts_only_if_its_poe_passed(contest_day: str, form_poe: str, poe: str) -> None:
    known = run(
        "2015-05",
        osa_forms=f"form_id received_on mpn_id\n form-b 2015-01-10 B\n form-a {contest_day} A",
        dpor_attachments=DPOR_OF_A,
        poe_reviews=f"claim_id outcome\n form-a {form_poe}",
    )
    known.shows("claims", f"poe_status\n {poe}", source="DPOR")


def test_a_form_that_is_contested_only_after_the_dpor_still_exempts_it() -> None:
    """A's DPOR is removed before B's form comes on the same day: the contest begins after the DPOR (P6, P15)."""
    known = run(
        "2015-03",
        osa_forms="form_id received_on mpn_id\n form-a 2015-01-10 A\n form-b 2015-03-10 B",
        dpor_attachments="""
            event_id  occurred_at          action  mpn_id
            e1        2015-03-10T08:00:00  ADD     A
            e2        2015-03-10T09:00:00  REMOVE  A
        """,
    )
    known.shows(
        "claims",
        "claim_id poe_status\n form-a PENDING\n form-b PENDING\n e1 NOT_REQUIRED\n e2 -",
    )


@pytest.mark.parametrize(
    ("of_a", "of_b", "poe"),
    [
        ("PASS", "-", "PENDING"),  # the group's partner is B, whose form is the later
        ("PASS", "FAIL", "NOT_REQUIRED"),  # A stepped in
        ("-", "FAIL", "PENDING"),  # A stepped in, but is asked for POE itself
    ],
)
def test_the_group_must_be_the_partners_own_when_its_dpor_comes(of_a: str, of_b: str, poe: str) -> None:
    known = run(
        "2015-03",
        osa_forms="form_id received_on mpn_id\n form-a 2015-01-10 A\n form-b 2015-01-11 B",
        dpor_attachments=DPOR_OF_A,
        poe_reviews=f"claim_id outcome\n form-a {of_a}\n form-b {of_b}",
    )
    known.shows("claims", f"poe_status\n {poe}", claim_id="e1")


@pytest.mark.parametrize(("form_day", "poe"), [("2015-03-09", "NOT_REQUIRED"), ("2015-03-10", "PENDING")])
def test_a_form_of_the_dpors_own_day_comes_too_late_to_exempt_it(form_day: str, poe: str) -> None:
    known = run(
        "2015-03",
        osa_forms=f"form_id received_on mpn_id\n form-a {form_day} A",
        dpor_attachments="event_id occurred_at mpn_id\n e1 2015-03-10T23:00:00 A",
    )
    known.shows("claims", f"poe_status\n {poe}", claim_id="e1")


def test_a_stopped_form_exempts_nobody() -> None:
    known = run(
        "2015-03",
        subscriptions="subscription_id\n e1\n e3",
        osa_forms=FORM_OF_A,
        dpor_attachments="""
            event_id  occurred_at  subscription_id  mpn_id
            e1        2015-03-10   e1               B
            e2        2015-03-11   e3               A
        """,
    )
    known.shows("claims", "claim_id poe_status\n e1 PENDING\n e2 PENDING", source="DPOR")


def test_a_form_that_is_stopped_only_later_exempts() -> None:
    known = run(
        "2015-03",
        subscriptions="subscription_id\n e1\n e3",
        osa_forms=FORM_OF_A,
        dpor_attachments="""
            event_id  occurred_at  subscription_id  mpn_id
            e1        2015-03-10   e3               A
            e2        2015-03-11   e1               B
        """,
    )
    known.shows("claims", "claim_id poe_status\n e1 NOT_REQUIRED\n e2 PENDING", source="DPOR")


def test_a_partner_is_exempt_once_and_not_again_on_a_subscription_that_its_form_no_longer_covers() -> None:
    known = run(
        "2015-03",
        osa_forms=FORM_OF_A,
        dpor_attachments="""
            event_id  occurred_at  action  mpn_id
            e1        2015-03-10   ADD     A
            e2        2015-03-11   REMOVE  A
            e3        2015-03-12   ADD     A
        """,
    )
    known.shows("claims", "claim_id poe_status\n e1 NOT_REQUIRED\n e2 -\n e3 PENDING", source="DPOR")


@pytest.mark.parametrize("hour", ["08", "23"])
def test_a_dpor_that_was_over_on_the_forms_own_day_leaves_the_cover_whole(hour: str) -> None:
    known = run(
        "2015-03",
        osa_forms="form_id received_on mpn_id\n form-a 2015-03-10 A",
        dpor_attachments=f"""
            event_id  occurred_at               action  mpn_id
            e1        2015-03-10T{hour}:00:00   ADD     B
            e2        2015-03-10T{hour}:30:00   REMOVE  B
            e3        2015-03-11T{hour}:00:00   ADD     A
        """,
    )
    known.shows("claims", "claim_id poe_status\n e1 PENDING\n e2 -\n e3 NOT_REQUIRED", source="DPOR")


def test_a_duplicate_add_goes_on_with_the_first_claims_exemption() -> None:
    known = run(
        "2015-04",
        osa_forms=FORM_OF_A,
        dpor_attachments="event_id occurred_at mpn_id\n e1 2015-03-10 A\n e2 2015-04-10 A",
    )
    known.shows("claims", "claim_id decision poe_status\n e1 ATTACHED NOT_REQUIRED\n e2 DUPLICATE -", source="DPOR")
    known.shows("por_resolution", "status claim_id\n PAYABLE e1")


@pytest.mark.parametrize(("id_of_a", "id_of_b", "poe"), [("f2", "f1", "NOT_REQUIRED"), ("f1", "f2", "PENDING")])
def test_of_two_forms_of_one_day_the_greater_id_is_the_groups(id_of_a: str, id_of_b: str, poe: str) -> None:
    known = run(
        "2015-03",
        osa_forms=f"form_id received_on mpn_id\n {id_of_a} 2015-01-10 A\n {id_of_b} 2015-01-10 B",
        dpor_attachments=DPOR_OF_A,
        poe_reviews=f"claim_id outcome\n {id_of_a} PASS",
    )
    known.shows("claims", f"poe_status\n {poe}", claim_id="e1")
