"""Rows that refer to what isn't known yet: they wait, are accepted by themselves later, and are checked anew then."""

from __future__ import annotations

from intake.desk import MASTER_DATA, Desk, csv_of


def test_within_one_delivery_the_order_of_files_does_not_matter(desk: Desk) -> None:
    desk.deliver("2015-03", **MASTER_DATA, dpor_attachments=[{}], assigned_seats=[{}], poe_reviews=[{"claim_id": "d1"}])
    desk.file("2015-03", "caps.csv", csv_of("caps", [{"mpn_id": "0000002"}]))
    desk.take_in()
    assert desk.set_aside() == []


def test_a_chain_from_customer_to_review_is_released_by_the_one_delivery_that_brings_what_it_lacks(desk: Desk) -> None:
    desk.deliver(
        "2015-03",
        partners=[{}],
        subscriptions=[{}],
        osa_forms=[{}],
        dpor_attachments=[{}],
        assigned_seats=[{}],
        poe_reviews=[{"claim_id": "d1"}, {"poe_id": "p2", "claim_id": "f1"}],
    )
    desk.deliver("2015-04", rates=[{}])
    desk.deliver("2015-05", customers=[{}])
    desk.take_in()
    assert desk.set_aside() == [
        "2015-03/assigned_seats.csv 2: unknown_subscription subscription_id, released by 2015-05",
        "2015-03/dpor_attachments.csv 2: unknown_subscription subscription_id, released by 2015-05",
        "2015-03/osa_forms.csv 2: unknown_customer customer_id, released by 2015-05",
        "2015-03/poe_reviews.csv 2: unknown_claim claim_id, released by 2015-05",
        "2015-03/poe_reviews.csv 3: unknown_claim claim_id, released by 2015-05",
        "2015-03/subscriptions.csv 2: unknown_customer customer_id, released by 2015-05",
    ]
    assert desk.rows("select delivery, file, row_number, accepted_in from poe_reviews order by all") == [
        ("2015-03", "poe_reviews.csv", 2, "2015-05"),
        ("2015-03", "poe_reviews.csv", 3, "2015-05"),
    ]
    assert "2015-03/poe_reviews.csv: 2 = 0 + 0 + 2" in desk.counts()


def test_a_chain_that_lacks_two_things_is_released_by_the_second(desk: Desk) -> None:
    desk.deliver("2015-03", dpor_attachments=[{}], caps=[{"mpn_id": "0000001"}])
    desk.deliver("2015-04", customers=[{}], subscriptions=[{}])
    desk.deliver("2015-05", partners=[{}])
    desk.take_in()
    assert desk.set_aside() == [
        "2015-03/caps.csv 2: unknown_partner mpn_id, released by 2015-05",
        "2015-03/dpor_attachments.csv 2: unknown_subscription subscription_id, released by 2015-05",
    ]


def test_each_run_up_to_a_period_knows_only_the_deliveries_up_to_it(desk: Desk) -> None:
    desk.deliver("2015-03", caps=[{"mpn_id": "0000001"}])
    desk.deliver("2015-04", partners=[{}])
    desk.take_in("2015-03")
    assert desk.set_aside() == ["2015-03/caps.csv 2: unknown_partner mpn_id"]
    desk.take_in("2015-04")
    assert desk.set_aside() == ["2015-03/caps.csv 2: unknown_partner mpn_id, released by 2015-04"]


def test_an_event_that_turns_out_to_be_in_the_wrong_portal_is_not_released(desk: Desk) -> None:
    desk.deliver(
        "2015-03", partners=[{}], customers=[{}], dpor_attachments=[{}, {"event_id": "d2", "portal": "INTUNE"}]
    )
    desk.deliver("2015-04", subscriptions=[{"service": "INTUNE"}])
    desk.deliver("2015-05", subscriptions=[{"service": "O365"}])
    desk.take_in()
    assert desk.set_aside() == [
        "2015-03/dpor_attachments.csv 2: unknown_subscription subscription_id",
        "2015-03/dpor_attachments.csv 3: unknown_subscription subscription_id, released by 2015-04",
    ]


def test_a_review_that_turns_out_to_be_of_another_partner_is_not_released(desk: Desk) -> None:
    desk.deliver("2015-03", **{**MASTER_DATA, "osa_forms": []}, poe_reviews=[{}, {"poe_id": "p2", "mpn_id": "0000002"}])
    desk.deliver("2015-04", osa_forms=[{}])
    desk.take_in()
    assert desk.set_aside() == [
        "2015-03/poe_reviews.csv 2: unknown_claim claim_id, released by 2015-04",
        "2015-03/poe_reviews.csv 3: unknown_claim claim_id",
    ]


def test_a_waiting_form_overtaken_by_an_accepted_one_of_its_key_conflicts_and_is_not_released(desk: Desk) -> None:
    desk.deliver("2015-03", partners=[{}], customers=[{}], osa_forms=[{"customer_id": "fabrikam"}, {}])
    desk.deliver("2015-04", customers=[{"customer_id": "fabrikam"}])
    desk.take_in()
    assert desk.set_aside() == ["2015-03/osa_forms.csv 2: unknown_customer customer_id"]
    assert desk.rows("select customer_id from osa_forms") == [("contoso",)]


def test_of_two_waiting_forms_of_one_key_the_first_is_released(desk: Desk) -> None:
    desk.deliver("2015-03", partners=[{}], osa_forms=[{}, {"service": "EMS"}, {}])
    desk.deliver("2015-04", customers=[{}], osa_forms=[{}])
    desk.take_in()
    assert desk.set_aside() == [
        "2015-03/osa_forms.csv 2: unknown_customer customer_id, released by 2015-04",
        "2015-03/osa_forms.csv 3: unknown_customer customer_id",
        "2015-03/osa_forms.csv 4: unknown_customer customer_id",
    ]
    assert "2015-04/osa_forms.csv: 1 = 0 + 1 + 0" in desk.counts()


def test_an_older_version_released_after_a_newer_was_accepted_does_not_count(desk: Desk) -> None:
    desk.deliver("2015-03", customers=[{}], subscriptions=[{"customer_id": "fabrikam", "offer": "old"}])
    desk.deliver("2015-04", subscriptions=[{"offer": "new"}])
    desk.deliver("2015-05", customers=[{"customer_id": "fabrikam"}])
    desk.deliver("2015-06", subscriptions=[{"offer": "new"}])
    desk.take_in()
    assert desk.set_aside() == ["2015-03/subscriptions.csv 2: unknown_customer customer_id, released by 2015-05"]
    assert desk.counting("subscriptions", "customer_id, offer") == [("contoso", "new")]
    assert "2015-06/subscriptions.csv: 1 = 0 + 1 + 0" in desk.counts()


def test_a_newer_version_that_had_to_wait_counts_once_it_is_released(desk: Desk) -> None:
    desk.deliver("2015-03", customers=[{}], subscriptions=[{"offer": "old"}])
    desk.deliver("2015-04", subscriptions=[{"customer_id": "fabrikam", "offer": "new"}])
    desk.take_in()
    assert desk.counting("subscriptions", "customer_id, offer") == [("contoso", "old")]
    desk.deliver("2015-05", customers=[{"customer_id": "fabrikam"}])
    desk.take_in()
    assert desk.counting("subscriptions", "customer_id, offer") == [("fabrikam", "new")]


def test_a_released_row_that_only_repeats_another_is_no_version_and_never_becomes_one(desk: Desk) -> None:
    desk.deliver("2015-03", subscriptions=[{"offer": "A"}, {"offer": "A"}])
    desk.deliver("2015-04", customers=[{}])
    desk.deliver("2015-05", subscriptions=[{"offer": "B"}])
    desk.deliver("2015-06", rates=[{}])
    desk.take_in()
    assert desk.set_aside() == [
        "2015-03/subscriptions.csv 2: unknown_customer customer_id, released by 2015-04",
        "2015-03/subscriptions.csv 3: unknown_customer customer_id",
    ]
    assert desk.rows("select offer from subscriptions order by delivery, row_number") == [("A",), ("B",)]


def test_a_cap_for_every_partner_waits_for_none(desk: Desk) -> None:
    desk.deliver("2015-03", caps=[{}])
    desk.take_in()
    assert desk.set_aside() == []


def test_rejected_forms_and_events_are_known_claims(desk: Desk) -> None:
    desk.deliver(
        "2015-06",
        **{**MASTER_DATA, "osa_forms": [{"form_id": "late", "received_on": "2015-06-01"}]},
        dpor_attachments=[{"event_id": "early", "occurred_at": "2015-02-01T00:00:00Z"}],
        poe_reviews=[{"poe_id": "p1", "claim_id": "late"}, {"poe_id": "p2", "claim_id": "early"}],
    )
    desk.run()
    assert desk.set_aside() == []
    assert desk.rows("select claim_id, decision from claims order by all") == [
        ("early", "REJECTED"),
        ("late", "REJECTED"),
    ]


def test_a_form_set_aside_for_another_reason_makes_no_claim_known(desk: Desk) -> None:
    desk.deliver("2015-03", **{**MASTER_DATA, "osa_forms": [{"service": "AZURE"}]}, poe_reviews=[{}])
    desk.take_in()
    assert desk.set_aside() == [
        "2015-03/osa_forms.csv 2: service_out_of_scope service",
        "2015-03/poe_reviews.csv 2: unknown_claim claim_id",
    ]


def test_a_form_and_an_event_of_one_id_are_both_claims(desk: Desk) -> None:
    desk.deliver(
        "2015-03",
        **MASTER_DATA,
        dpor_attachments=[{"event_id": "f1", "mpn_id": "0000002"}],
        poe_reviews=[{"poe_id": "p1", "mpn_id": "0000001"}, {"poe_id": "p2", "mpn_id": "0000002"}],
    )
    desk.take_in()
    assert desk.set_aside() == []
