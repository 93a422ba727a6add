"""Which cause a difference has where two come close: a proof takes only its own form's claim along (P12, P22)."""

from __future__ import annotations

import pytest
from ledger.bench import Books

pytestmark = pytest.mark.slow

ADDED = "event_id occurred_at subscription_id action mpn_id"
REVIEWED = "poe_id claim_id mpn_id requested_on outcome"
FIRST = f"{ADDED}\n e1 2015-03-05T12:00:00Z sub ADD L"
AGAIN = "e3 2015-03-07T12:00:00Z sub ADD L"


def march(books: Books, **feeds: str) -> None:
    """March, closed: a subscription with 1,000 seats at 1.00, and what decides whose it is."""
    begins = {
        "partners": "mpn_id\n L\n R",
        "customers": "customer_id\n cust",
        "subscriptions": "subscription_id customer_id\n sub cust",
        "rates": "amount_per_seat\n 1.00",
        "assigned_seats": "subscription_id snapshot_date assigned_seats\n sub 2015-03-31 1000",
    }
    books.deliver("2015-03", **{**begins, **feeds})
    books.does("run", "--through", "2015-03", "--close")


def april(books: Books, expected: str, **feeds: str) -> None:
    """What April's delivery changes of March."""
    books.deliver("2015-04", **feeds)
    books.does("run", "--period", "2015-04")
    books.shows(
        "select * from statement_lines where kind = 'ADJUSTMENT' and statement_period = '2015-04'",
        f"period mpn_id amount cause {expected}",
    )


def test_a_partner_removed_whose_other_claim_had_failed_loses_it_by_the_removal(books: Books) -> None:
    march(
        books,
        dpor_attachments=f"{FIRST}\n {AGAIN}",
        poe_reviews=f"{REVIEWED}\n p1 e1 L 2015-03-06 PASS\n p3 e3 L 2015-03-08 FAIL",
    )
    removed = f"{ADDED}\n e2 2015-03-06T12:00:00Z sub REMOVE L"
    april(books, "\n 2015-03 L -1000.00 por_changed", dpor_attachments=removed)


def test_a_partner_with_a_failed_claim_gains_it_by_an_earlier_event(books: Books) -> None:
    march(books, dpor_attachments=f"{ADDED}\n {AGAIN}", poe_reviews=f"{REVIEWED}\n p3 e3 L 2015-03-08 FAIL")
    passed = f"{REVIEWED}\n p1 e1 L 2015-03-06 PASS"
    april(books, "\n 2015-03 L 1000.00 por_changed", dpor_attachments=FIRST, poe_reviews=passed)


@pytest.mark.parametrize("ended", ["ADD R", "REMOVE L"])
def test_a_partner_whose_proof_fails_as_it_is_replaced_or_removed_loses_it_by_that(books: Books, ended: str) -> None:
    march(books, dpor_attachments=FIRST, poe_reviews=f"{REVIEWED}\n p1 e1 L 2015-03-06 PASS")
    april(
        books,
        "\n 2015-03 L -1000.00 por_changed",
        dpor_attachments=f"{ADDED}\n e2 2015-03-08T12:00:00Z sub {ended}",
        poe_reviews=f"{REVIEWED}\n p1 e1 L 2015-03-06 FAIL",
    )


def test_a_form_whose_proof_fails_as_another_partner_is_attached_loses_it_by_the_attachment(books: Books) -> None:
    march(
        books,
        osa_forms="form_id received_on customer_id mpn_id\n form 2015-01-05 cust L",
        poe_reviews=f"{REVIEWED}\n p1 form L 2015-03-06 PASS",
    )
    april(
        books,
        "\n 2015-03 L -1000.00 por_changed",
        dpor_attachments=f"{ADDED}\n e2 2015-03-08T12:00:00Z sub ADD R",
        poe_reviews=f"{REVIEWED}\n p1 form L 2015-03-06 FAIL",
    )


FORM_OF = "form_id received_on customer_id mpn_id"
ITS_OWN_FAILED = f"{REVIEWED}\n p1 form L 2015-03-06 FAIL"


@pytest.mark.parametrize(
    "feeds",
    [
        {"osa_forms": f"{FORM_OF}\n later 2015-03-10 cust R"},
        {
            "subscriptions": "subscription_id customer_id\n beside cust",
            "dpor_attachments": f"{ADDED}\n e1 2015-03-10T12:00:00Z beside ADD R",
        },
        {"dpor_attachments": f"{FIRST}\n e2 2015-03-06T12:00:00Z sub REMOVE L"},
    ],
    ids=["a later form", "a DPOR beside it that stops it", "a DPOR on it, removed again"],
)
def test_a_form_whose_proof_fails_as_something_else_takes_its_claim_loses_it_by_that(
    books: Books, feeds: dict[str, str]
) -> None:
    march(books, osa_forms=f"{FORM_OF}\n form 2015-01-05 cust L")
    april(books, "\n 2015-03 L -1000.00 por_changed", poe_reviews=ITS_OWN_FAILED, **feeds)


def test_a_form_whose_proof_fails_as_a_move_would_have_stopped_it_loses_it_by_the_proof(books: Books) -> None:
    """The DPOR that stops it was known all along, of another customer's subscription; and moves come last."""
    march(
        books,
        customers="customer_id\n cust\n other",
        subscriptions="subscription_id customer_id\n sub cust\n beside other",
        osa_forms=f"{FORM_OF}\n form 2015-01-05 cust L",
        dpor_attachments=f"{ADDED}\n e1 2015-03-10T12:00:00Z beside ADD R",
    )
    moved = "subscription_id customer_id\n beside cust"
    april(books, "\n 2015-03 L -1000.00 poe_failed", subscriptions=moved, poe_reviews=ITS_OWN_FAILED)


def test_a_partner_whose_older_form_fails_gains_it_by_its_newer_one(books: Books) -> None:
    """L waited for its proof. Now R's form came, and one more of L, which passed."""
    march(books, osa_forms=f"{FORM_OF}\n other 2015-01-04 cust R\n form 2015-01-05 cust L")
    april(
        books,
        "\n 2015-03 L 1000.00 por_changed",
        osa_forms=f"{FORM_OF}\n again 2015-01-06 cust R\n newer 2015-01-07 cust L",
        poe_reviews=f"{ITS_OWN_FAILED}\n p2 newer L 2015-03-06 PASS",
    )


UNTIL_MARCH = "mpn_id eligible_to\n L 2015-02-28\n R -"
OPEN_AGAIN = "mpn_id\n L"


def test_a_partner_whose_proof_passes_as_it_becomes_eligible_gains_by_the_latter(books: Books) -> None:
    """Eligibility is asked after the proof, so the proof alone brings nothing."""
    march(books, partners=UNTIL_MARCH, dpor_attachments=FIRST, poe_reviews=f"{REVIEWED}\n p e1 L 2015-03-06 FAIL")
    passed = f"{REVIEWED}\n p e1 L 2015-03-06 PASS"
    april(books, "\n 2015-03 L 1000.00 eligibility_changed", partners=OPEN_AGAIN, poe_reviews=passed)


def test_a_partner_attached_anew_as_it_becomes_eligible_gains_by_the_latter(books: Books) -> None:
    march(books, partners=UNTIL_MARCH, dpor_attachments=FIRST, poe_reviews=f"{REVIEWED}\n p e1 L 2015-03-06 FAIL")
    april(
        books,
        "\n 2015-03 L 1000.00 eligibility_changed",
        partners=OPEN_AGAIN,
        dpor_attachments=f"{ADDED}\n e2 2015-03-06T12:00:00Z sub REMOVE L\n {AGAIN}",
        poe_reviews=f"{REVIEWED}\n p3 e3 L 2015-03-08 PASS",
    )


def test_what_was_billed_and_taken_back_is_not_billed_for_the_first_time_when_it_comes_back(books: Books) -> None:
    march(books, osa_forms=f"{FORM_OF}\n form 2015-01-05 cust L")
    of_2016 = "subscription_id customer_id start_date\n sub cust 2016-01-01"
    april(books, "\n 2015-03 L -1000.00 subscription_changed", subscriptions=of_2016)
    books.does("close", "--period", "2015-04")
    books.deliver("2015-05", subscriptions="subscription_id customer_id\n sub cust")
    books.does("run", "--period", "2015-05")
    books.shows(
        "select * from statement_lines where statement_period = '2015-05'",
        "period mpn_id amount cause\n 2015-03 L 1000.00 subscription_changed",
    )


@pytest.mark.parametrize(("before", "room"), [("0", "300.00"), ("100", "200.00")])
def test_a_cap_that_left_nothing_of_a_line_before_the_first_closing_and_is_raised(
    books: Books, before: str, room: str
) -> None:
    march(
        books,
        osa_forms="form_id received_on customer_id mpn_id\n form 2015-01-05 cust L",
        assigned_seats="subscription_id snapshot_date assigned_seats\n sub 2015-02-28 1000",
        caps=f"amount\n {before}",
    )
    april(books, f"\n 2015-02 L {room} cap_changed", caps="amount\n 300")


def test_late_seats_of_which_a_cap_left_nothing_and_then_the_cap_is_raised(books: Books) -> None:
    march(books, osa_forms="form_id received_on customer_id mpn_id\n form 2015-01-05 cust L", caps="amount\n 0")
    april(books, "", assigned_seats="subscription_id snapshot_date assigned_seats\n sub 2015-02-28 500")
    books.does("close", "--period", "2015-04")
    books.deliver("2015-05", caps="amount\n 700")
    books.does("run", "--period", "2015-05")
    books.shows(
        "select * from statement_lines where kind = 'ADJUSTMENT'",
        "period mpn_id amount cause\n 2015-02 L 500.00 cap_changed\n 2015-03 L 200.00 cap_changed",
    )


SEATS = "subscription_id snapshot_date exported_at assigned_seats"
FORM = "form_id received_on customer_id mpn_id\n form 2015-01-05 cust L"


@pytest.mark.parametrize(
    ("before", "now", "expected"),
    [
        ("", "2500", "2000.00 seats_changed\n 2015-03 L -500.00 cap_changed"),
        ("5000", "2500", "2000.00 seats_changed\n 2015-03 L -500.00 cap_changed"),
        ("", "600", "2000.00 seats_changed\n 2015-03 L -2400.00 cap_changed"),
        ("400", "", "2600.00 cap_changed"),
        ("400", "9000", "2600.00 cap_changed"),
        ("400", "900", "500.00 cap_changed"),
    ],
    ids=["a first cap", "lowered", "below what it was", "one that cut it goes", "raised beyond it", "raised into it"],
)
def test_a_cap_takes_what_it_makes_of_the_line_as_its_seats_are_now(
    books: Books, before: str, now: str, expected: str
) -> None:
    """1,000 seats become 3,000 as the cap changes: contracts ask the seats first, then the cap, of the line alone."""
    of_year = "mpn_id fiscal_year amount"
    other = f"{of_year}\n L FY20 1"  # a cap can't be taken back, only moved out of the way
    march(books, osa_forms=FORM, caps=f"{other}\n L FY15 {before}" if before else other)
    april(
        books,
        f"\n 2015-03 L {expected}",
        assigned_seats=f"{SEATS}\n sub 2015-03-31 2015-04-02T00:00:00Z 3000",
        caps=f"{of_year}\n L FY15 {now or 999999}",
    )


def test_other_lines_take_their_share_after_the_cap_has_taken_its_own(books: Books) -> None:
    """February's seats grow by 300 as a cap of 2,000 comes: March has 1,000 left of it as February was, and 700 now."""
    seats = "subscription_id snapshot_date assigned_seats\n sub 2015-02-28 1000\n sub 2015-03-31 1500"
    march(books, osa_forms=FORM, assigned_seats=seats)
    april(
        books,
        "\n 2015-02 L 300.00 seats_changed\n 2015-03 L -500.00 cap_changed\n 2015-03 L -300.00 cap_reallocated",
        assigned_seats=f"{SEATS}\n sub 2015-02-28 2015-04-02T00:00:00Z 1300",
        caps="amount\n 2000",
    )


def test_a_cap_leaves_a_new_partner_of_record_the_room_among_its_own_lines(books: Books) -> None:
    """R takes the subscription over from L, and has a cap of 1,200 now, of which its own line of February takes 500."""
    march(
        books,
        customers="customer_id\n cust\n own",
        subscriptions="subscription_id customer_id\n sub cust\n of-r own",
        osa_forms=f"{FORM}\n of-r 2015-01-05 own R",
        assigned_seats="subscription_id snapshot_date assigned_seats\n sub 2015-03-31 1000\n of-r 2015-02-28 500",
    )
    april(
        books,
        "\n 2015-03 L -1000.00 por_changed\n 2015-03 R 1000.00 por_changed\n 2015-03 R -300.00 cap_changed",
        dpor_attachments=f"{ADDED}\n e1 2015-03-08T12:00:00Z sub ADD R",
        poe_reviews=f"{REVIEWED}\n p1 e1 R 2015-03-09 PASS",
        caps="mpn_id amount\n R 1200",
    )
