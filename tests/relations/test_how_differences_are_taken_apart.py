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
    "rates_before": f"{RATE}\n 2015-03 O365 DEPLOY 1.0000",
    "rates_judged": f"{RATE}\n 2015-03 O365 DEPLOY 1.0000",
    "periods": "period fiscal_year\n 2015-03 FY15\n 2015-04 FY15\n 2015-08 FY16",
    "cap_amounts": "mpn_id service fiscal_year scope",
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
        "differing_facts",
        f"period subscription_id partner_stage poe_stage\n 2015-03 s1 {stage} {stage}",
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
        ("c1 O365", "L O365 FY15 CUSTOMER", "False"),
        ("c1 O365", "L O365 FY15 SERVICE", "False"),
    ],
)
def test_a_subscription_leaves_a_bucket_only_of_a_cap_of_its_partner_in_that_year(
    moves: str, cap: str, differ: str
) -> None:
    shows(
        "adjustments",
        "differing_facts",
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


def test_each_line_is_held_to_the_room_that_it_had_itself() -> None:
    """DEPLOY was cut to 200.00, MANAGE was not; then seats go from 30 to 40, at 10.00 and at 1.00."""
    facts = """
        mpn_was poe_was seats_was eligible_was rate_was mpn_now poe_now seats_now eligible_now rate_now
        buckets_differ partner_stage poe_stage seats_stage rate_stage eligible_stage
    """
    said = "L PASS 30 true {0} L PASS 40 true {0} false 2 3 6 7 8"
    shows(
        "adjustments",
        "stages",
        "incentive stage pays\n"
        + "\n".join(f"DEPLOY {stage} 200.00" for stage in range(10))
        + "\n"
        + "\n".join(f"MANAGE {stage} {'30.00' if stage < 6 else '40.00'}" for stage in range(10)),
        {
            "differing_facts": f"{LINE} {' '.join(facts.split())}\n"
            f" 2015-03 s1 DEPLOY L {said.format('10.0000')}\n 2015-03 s1 MANAGE L {said.format('1.0000')}",
            "differences": f"{LINE} before\n 2015-03 s1 DEPLOY L 200.00\n 2015-03 s1 MANAGE L 30.00",
        },
    )
