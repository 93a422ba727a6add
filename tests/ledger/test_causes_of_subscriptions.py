"""A change of the subscription itself comes last of the facts: until then it is as if it had stayed as it was (P22)."""

from __future__ import annotations

import pytest
from ledger.bench import Books
from ledger.cases import Case, adjusts_as_said, played

pytestmark = pytest.mark.slow

NO_PROGRAM = {"subscriptions": "subscription_id customer_id program\n sub cust MOSA"}
ENDED = {"subscriptions": "subscription_id customer_id end_date\n sub cust 2015-02-28"}
OF_CRM = {
    "subscriptions": "subscription_id customer_id service\n sub cust CRMOL",
    "osa_forms": "form_id customer_id service mpn_id\n form cust CRMOL L",
}
OWN_SEATS = "subscription_id snapshot_date assigned_seats\n sub 2015-03-31 30"
CORRECTED = "subscription_id snapshot_date exported_at assigned_seats"

BY_DPOR = {
    "osa_forms": "form_id received_on customer_id mpn_id\n form 2014-08-20 cust L",
    "dpor_attachments": "event_id occurred_at subscription_id mpn_id\n d 2015-03-10T12:00:00Z sub L",
    "poe_reviews": "poe_id claim_id mpn_id outcome\n pf form L PASS\n pd d L FAIL",
}
"""L's form passed, so that its DPOR needs no proof, whatever a review of it says (P14)."""

CASES = [
    Case(
        "no program that earns, where a review of a DPOR that needs none failed",
        BY_DPOR,
        NO_PROGRAM,
        "amount cause\n -300.00 subscription_changed",
    ),
    Case(
        "a term that ends before the snapshot, where a review of a DPOR that needs none failed",
        BY_DPOR,
        {"subscriptions": "subscription_id customer_id end_date\n sub cust 2015-03-30"},
        "amount cause\n -300.00 subscription_changed",
    ),
    Case(
        "the program doesn't earn",
        now={"subscriptions": "subscription_id customer_id program\n sub cust MOSA"},
        adjusts="amount cause\n -300.00 subscription_changed",
    ),
    Case(
        "the program earns after all",
        {"subscriptions": "subscription_id customer_id program\n sub cust MOSA"},
        {"subscriptions": "subscription_id customer_id program\n sub cust EES"},
        "amount cause\n 300.00 subscription_changed",
    ),
    Case(
        "the subscription belongs to another customer",
        {"customers": "customer_id\n cust\n other"},
        {"subscriptions": "subscription_id customer_id\n sub other"},
        "amount cause\n -300.00 subscription_changed",
    ),
    Case(
        "the subscription is of another service",
        now={"subscriptions": "subscription_id customer_id service\n sub cust INTUNE"},
        adjusts="amount cause\n -300.00 subscription_changed",
    ),
    Case(
        "the term is shortened",
        now={"subscriptions": "subscription_id customer_id end_date\n sub cust 2015-02-28"},
        adjusts="amount cause\n -300.00 subscription_changed",
    ),
    Case(
        "the term is lengthened",
        {"subscriptions": "subscription_id customer_id end_date\n sub cust 2015-02-28"},
        {"subscriptions": "subscription_id customer_id end_date\n sub cust -"},
        "amount cause\n 300.00 subscription_changed",
    ),
    Case(
        "another customer's, and the partner not eligible, at once",
        {
            "customers": "customer_id\n cust\n other",
            "osa_forms": "form_id customer_id mpn_id\n form cust L\n form2 other L",
        },
        {
            "subscriptions": "subscription_id customer_id\n sub other",
            "partners": "mpn_id eligible_to\n L 2015-03-30",
        },
        "amount cause\n -300.00 eligibility_changed",
    ),
    Case(
        "no program that earns, and a failed proof, at once",
        now={**NO_PROGRAM, "poe_reviews": "poe_id claim_id mpn_id outcome\n p form L FAIL"},
        adjusts="amount cause\n -300.00 poe_failed",
    ),
    Case(
        "no program that earns, and a proof that is asked for, at once",
        now={**NO_PROGRAM, "poe_reviews": "poe_id claim_id mpn_id\n p form L"},
        adjusts="amount cause\n -300.00 poe_pending",
    ),
    Case(
        "no program that earns, and the partner not eligible, at once",
        now={**NO_PROGRAM, "partners": "mpn_id eligible_to\n L 2015-03-30"},
        adjusts="amount cause\n -300.00 eligibility_changed",
    ),
    Case(
        "no program that earns, and another rate, at once",
        {**OF_CRM, "rates": "service amount_per_seat\n CRMOL 2.00"},
        {
            "subscriptions": "subscription_id customer_id service program\n sub cust CRMOL MOSA",
            "rates": "service amount_per_seat\n CRMOL 1.50",
        },
        "amount cause\n -15.00 rate_changed\n -45.00 subscription_changed",
    ),
    Case(
        "a term that ends before the month, and a failed proof, at once",
        now={**ENDED, "poe_reviews": "poe_id claim_id mpn_id outcome\n p form L FAIL"},
        adjusts="amount cause\n -300.00 poe_failed",
    ),
    Case(
        "a term that ends before the month, and another rate, at once",
        OF_CRM,
        {"subscriptions": "subscription_id customer_id service end_date\n sub cust CRMOL 2015-02-28"},
        "amount cause\n -15.00 rate_changed\n -45.00 subscription_changed",
    ),
    Case(
        "the term ends before the snapshot that counted",
        now={"subscriptions": "subscription_id customer_id end_date\n sub cust 2015-03-30"},
        adjusts="amount cause\n -300.00 subscription_changed",
    ),
    Case(
        "the term ends between two snapshots",
        {"assigned_seats": f"{OWN_SEATS}\n sub 2015-03-10 12"},
        {"subscriptions": "subscription_id customer_id end_date\n sub cust 2015-03-20"},
        "amount cause\n -180.00 subscription_changed",
    ),
    Case(
        "the term ends before the snapshot that counted, which is corrected, at once",
        now={
            "subscriptions": "subscription_id customer_id end_date\n sub cust 2015-03-30",
            "assigned_seats": f"{CORRECTED}\n sub 2015-03-31 2015-04-02T00:00:00Z 27",
        },
        adjusts="amount cause\n -30.00 seats_changed\n -270.00 subscription_changed",
    ),
    Case(
        "another customer's, and a DPOR of another partner, at once",
        {"customers": "customer_id\n cust\n other"},
        {
            "subscriptions": "subscription_id customer_id\n sub other",
            "dpor_attachments": "event_id occurred_at subscription_id mpn_id\n d 2015-03-10T12:00:00Z sub R",
            "poe_reviews": "poe_id claim_id mpn_id outcome\n p d R PASS",
        },
        "mpn_id amount cause\n L -300.00 por_changed\n R 300.00 por_changed",
    ),
    Case(
        "another customer's, whose form is of another partner",
        {
            "customers": "customer_id\n cust\n other",
            "osa_forms": "form_id customer_id mpn_id\n form cust L\n form2 other R",
        },
        {"subscriptions": "subscription_id customer_id\n sub other"},
        "mpn_id amount cause\n L -300.00 subscription_changed\n R 300.00 subscription_changed",
    ),
    Case(
        "a term that refuses the DPOR of then, so that the form counts",
        {
            "dpor_attachments": "event_id occurred_at subscription_id mpn_id\n d 2015-03-10T12:00:00Z sub R",
            "poe_reviews": "poe_id claim_id mpn_id outcome\n p d R PASS",
            "assigned_seats": f"{OWN_SEATS}\n sub 2015-03-04 12",
        },
        {"subscriptions": "subscription_id customer_id end_date\n sub cust 2015-03-05"},
        "mpn_id amount cause\n L 120.00 subscription_changed\n R -300.00 subscription_changed",
    ),
    Case(
        "another subscription joins the customer's, whose DPOR stops the form",
        {
            "customers": "customer_id\n cust\n other",
            "subscriptions": "subscription_id customer_id\n sub cust\n sub2 other",
            "dpor_attachments": "event_id occurred_at subscription_id mpn_id\n d 2015-03-10T12:00:00Z sub2 R",
        },
        {"subscriptions": "subscription_id customer_id\n sub2 cust"},
        "subscription_id amount cause\n sub -300.00 subscription_changed",
    ),
    Case(
        "a new subscription of the customer, whose DPOR stops the form, and one that leaves it",
        {
            "customers": "customer_id\n cust\n other",
            "subscriptions": "subscription_id customer_id\n sub cust\n sub2 cust",
        },
        {
            "subscriptions": "subscription_id customer_id\n sub2 other\n sub3 cust",
            "dpor_attachments": "event_id occurred_at subscription_id mpn_id\n d 2015-03-10T12:00:00Z sub3 R",
        },
        "subscription_id amount cause\n sub -300.00 por_changed",
    ),
    Case(
        "the term reaches a later snapshot of the month",
        {
            "subscriptions": "subscription_id customer_id end_date\n sub cust 2015-03-20",
            "assigned_seats": f"{OWN_SEATS}\n sub 2015-03-10 12",
        },
        {"subscriptions": "subscription_id customer_id end_date\n sub cust -"},
        "amount cause\n 180.00 subscription_changed",
    ),
]


@pytest.fixture(scope="module")
def april(tmp_path_factory: pytest.TempPathFactory) -> Books:
    return played(tmp_path_factory.mktemp("subscriptions"), CASES)


@pytest.mark.parametrize("number", [pytest.param(number, id=case.name) for number, case in enumerate(CASES)])
def test_a_difference_is_taken_apart_by_its_causes(april: Books, number: int) -> None:
    adjusts_as_said(april, number, CASES[number])
