"""P16: one row per subscription and period, by the state at the period's end; each line of its table."""

from __future__ import annotations

from datetime import date

import pytest
from harness import run

FORM_OF_A = "form_id received_on mpn_id\n form-a 2015-01-10 A"
TWO_FORMS = FORM_OF_A + "\n form-b 2015-01-11 B"
DPOR_OF_A = "event_id occurred_at action mpn_id\n dpor-a 2015-03-10 ADD A"
DPOR_OF_A_REMOVED = DPOR_OF_A + "\n gone 2015-03-20 REMOVE A"
LEFT = "mpn_id eligible_to\n A 2015-04-29"


@pytest.mark.parametrize(
    ("feeds", "answer"),
    [
        pytest.param(
            {"subscriptions": "subscription_id program\n e3 MOSA", "osa_forms": FORM_OF_A},
            "INELIGIBLE program_not_eligible - - -",
            id="1-program-does-not-earn",
        ),
        pytest.param(
            {"dpor_attachments": DPOR_OF_A, "poe_reviews": "claim_id outcome\n dpor-a FAIL"},
            "DENIED poe_failed A DPOR dpor-a",
            id="2-dpor-failed",
        ),
        pytest.param(
            {"dpor_attachments": DPOR_OF_A, "poe_reviews": "claim_id outcome\n dpor-a FAIL", "partners": LEFT},
            "DENIED poe_failed A DPOR dpor-a",
            id="2-before-3-dpor-failed-and-partner-left",
        ),
        pytest.param(
            {"dpor_attachments": DPOR_OF_A, "poe_reviews": "claim_id outcome\n dpor-a PASS", "partners": LEFT},
            "INELIGIBLE partner_not_eligible A DPOR dpor-a",
            id="3-dpor-partner-left",
        ),
        pytest.param(
            {"dpor_attachments": DPOR_OF_A, "partners": LEFT},
            "INELIGIBLE partner_not_eligible A DPOR dpor-a",
            id="3-before-4-dpor-pending-and-partner-left",
        ),
        pytest.param(
            {"dpor_attachments": DPOR_OF_A},
            "HELD poe_pending A DPOR dpor-a",
            id="4-dpor-pending",
        ),
        pytest.param(
            {"dpor_attachments": DPOR_OF_A, "poe_reviews": "claim_id outcome\n dpor-a PASS"},
            "PAYABLE - A DPOR dpor-a",
            id="5-dpor-passed",
        ),
        pytest.param(
            {"dpor_attachments": DPOR_OF_A, "osa_forms": FORM_OF_A},
            "PAYABLE - A DPOR dpor-a",
            id="5-dpor-exempt",
        ),
        pytest.param(
            {
                "subscriptions": "subscription_id\n e1\n e3",
                "osa_forms": FORM_OF_A,
                "dpor_attachments": "event_id occurred_at subscription_id mpn_id\n dpor-b 2015-03-10 e1 B",
            },
            "UNASSIGNED osa_superseded_by_dpor - - -",
            id="6-form-stopped",
        ),
        pytest.param(
            {"osa_forms": FORM_OF_A},
            "PAYABLE - A OSA form-a",
            id="8-form-uncontested",
        ),
        pytest.param(
            {"osa_forms": FORM_OF_A, "poe_reviews": "claim_id outcome\n form-a PASS"},
            "PAYABLE - A OSA form-a",
            id="8-form-passed",
        ),
        pytest.param(
            {"osa_forms": TWO_FORMS},
            "HELD poe_pending B OSA form-b",
            id="8-form-contested",
        ),
        pytest.param(
            {"osa_forms": FORM_OF_A, "partners": LEFT},
            "INELIGIBLE partner_not_eligible A OSA form-a",
            id="8-as-3-form-partner-left",
        ),
        pytest.param(
            {"osa_forms": FORM_OF_A, "poe_reviews": "claim_id outcome\n form-a -", "partners": LEFT},
            "INELIGIBLE partner_not_eligible A OSA form-a",
            id="8-as-3-before-4-form-pending-and-partner-left",
        ),
        pytest.param(
            {"dpor_attachments": DPOR_OF_A_REMOVED},
            "UNASSIGNED dpor_removed - - -",
            id="9-dpor-removed",
        ),
        pytest.param(
            {"dpor_attachments": DPOR_OF_A_REMOVED, "poe_reviews": "claim_id outcome\n dpor-a FAIL"},
            "UNASSIGNED dpor_removed - - -",
            id="9-failed-dpor-removed",
        ),
        pytest.param(
            {
                "dpor_attachments": DPOR_OF_A_REMOVED,
                "osa_forms": FORM_OF_A,
                "poe_reviews": "claim_id outcome\n form-a FAIL",
            },
            "UNASSIGNED dpor_removed - - -",
            id="9-dpor-removed-and-form-failed",
        ),
        pytest.param(
            {"osa_forms": FORM_OF_A, "poe_reviews": "claim_id outcome\n form-a FAIL"},
            "UNASSIGNED no_por - - -",
            id="10-form-failed",
        ),
        pytest.param(
            {"subscriptions": "subscription_id\n e3"},
            "UNASSIGNED no_por - - -",
            id="10-nobody-ever",
        ),
    ],
)
def test_the_first_line_of_the_table_that_fits_gives_status_and_reason(feeds: dict[str, str], answer: str) -> None:
    known = run("2015-04", **feeds)
    known.shows("por_resolution", f"status reason mpn_id basis claim_id\n {answer}", subscription_id="e3")


def test_line_7_a_form_earns_to_the_last_day_of_recognition_and_a_dpor_on() -> None:
    known = run(
        "2016-01",
        subscriptions="subscription_id customer_id\n by-form contoso\n by-dpor fabrikam",
        osa_forms="form_id received_on customer_id mpn_id\n form-a 2015-01-10 contoso A\n form-b 2015-01-10 fabrikam B",
        dpor_attachments="event_id occurred_at subscription_id mpn_id\n dpor-b 2015-12-31 by-dpor B",
    )
    known.shows(
        "por_resolution",
        """
            period   subscription_id  status      reason                 mpn_id  basis
            2015-12  by-form          PAYABLE     -                      A       OSA
            2015-12  by-dpor          PAYABLE     -                      B       DPOR
            2016-01  by-form          UNASSIGNED  osa_recognition_ended  -       -
            2016-01  by-dpor          PAYABLE     -                      B       DPOR
        """,
    )


@pytest.mark.parametrize(
    ("until", "answer"),
    [(date(2015, 3, 31), "PAYABLE -"), (date(2015, 3, 30), "UNASSIGNED osa_recognition_ended")],
)
def test_line_7_looks_at_the_periods_last_day(until: date, answer: str) -> None:
    known = run("2015-03", policy={"osa_recognised_until": until}, osa_forms=FORM_OF_A)
    known.shows("por_resolution", f"status reason\n {answer}")


def test_line_6_comes_before_line_7_and_line_9_after_it() -> None:
    known = run(
        "2016-01",
        subscriptions="subscription_id customer_id\n e1 contoso\n e3 contoso\n kept fabrikam",
        osa_forms="form_id received_on customer_id mpn_id\n form-a 2015-03-20 contoso A\n form-b 2015-03-20 fabrikam A",
        dpor_attachments="""
            event_id  occurred_at  subscription_id  action  mpn_id
            before    2015-03-10   kept             ADD     B
            gone      2015-03-11   kept             REMOVE  B
            stops     2015-04-10   e1               ADD     B
        """,
    )
    known.shows(
        "por_resolution",
        """
            subscription_id  status      reason
            e1               HELD        poe_pending
            e3               UNASSIGNED  osa_superseded_by_dpor
            kept             UNASSIGNED  osa_recognition_ended
        """,
    )


def test_a_failed_dpor_leaves_nobody_paid_though_a_form_of_its_own_partner_stands() -> None:
    known = run(
        "2015-03",
        osa_forms="form_id received_on mpn_id\n form-b 2015-01-10 B",
        dpor_attachments=DPOR_OF_A,
        poe_reviews="claim_id outcome\n form-b PASS\n dpor-a FAIL",
    )
    known.shows("por_resolution", "status reason mpn_id\n DENIED poe_failed A")


def test_the_state_at_the_periods_end_decides_the_whole_period() -> None:
    known = run(
        "2015-05",
        dpor_attachments="""
            event_id  occurred_at                 action  mpn_id
            e1        2015-03-31T23:59:59.999999  ADD     A
            e2        2015-05-01T00:00:00         ADD     B
            e3        2015-05-31T23:59:59.999999  REMOVE  B
            e4        2015-06-01T00:00:00         ADD     C
        """,
    )
    known.shows(
        "por_resolution",
        """
            period   status      reason        claim_id
            2015-02  UNASSIGNED  no_por        -
            2015-03  HELD        poe_pending   e1
            2015-04  HELD        poe_pending   e1
            2015-05  UNASSIGNED  dpor_removed  -
        """,
    )


def test_a_removal_at_the_periods_end_is_not_yet_in_the_period() -> None:
    known = run(
        "2015-04",
        dpor_attachments=DPOR_OF_A + "\n gone 2015-04-01T00:00:00 REMOVE A",
    )
    known.shows("por_resolution", "period reason\n 2015-03 poe_pending\n 2015-04 dpor_removed")


@pytest.mark.parametrize(
    ("eligible_from", "eligible_to", "status"),
    [
        ("2015-03-31", "-", "PAYABLE"),
        ("2015-04-01", "-", "INELIGIBLE"),
        ("2014-01-01", "2015-03-31", "PAYABLE"),
        ("2014-01-01", "2015-03-30", "INELIGIBLE"),
        ("2015-03-31", "2015-03-31", "PAYABLE"),
    ],
)
@pytest.mark.parametrize("basis", ["OSA", "DPOR"])
def test_a_partner_must_be_eligible_on_the_periods_last_day(
    eligible_from: str, eligible_to: str, status: str, basis: str
) -> None:
    claim = {"OSA": {"osa_forms": FORM_OF_A}, "DPOR": {"osa_forms": FORM_OF_A, "dpor_attachments": DPOR_OF_A}}[basis]
    known = run("2015-03", partners=f"mpn_id eligible_from eligible_to\n A {eligible_from} {eligible_to}", **claim)
    known.shows("por_resolution", f"status mpn_id basis\n {status} A {basis}")


def test_a_subscription_has_a_row_for_each_period_that_its_term_overlaps_first_and_last_day_included() -> None:
    known = run(
        "2015-02",
        subscriptions="""
            subscription_id  start_date  end_date
            on-the-last-day  2014-12-31  2015-01-01
            from-the-first   2015-01-01  2015-01-31
            to-the-first     2014-10-02  2014-12-01
            one-day          2014-11-30  2014-11-30
            over             2014-01-01  2014-09-30
            not-yet          2015-03-01  -
            open             2014-01-01  -
        """,
    )
    assert sorted((row["subscription_id"], row["period"]) for row in known.rows("por_resolution")) == [
        ("from-the-first", "2015-01"),
        ("on-the-last-day", "2014-12"),
        ("on-the-last-day", "2015-01"),
        ("one-day", "2014-11"),
        ("open", "2014-10"),
        ("open", "2014-11"),
        ("open", "2014-12"),
        ("open", "2015-01"),
        ("open", "2015-02"),
        ("to-the-first", "2014-10"),
        ("to-the-first", "2014-11"),
        ("to-the-first", "2014-12"),
    ]


def test_the_first_period_is_the_policys() -> None:
    known = run("2015-02", policy={"first_period": "2015-01"}, osa_forms="form_id received_on mpn_id\n f 2014-08-01 A")
    assert [(row["period"], row["status"]) for row in known.rows("por_resolution")] == [
        ("2015-01", "PAYABLE"),
        ("2015-02", "PAYABLE"),
    ]


@pytest.mark.parametrize(
    ("stopped_at", "reason"),
    [("2016-01-31T23:59:59.999999", "osa_superseded_by_dpor"), ("2016-02-01T00:00:00", "osa_recognition_ended")],
)
def test_a_form_is_stopped_in_a_month_only_by_what_came_before_its_end(stopped_at: str, reason: str) -> None:
    known = run(
        "2016-02",
        subscriptions="subscription_id\n e1\n e3",
        osa_forms="form_id received_on mpn_id\n f 2014-08-01 A",
        dpor_attachments=f"event_id occurred_at subscription_id mpn_id\n d {stopped_at} e3 B",
    )
    known.shows("por_resolution", f"period reason\n 2016-01 {reason}", subscription_id="e1", period="2016-01")


def test_a_form_pays_a_subscription_that_begins_in_the_last_month_in_which_forms_are_recognised() -> None:
    known = run(
        "2015-12",
        subscriptions="subscription_id start_date\n e3 2015-12-10",
        osa_forms="form_id received_on mpn_id\n f 2014-08-01 A",
    )
    known.shows("por_resolution", "period status mpn_id\n 2015-12 PAYABLE A")


@pytest.mark.parametrize(("until", "reason"), [("2015-06-29", "osa_recognition_ended"), ("2015-06-30", "-")])
def test_a_form_pays_no_month_whose_last_day_comes_after_its_recognition(until: str, reason: str) -> None:
    known = run(
        "2015-06",
        policy={"osa_recognised_until": date.fromisoformat(until)},
        osa_forms="form_id received_on mpn_id\n f 2014-08-01 A",
    )
    known.shows("por_resolution", f"period reason\n 2015-05 -\n 2015-06 {reason}")
