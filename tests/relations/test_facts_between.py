"""What a line would be made of, had its subscription stayed as it was: until that comes, last of the facts (P22)."""

from __future__ import annotations

import pytest
from relations.bench import shows

LINE = "period subscription_id incentive mpn_id first_day"
WAS = "service_was basis_was mpn_was poe_was seats_was eligible_was"
NOW = "service_now mpn_now poe_now seats_now eligible_now ended proof_of_was"
DIFFERS = "subscription_differs buckets_differ claim_differs partner_differs claim_stage"
BETWEEN = "mpn_between poe_between seats_between eligible_between rate_between poe_stage eligible_stage"
RATE = "period service incentive amount_per_seat"
OF_TODAY = {
    "current_partners": """
        mpn_id  eligible_from  eligible_to
        L       2015-03-31     2015-03-31
        R       2015-04-01     -
        C       2014-01-01     2015-03-30
        D       2014-01-01     -
    """,
    "terms_before": "subscription_id\n s2",
    "seats_of_terms_before": "subscription_id month_no assigned_seats\n s1 24183 35\n s1 24184 36\n s2 24183 37",
    "rates_before": f"{RATE}\n 2015-03 O365 DEPLOY 1.0000",
    "rates_judged": f"{RATE}\n 2015-03 O365 DEPLOY 2.0000\n 2015-04 O365 DEPLOY 3.0000\n 2015-03 O365 MANAGE 4.0000",
}


def shown(was: str, now: str, differs: str, expected: str, **today: str) -> None:
    states = f"{LINE} {WAS} {NOW} {DIFFERS}\n 2015-03 s1 DEPLOY L 2015-03-01 {was} {now} {differs}"
    shows("adjustments", "differing_facts", expected, {"differing_states": states, **OF_TODAY, **today})


@pytest.mark.parametrize(
    ("now", "claim", "between"),
    [
        ("O365 L FAIL 40 false false FAIL", "false false", "L FAIL 40 False 2.0000 4 8"),
        ("O365 L PENDING 40 true false -", "false false", "L PENDING 40 True 2.0000 5 8"),
        ("O365 L PENDING 40 true false -", "true false", "L PENDING 40 True 2.0000 2 8"),
        ("O365 R PENDING 40 false false -", "true true", "R PENDING 40 False 2.0000 2 2"),
    ],
)
def test_where_the_subscription_stayed_it_is_what_it_is_now(now: str, claim: str, between: str) -> None:
    """What a new claim brings has the claim's stage."""
    shown("O365 OSA L PASS 30 true", now, f"false false {claim} 2", f"{BETWEEN}\n {between}")


@pytest.mark.parametrize(
    ("was", "proof", "between"),
    [
        ("O365 OSA L PASS 30 true", "FAIL", "L FAIL 40 True 2.0000 4 8"),
        ("O365 OSA L PASS 30 true", "PENDING", "L PENDING 40 True 2.0000 5 8"),
        ("O365 OSA L PENDING 30 true", "-", "L PENDING 40 True 2.0000 5 8"),
        ("O365 OSA R PASS 30 true", "-", "R PASS 40 False 2.0000 3 8"),
        ("O365 OSA C PASS 30 true", "-", "C PASS 40 False 2.0000 3 8"),
        ("O365 OSA D PASS 30 false", "-", "D PASS 40 True 2.0000 3 8"),
        ("O365 DPOR L PASS 30 true", "FAIL", "L FAIL 40 True 2.0000 4 8"),
        ("EMS OSA L PASS 30 true", "-", "L PASS 40 True - 3 8"),
        ("- - - - - true", "-", "- - 40 True - 3 8"),
        ("- - - - - false", "-", "- - 40 False - 3 8"),
        ("O365 OSA L NOT_REQUIRED 30 true", "FAIL", "L FAIL 40 True 2.0000 4 8"),
        ("O365 DPOR L NOT_REQUIRED 30 true", "FAIL", "L NOT_REQUIRED 40 True 2.0000 3 8"),
    ],
)
def test_where_it_is_another_they_are_the_proof_the_eligibility_and_the_rate_of_the_one_of_then(
    was: str, proof: str, between: str
) -> None:
    """By what is known today. A DPOR that needed no proof needs none, whatever its reviews say (P14)."""
    now = f"O365 - - 40 true false {proof}".replace("O365", "INTUNE")
    shown(was, now, "true true true true 2", f"{BETWEEN}\n {between}")


@pytest.mark.parametrize(
    ("terms", "ended", "differs", "seats"),
    [
        ("subscription_id\n s1", "false", "false", "30 35 40"),
        ("subscription_id\n s1", "true", "true", "30 35 40"),
        ("subscription_id\n s2", "false", "true", "30 40 40"),
        ("subscription_id\n s2", "true", "true", "30 30 40"),
    ],
)
def test_seats_are_those_of_the_term_of_then_where_it_is_another(
    terms: str, ended: str, differs: str, seats: str
) -> None:
    shown(
        "O365 OSA L PASS 30 true",
        f"O365 L PASS 40 true {ended} -",
        f"{differs} false false false 2",
        f"seats_was seats_between seats_now\n {seats}",
        terms_before=terms,
    )
