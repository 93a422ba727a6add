"""Which cause takes which part of a line's difference: the facts of then and now, put in one after the other (P22)."""

from __future__ import annotations

import pytest
from relations.bench import shows

LINE = "period subscription_id incentive mpn_id"
STATE = "period subscription_id customer_id service mpn_id basis claim_id status reason poe_status assigned_seats"
PROOF = "claim_id mpn_id outcome"
RATE = "period service incentive amount_per_seat"
NOTHING_ELSE = {
    "differing_subscriptions": "subscription_id\n s1",
    "periods": "period fiscal_year\n 2015-03 FY15\n 2015-04 FY15\n 2015-08 FY16",
    "cap_amounts": "mpn_id service fiscal_year scope",
    "subscriptions_stayed": "subscription_id",
    "states_stayed": STATE,
    "last_closed": "last_period\n 2015-03",
    "osa_forms": "form_id accepted_in\n f1 2015-03\n f2 2015-03",
    "dpor_attachments": "event_id accepted_in\n old 2015-03\n new 2015-04",
    "osa_claims": "claim_id stopped_at stopped_by",
}
PAID_BY_FORM = f"{STATE}\n 2015-03 s1 c1 O365 L OSA f1 PAYABLE - NOT_REQUIRED 10"
NOBODY = f"{STATE}\n 2015-03 s1 c1 O365 - - - UNASSIGNED no_por - 10"
FAILED = f"{PROOF}\n f1 L FAIL\n f2 L PASS\n f1 R PASS"
"""Beside the form's own proof: another claim's of its partner, and that of another partner's event of the same id."""


@pytest.mark.parametrize(
    ("was", "now", "latest", "before", "stage"),
    [
        (PAID_BY_FORM, NOBODY, FAILED, PROOF, 4),
        (NOBODY, PAID_BY_FORM, f"{PROOF}\n f1 L PASS", FAILED, 3),
    ],
    ids=["its proof failed", "its proof had failed"],
)
def test_a_form_that_goes_or_comes_by_its_own_proof_does_so_once_and_by_no_others(
    was: str, now: str, latest: str, before: str, stage: int
) -> None:
    shows(
        "adjustments",
        "differing_states",
        f"period subscription_id claim_differs claim_stage\n 2015-03 s1 True {stage}",
        {
            **NOTHING_ELSE,
            "differences": f"{LINE} never_billed\n 2015-03 s1 DEPLOY L false",
            "states_before": was,
            "states_judged": now,
            "latest_reviews": latest,
            "proofs_before": before,
        },
    )


@pytest.mark.parametrize(
    ("was", "now", "differ"),
    [
        (PAID_BY_FORM, PAID_BY_FORM, "False"),
        (PAID_BY_FORM, PAID_BY_FORM.replace("L OSA f1", "L DPOR f1"), "True"),
        (PAID_BY_FORM, PAID_BY_FORM.replace("L OSA f1", "L OSA f2"), "True"),
        (STATE, PAID_BY_FORM, "True"),
        (PAID_BY_FORM, STATE, "True"),
        (PAID_BY_FORM, PAID_BY_FORM.replace("c1 O365", "c2 EMS"), "False"),
    ],
)
def test_a_claim_differs_by_its_kind_too(was: str, now: str, differ: str) -> None:
    shows(
        "adjustments",
        "differing_states",
        f"period claim_differs\n 2015-03 {differ}",
        {
            **NOTHING_ELSE,
            "differences": f"{LINE} never_billed\n 2015-03 s1 DEPLOY L false",
            "states_before": was,
            "states_judged": now,
            "latest_reviews": PROOF,
            "proofs_before": PROOF,
        },
    )


IN_APRIL = "2015-04 s1 c1 O365 R DPOR d1 HELD poe_pending PENDING 20"
MOVED = "2015-03 s1 c2 EMS R OSA f2 PAYABLE - PASS 20"
KINDS = ("was", "between", "now")


@pytest.mark.parametrize(
    ("stayed", "between"),
    [
        ("2015-03 s2 c1 O365 C DPOR d3 PAYABLE - PASS 5", "EMS R PASS 20"),
        ("2015-03 s1 c1 INTUNE C DPOR d3 PAYABLE - PASS 5", "INTUNE C PASS 5"),
        ("2015-04 s1 c1 O365 C DPOR d3 PAYABLE - PASS 5", "- - - -"),
    ],
    ids=["none of its customer's changed", "one did", "one did, and it has no state there"],
)
def test_had_subscriptions_stayed_it_would_be_as_today_where_none_of_its_customer_has_changed(
    stayed: str, between: str
) -> None:
    """It was L's by a form, paid on 10 seats, and is R's today, with 20."""
    facts = " ".join(f"service_{when} mpn_{when} poe_{when} seats_{when}" for when in KINDS)
    shows(
        "adjustments",
        "differing_states",
        f"{facts}\n O365 L NOT_REQUIRED 10 {between} EMS R PASS 20",
        {
            **NOTHING_ELSE,
            "differences": f"{LINE} never_billed\n 2015-03 s1 DEPLOY L false\n 2015-03 s1 MANAGE L true",
            "states_before": f"{PAID_BY_FORM}\n {IN_APRIL}",
            "states_judged": f"{STATE}\n {MOVED}\n {IN_APRIL}",
            "subscriptions_stayed": f"subscription_id\n {stayed.split()[1]}",
            "states_stayed": f"{STATE}\n {stayed}",
            "latest_reviews": PROOF,
            "proofs_before": PROOF,
        },
    )


STOPS = "claim_id stopped_at stopped_by"
BY_DPOR = PAID_BY_FORM.replace("L OSA f1", "L DPOR f1")


@pytest.mark.parametrize(
    ("was", "now"),
    [(BY_DPOR, NOBODY), (BY_DPOR, PAID_BY_FORM.replace("L OSA f1", "R OSA f2")), (PAID_BY_FORM, BY_DPOR)],
)
def test_a_dpor_goes_and_comes_by_no_proof(was: str, now: str) -> None:
    shows(
        "adjustments",
        "differing_states",
        "claim_differs claim_stage\n True 2",
        {
            **NOTHING_ELSE,
            "differences": f"{LINE} never_billed\n 2015-03 s1 DEPLOY L false",
            "states_before": was,
            "states_judged": now,
            "latest_reviews": FAILED,
            "proofs_before": PROOF,
        },
    )


@pytest.mark.parametrize(
    ("now", "given", "stage"),
    [
        (NOBODY, {}, 4),
        (PAID_BY_FORM.replace("L OSA f1", "R OSA f2"), {}, 4),
        (PAID_BY_FORM.replace("L OSA f1", "R OSA f2"), {"osa_forms": "form_id accepted_in\n f2 2015-04"}, 2),
        (PAID_BY_FORM.replace("L OSA f1", "R OSA f2"), {"osa_forms": "form_id accepted_in\n f3 2015-04"}, 4),
        (NOBODY.replace("no_por", "dpor_removed"), {}, 2),
        (NOBODY, {"osa_claims": f"{STOPS}\n f1 2015-03-31T23:59:59Z new\n f2 - -"}, 2),
        (NOBODY, {"osa_claims": f"{STOPS}\n f1 2015-03-31T23:59:59Z old"}, 4),
        (NOBODY, {"osa_claims": f"{STOPS}\n f1 2015-04-01T00:00:00Z new\n f2 2015-03-01T00:00:00Z new"}, 4),
    ],
    ids=["nobody", "older form", "newer", "beside a newer", "overruled", "stopped", "by an old event", "stopped later"],
)
def test_a_failed_proof_is_the_cause_only_where_nothing_else_has_taken_the_claim(
    now: str, given: dict[str, str], stage: int
) -> None:
    shows(
        "adjustments",
        "differing_states",
        f"period claim_stage\n 2015-03 {stage}",
        {
            **NOTHING_ELSE,
            "differences": f"{LINE} never_billed\n 2015-03 s1 DEPLOY L false",
            "states_before": PAID_BY_FORM,
            "states_judged": now,
            "latest_reviews": FAILED,
            "proofs_before": PROOF,
            **given,
        },
    )


@pytest.mark.parametrize(("form", "stage"), [("L OSA f1", 3), ("L DPOR f1", 2), ("R OSA f1", 2)])
def test_a_form_that_a_move_takes_away_again_had_come_by_its_proof_all_the_same(form: str, stage: int) -> None:
    """A failed review is corrected, and the subscription moves: what it would be, had it stayed, tells the cause."""
    shows(
        "adjustments",
        "differing_states",
        f"claim_differs claim_stage\n True {stage}",
        {
            **NOTHING_ELSE,
            "differences": f"{LINE} never_billed\n 2015-03 s1 DEPLOY L false",
            "states_before": NOBODY,
            "states_judged": NOBODY,
            "subscriptions_stayed": "subscription_id\n s1",
            "states_stayed": PAID_BY_FORM.replace("L OSA f1", form),
            "latest_reviews": PROOF,
            "proofs_before": FAILED,
        },
    )


@pytest.mark.parametrize(
    ("moves", "cap", "differ"),
    [
        ("c2 O365", "L O365 FY15 CUSTOMER", "True"),
        ("c2 O365", "L O365 FY15 PARTNER", "False"),
        ("c2 O365", "L O365 FY15 SUBSCRIPTION", "False"),
        ("c2 O365", "R O365 FY15 CUSTOMER", "False"),
        ("c2 O365", "L O365 FY16 CUSTOMER", "False"),
        ("c2 O365", "L EMS FY15 CUSTOMER", "False"),
        ("c1 EMS", "L O365 FY15 SERVICE", "True"),
        ("c1 EMS", "L EMS FY15 SERVICE", "True"),
        ("c1 EMS", "L EMS FY15 SUBSCRIPTION", "True"),
        ("c1 EMS", "L EMS FY15 CUSTOMER", "False"),
        ("c1 EMS", "L EMS FY15 PARTNER", "False"),
        ("c1 O365", "L O365 FY15 CUSTOMER", "False"),
        ("c1 O365", "L O365 FY15 SERVICE", "False"),
    ],
)
def test_a_subscription_leaves_a_bucket_only_of_a_cap_of_its_partner_in_that_year(
    moves: str, cap: str, differ: str
) -> None:
    shows(
        "adjustments",
        "differing_states",
        f"period subscription_id buckets_differ\n 2015-03 s1 {differ}",
        {
            **NOTHING_ELSE,
            "cap_amounts": f"mpn_id service fiscal_year scope\n {cap}",
            "differences": f"{LINE} never_billed\n 2015-03 s1 DEPLOY L false",
            "states_before": PAID_BY_FORM,
            "states_judged": PAID_BY_FORM.replace("c1 O365", moves),
            "latest_reviews": PROOF,
            "proofs_before": PROOF,
        },
    )


FACTS = """
    mpn_was poe_was seats_was rate_was
    mpn_between poe_between seats_between rate_between
    mpn_now poe_now seats_now rate_now
    eligible_was eligible_now buckets_differ partner_stage poe_stage
"""
ROOMS = f"{LINE} room_then room_now caps_differ"


def pays_at(stages: dict[str, list[str]], said: str, before: dict[str, str], rooms: str) -> None:
    """Asserts what lines pay at each stage, which begins at 0, from facts like `said`, with what they paid before."""
    expected = (f"{incentive} {stage} {pays}" for incentive, row in stages.items() for stage, pays in enumerate(row))
    shows(
        "adjustments",
        "stages",
        "incentive stage pays\n" + "\n".join(expected),
        {
            "differing_facts": f"{LINE} {' '.join(FACTS.split())}\n"
            + "\n".join(f"2015-03 s1 {incentive} L {said}" for incentive in stages),
            "differences": f"{LINE} before\n"
            + "\n".join(f"2015-03 s1 {incentive} L {amount}" for incentive, amount in before.items()),
            "rooms": f"{ROOMS}\n{rooms}",
        },
    )


def test_each_line_is_held_to_the_room_that_it_had_itself() -> None:
    """Seats go from 30 to 40 at 10.00. DEPLOY was cut to 200.00; the caps of then leave MANAGE 350.00."""
    pays_at(
        {
            "DEPLOY": ["200.00"] * 10,
            "MANAGE": ["300.00"] * 6 + ["350.00"] * 4,
            "ACCELERATOR": ["300.00"] * 6 + ["400.00"] * 4,
        },
        "L PASS 30 10.0000 L PASS 40 10.0000 L PASS 40 10.0000 true true false 2 3",
        {"DEPLOY": "200.00", "MANAGE": "300.00", "ACCELERATOR": "300.00"},
        """
            2015-03 s1 MANAGE L 350.00 100.00 true
            2015-03 s1 ACCELERATOR L - 100.00 true
            2015-03 s1 DEPLOY R 1.00 1.00 true
            2015-04 s1 ACCELERATOR L 1.00 1.00 true
        """,
    )


def test_eligibility_changes_once_after_proof_seats_and_rate() -> None:
    """Another claim of the same partner passes, on 40 seats for 30, at 5.00 for 10.00; it is eligible only now."""
    pays_at(
        {"DEPLOY": ["0.00"] * 8 + ["200.00"] * 2},
        "L FAIL 30 10.0000 L PASS 40 5.0000 L PASS 40 5.0000 false true false 2 2",
        {"DEPLOY": "0.00"},
        "2015-04 s1 DEPLOY L 1.00 1.00 true",
    )


def test_whether_a_cap_had_cut_a_line_is_told_by_what_it_earned_itself() -> None:
    """Seats go from 30 to 40. DEPLOY was paid all of its 300.00; MANAGE earned 600.00 and was cut to 400.00."""
    pays = {"DEPLOY": ["300.00"] * 6 + ["400.00"] * 4, "MANAGE": ["400.00"] * 10}
    facts = "L PASS 30 {0} L PASS 40 {0} L PASS 40 {0} true true false 2 3"
    shows(
        "adjustments",
        "stages",
        "incentive stage pays\n"
        + "\n".join(f"{incentive} {stage} {paid}" for incentive, row in pays.items() for stage, paid in enumerate(row)),
        {
            "differing_facts": f"{LINE} {' '.join(FACTS.split())}\n 2015-03 s1 DEPLOY L {facts.format('10.0000')}"
            f"\n 2015-03 s1 MANAGE L {facts.format('20.0000')}",
            "differences": f"{LINE} before\n 2015-03 s1 DEPLOY L 300.00\n 2015-03 s1 MANAGE L 400.00",
            "rooms": ROOMS,
        },
    )


def test_whether_a_cap_had_cut_a_line_is_told_of_each_month_apart() -> None:
    """March earned 300.00 and was cut to 200.00; April grew from 100.00 to 400.00, and no cap had cut it."""
    march = "L PASS 30 10.0000 L PASS 30 10.0000 L PASS 30 10.0000 true true false 2 3"
    april = "L PASS 10 10.0000 L PASS 40 10.0000 L PASS 40 10.0000 true true false 2 3"
    pays = {"2015-03": ["200.00"] * 10, "2015-04": ["100.00"] * 6 + ["400.00"] * 4}
    shows(
        "adjustments",
        "stages",
        "period stage pays\n"
        + "\n".join(f"{period} {stage} {paid}" for period, row in pays.items() for stage, paid in enumerate(row)),
        {
            "differing_facts": f"{LINE} {' '.join(FACTS.split())}\n 2015-03 s1 DEPLOY L {march}"
            f"\n 2015-04 s1 DEPLOY L {april}",
            "differences": f"{LINE} before\n 2015-03 s1 DEPLOY L 200.00\n 2015-04 s1 DEPLOY L 100.00",
            "rooms": ROOMS,
        },
    )


def test_a_line_that_moves_has_the_room_of_its_new_buckets_from_there_on() -> None:
    """30 seats become 40 at 10.00, and it moves: there the caps of then leave two 350.00; none limits MANAGE."""
    grown = ["300.00"] * 6 + ["400.00"] * 3
    pays_at(
        {"DEPLOY": ["200.00"] * 9 + ["350.00"], "OTHER": [*grown, "350.00"], "MANAGE": [*grown, "400.00"]},
        "L PASS 30 10.0000 L PASS 40 10.0000 L PASS 40 10.0000 true true true 2 3",
        {"DEPLOY": "200.00", "OTHER": "300.00", "MANAGE": "300.00"},
        "2015-03 s1 DEPLOY L 350.00 1.00 true\n 2015-03 s1 OTHER L 350.00 1.00 true",
    )


@pytest.mark.parametrize(
    ("room_now", "differ", "expected"),
    [
        ("320.00", "true", "10 -30.00\n 11 -20.00"),
        ("500.00", "true", "10 50.00\n 11 -100.00"),
        ("-", "true", "10 50.00\n 11 -100.00"),
        ("320.00", "false", "11 -50.00"),
    ],
)
def test_what_its_caps_make_of_a_line_is_theirs_only_where_they_differ(
    room_now: str, differ: str, expected: str
) -> None:
    """It paid 300.00, would pay 350.00 as it is now, of 400.00 earned, and pays 300.00."""
    causes = "cause_no cause\n" + "\n".join(f"{number} {number}" for number in range(1, 14))
    shows(
        "adjustments",
        "adjustments",
        f"cause amount\n 6 50.00\n {expected}",
        {
            "differences": f"{LINE} posted before payable judged never_billed\n"
            " 2015-03 s1 DEPLOY L 300.00 300.00 300.00 300.00 false",
            "stages": f"{LINE} stage earned pays\n"
            + "\n".join(f"2015-03 s1 DEPLOY L {stage} 400.00 {300 if stage < 6 else 350}.00" for stage in range(10)),
            "rooms": f"{ROOMS}\n 2015-03 s1 DEPLOY L 350.00 {room_now} {differ}",
            "causes": causes,
        },
    )
