"""Every difference on an earlier line has its cause, and the causes of a line add up to its difference (P22)."""

from __future__ import annotations

import pytest
from ledger.bench import Books
from ledger.cases import BEGINS, Case, adjusts_as_said, played

pytestmark = pytest.mark.slow

PENDING = {"poe_reviews": "poe_id claim_id mpn_id\n p form L"}
PASSED = {"poe_reviews": "poe_id claim_id mpn_id outcome\n p form L PASS"}
FAILED = {"poe_reviews": "poe_id claim_id mpn_id outcome\n p form L FAIL"}
R_ATTACHED = {
    "dpor_attachments": "event_id occurred_at subscription_id mpn_id\n d 2015-03-20T12:00:00Z sub R",
    "poe_reviews": "poe_id claim_id mpn_id outcome\n pd d R PASS",
}
R_REMOVED = {
    "dpor_attachments": "event_id occurred_at subscription_id action mpn_id\n x 2015-03-30T00:00:00Z sub REMOVE R"
}
R_PASSED = {"poe_reviews": R_ATTACHED["poe_reviews"]}
R_FAILED = {"poe_reviews": "poe_id claim_id mpn_id outcome\n pd d R FAIL"}
R_AGAIN = {"poe_reviews": "poe_id claim_id mpn_id requested_on\n pe d R 2015-04-03"}
TWO_FORMS = {
    "osa_forms": "form_id received_on customer_id mpn_id\n one 2015-01-10 cust L\n two 2015-02-10 cust R",
}
X_OF_L = "poe_id claim_id mpn_id outcome\n pl x L {}"
X_OF_R = "event_id occurred_at subscription_id mpn_id\n x 2015-03-20T12:00:00Z sub R"
TWO_SEATS = """
    subscription_id  snapshot_date  assigned_seats
    a                2015-03-31     30
    b                2015-03-31     30
"""
A_AND_B = {"subscriptions": "subscription_id customer_id\n a cust\n b cust", "assigned_seats": TWO_SEATS}
CORRECTED = "subscription_id snapshot_date exported_at assigned_seats"

CASES = [
    Case("nothing new", adjusts=""),
    Case("a review passes late", PENDING, PASSED, "amount cause\n 300.00 poe_passed"),
    Case("a review fails late", PASSED, FAILED, "amount cause\n -300.00 poe_failed"),
    Case("an unasked form fails", {}, FAILED, "amount cause\n -300.00 poe_failed"),
    Case("a review is asked for late", {}, PENDING, "amount cause\n -300.00 poe_pending"),
    Case("a failed review passes after all", FAILED, PASSED, "amount cause\n 300.00 poe_passed"),
    Case("a held claim fails, which nobody was paid for", PENDING, FAILED, ""),
    Case(
        "a DPOR comes late",
        now=R_ATTACHED,
        adjusts="mpn_id amount cause\n L -300.00 por_changed\n R 300.00 por_changed",
    ),
    Case(
        "a DPOR comes late and waits for its proof",
        now={"dpor_attachments": R_ATTACHED["dpor_attachments"]},
        adjusts="mpn_id amount cause\n L -300.00 por_changed",
    ),
    Case("a DPOR's proof fails late", R_ATTACHED, R_FAILED, "mpn_id amount cause\n R -300.00 poe_failed"),
    Case("a DPOR's failed proof passes", R_ATTACHED | R_FAILED, R_PASSED, "mpn_id amount cause\n R 300.00 poe_passed"),
    Case("a DPOR's proof is asked for anew", R_ATTACHED, R_AGAIN, "mpn_id amount cause\n R -300.00 poe_pending"),
    Case(
        "a form comes late",
        now={
            "osa_forms": "form_id received_on customer_id mpn_id\n later 2015-03-12 cust R",
            "poe_reviews": "poe_id claim_id mpn_id outcome\n pr later R PASS",
        },
        adjusts="mpn_id amount cause\n L -300.00 por_changed\n R 300.00 por_changed",
    ),
    Case(
        "the customer removes the partner late",
        R_ATTACHED,
        R_REMOVED,
        "mpn_id amount cause\n R -300.00 por_changed",
    ),
    Case(
        "seats are corrected",
        now={"assigned_seats": f"{CORRECTED}\n sub 2015-03-31 2015-04-02T00:00:00Z 37"},
        adjusts="amount cause\n 70.00 seats_changed",
    ),
    Case(
        "seats that were missing come",
        {"assigned_seats": "subscription_id snapshot_date assigned_seats"},
        {"assigned_seats": "subscription_id snapshot_date assigned_seats\n sub 2015-03-31 12"},
        "amount cause\n 120.00 seats_changed",
    ),
    Case(
        "a rate is corrected",
        {
            "subscriptions": "subscription_id customer_id service\n sub cust CRMOL",
            "osa_forms": "form_id customer_id service mpn_id\n form cust CRMOL L",
            "rates": "service amount_per_seat\n CRMOL 2.00",
        },
        {"rates": "service amount_per_seat\n CRMOL 1.50"},
        "amount cause\n -15.00 rate_changed",
    ),
    Case(
        "a rate comes late",
        {
            "subscriptions": "subscription_id customer_id service\n sub cust AADP",
            "osa_forms": "form_id customer_id service mpn_id\n form cust AADP L",
        },
        {"rates": "service amount_per_seat\n AADP 0.3333"},
        "amount cause\n 10.00 rate_changed",
    ),
    Case(
        "the partner was not eligible",
        now={"partners": "mpn_id eligible_to\n L 2015-03-30"},
        adjusts="amount cause\n -300.00 eligibility_changed",
    ),
    Case(
        "the partner was eligible after all",
        {"partners": "mpn_id eligible_from\n L 2015-04-01\n R 2014-01-01"},
        {"partners": "mpn_id eligible_from\n L 2015-03-31"},
        "amount cause\n 300.00 eligibility_changed",
    ),
    Case(
        "a cap is lowered",
        {"caps": "mpn_id amount\n L 280"},
        {"caps": "mpn_id amount\n L 100"},
        "amount cause\n -180.00 cap_changed",
    ),
    Case(
        "a first cap comes", {}, {"caps": "mpn_id amount\n L 299.99"}, "amount cause\n -0.01 cap_changed"
    ),
    Case(
        "a cap comes that a line before it, itself unchanged, has half used up",
        A_AND_B,
        {"caps": "mpn_id amount\n L 400"},
        "subscription_id amount cause\n b -200.00 cap_changed",
    ),
    Case(
        "a cap is raised",
        {"caps": "mpn_id amount\n L 100"},
        {"caps": "mpn_id amount\n L 5000"},
        "amount cause\n 200.00 cap_changed",
    ),
    Case(
        "another line leaves room in the cap",
        A_AND_B | {"caps": "mpn_id amount\n L 500"},
        {"assigned_seats": f"{CORRECTED}\n a 2015-03-31 2015-04-02T00:00:00Z 10"},
        "subscription_id amount cause\n a -200.00 seats_changed\n b 100.00 cap_reallocated",
    ),
    Case(
        "two months of a line share a cap and are corrected",
        {
            "caps": "mpn_id amount\n L 450",
            "assigned_seats": """
                subscription_id  snapshot_date  assigned_seats
                sub              2015-02-28     20
                sub              2015-03-31     30
            """,
        },
        {
            "assigned_seats": f"""
                {CORRECTED}
                sub  2015-02-28  2015-04-02T00:00:00Z  24
                sub  2015-03-31  2015-04-02T00:00:00Z  28
            """,
        },
        "period amount cause\n 2015-02 40.00 seats_changed\n 2015-03 -40.00 cap_reallocated",
    ),
    Case(
        "another line takes the cap's room",
        A_AND_B | {"caps": "mpn_id amount\n L 700"},
        {"assigned_seats": f"{CORRECTED}\n a 2015-03-31 2015-04-02T00:00:00Z 45"},
        "subscription_id amount cause\n a 150.00 seats_changed\n b -50.00 cap_reallocated",
    ),
    Case(
        "a subscription becomes known late",
        {"subscriptions": "subscription_id customer_id", "assigned_seats": "subscription_id"},
        {"subscriptions": "subscription_id customer_id\n sub cust", "assigned_seats": BEGINS["assigned_seats"]},
        "amount cause\n 300.00 first_billed",
    ),
    Case(
        "another partner, more seats and another rate at once",
        {
            "subscriptions": "subscription_id customer_id service\n sub cust EMS",
            "osa_forms": "form_id customer_id service mpn_id\n form cust EMS L",
            "rates": "service amount_per_seat\n EMS 1.00",
        },
        {
            "dpor_attachments": R_ATTACHED["dpor_attachments"].replace("mpn_id\n", "mpn_id portal\n") + " INTUNE",
            "poe_reviews": R_ATTACHED["poe_reviews"],
            "assigned_seats": f"{CORRECTED}\n sub 2015-03-31 2015-04-02T00:00:00Z 50",
            "rates": "service amount_per_seat\n EMS 1.10",
        },
        """
            mpn_id amount cause
            L      -30.00 por_changed
            R      30.00  por_changed
            R      20.00  seats_changed
            R      5.00   rate_changed
        """,
    ),
    Case(
        "a pass and more seats at once: the pass takes the old seats",
        PENDING,
        PASSED | {"assigned_seats": f"{CORRECTED}\n sub 2015-03-31 2015-04-02T00:00:00Z 31"},
        "amount cause\n 300.00 poe_passed\n 10.00 seats_changed",
    ),
    Case(
        "a fail and more seats at once: the fail takes all",
        {},
        FAILED | {"assigned_seats": f"{CORRECTED}\n sub 2015-03-31 2015-04-02T00:00:00Z 31"},
        "amount cause\n -300.00 poe_failed",
    ),
    Case(
        "more seats and no eligibility at once: nothing of the seats is left over",
        {},
        {
            "assigned_seats": f"{CORRECTED}\n sub 2015-03-31 2015-04-02T00:00:00Z 31",
            "partners": "mpn_id eligible_to\n L 2015-03-30",
        },
        "amount cause\n 10.00 seats_changed\n -310.00 eligibility_changed",
    ),
    Case(
        "a form's proof fails late, and the form before it steps in",
        TWO_FORMS | {"poe_reviews": "poe_id claim_id mpn_id outcome\n p1 one L PASS\n p2 two R PASS"},
        {"poe_reviews": "poe_id claim_id mpn_id outcome\n p2 two R FAIL"},
        "mpn_id amount cause\n R -300.00 poe_failed\n L 300.00 por_changed",
    ),
    Case(
        "a form's failed proof passes, and the form before it steps back",
        TWO_FORMS | {"poe_reviews": "poe_id claim_id mpn_id outcome\n p1 one L PASS\n p2 two R FAIL"},
        {"poe_reviews": "poe_id claim_id mpn_id outcome\n p2 two R PASS"},
        "mpn_id amount cause\n R 300.00 poe_passed\n L -300.00 por_changed",
    ),
    Case(
        "both partners failed elsewhere, which is of no account here",
        {
            "customers": "customer_id\n cust\n other",
            "osa_forms": "form_id customer_id mpn_id\n form cust L\n l2 other L\n r2 other R",
            "poe_reviews": "poe_id claim_id mpn_id outcome\n p1 l2 L FAIL\n p2 r2 R FAIL",
        },
        R_ATTACHED,
        "mpn_id amount cause\n L -300.00 por_changed\n R 300.00 por_changed",
    ),
    Case(
        "a form and an event have one id, and the event's proof fails",
        {"osa_forms": "form_id customer_id mpn_id\n x cust L", "poe_reviews": X_OF_L.format("PASS")},
        {"dpor_attachments": X_OF_R, "poe_reviews": "poe_id claim_id mpn_id outcome\n pr x R FAIL"},
        "mpn_id amount cause\n L -300.00 por_changed",
    ),
    Case(
        "a form and an event have one id, and the form's proof had failed",
        {"osa_forms": "form_id customer_id mpn_id\n x cust L", "poe_reviews": X_OF_L.format("FAIL")},
        {"dpor_attachments": X_OF_R, "poe_reviews": "poe_id claim_id mpn_id outcome\n pr x R PASS"},
        "mpn_id amount cause\n R 300.00 por_changed",
    ),
    Case(
        "an eligible partner's DPOR comes late, where the form's partner was not eligible",
        {"partners": "mpn_id eligible_to\n L 2015-03-30\n R -"},
        R_ATTACHED,
        "mpn_id amount cause\n R 300.00 por_changed",
    ),
    Case(
        "a smaller line takes the room of a larger in the cap",
        {
            **A_AND_B,
            "assigned_seats": "subscription_id snapshot_date assigned_seats\n a 2015-03-31 30\n b 2015-03-31 50",
            "caps": "mpn_id amount\n L 700",
        },
        {"assigned_seats": f"{CORRECTED}\n a 2015-03-31 2015-04-02T00:00:00Z 45"},
        "subscription_id amount cause\n a 150.00 seats_changed\n b -150.00 cap_reallocated",
    ),
    Case(
        "two changes of one line make up for each other, and only the other line is adjusted",
        {
            "subscriptions": "subscription_id customer_id service\n sub cust CRMOL",
            "osa_forms": "form_id customer_id service mpn_id\n form cust CRMOL L",
            "rates": "incentive service amount_per_seat\n ACCELERATOR CRMOL 0.0015",
        },
        {"assigned_seats": f"{CORRECTED}\n sub 2015-03-31 2015-04-02T00:00:00Z 40"},
        "amount cause\n 0.01 seats_changed",
    ),
    Case(
        "what each change makes is rounded once, half up",
        {
            "subscriptions": "subscription_id customer_id service\n sub cust CRMOL",
            "osa_forms": "form_id customer_id service mpn_id\n form cust CRMOL L",
        },
        {"assigned_seats": f"{CORRECTED}\n sub 2015-03-31 2015-04-02T00:00:00Z 3"},
        "amount cause\n -0.05 seats_changed\n -54.00 seats_changed\n -1.50 rate_changed",
    ),
]  # fmt: skip
"""CRMOL's rates are those of all its cases: DEPLOY 2.00, then 1.50; ACCELERATOR 0.0015."""


@pytest.fixture(scope="module")
def april(tmp_path_factory: pytest.TempPathFactory) -> Books:
    return played(tmp_path_factory.mktemp("causes"), CASES)


@pytest.mark.parametrize("number", [pytest.param(number, id=case.name) for number, case in enumerate(CASES)])
def test_a_difference_is_taken_apart_by_its_causes(april: Books, number: int) -> None:
    adjusts_as_said(april, number, CASES[number])


def test_the_adjustments_of_a_partner_are_in_its_statement_file(april: Books) -> None:
    number = next(number for number, case in enumerate(CASES) if case.name.startswith("another partner, more seats"))
    lines = (april.statements / "2015-04" / f"120{number:02d}01.csv").read_text(encoding="utf-8").splitlines()
    adjusted = [line for line in lines if line.startswith("ADJUSTMENT")]
    assert [line.rsplit(",", 1)[1] for line in adjusted] == ["por_changed", "seats_changed", "rate_changed"]
