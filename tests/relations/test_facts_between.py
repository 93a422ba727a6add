"""Which cause each fact of a line changes with, and what a seat earned, would earn and earns (P22)."""

from __future__ import annotations

import pytest
from relations.bench import shows

LINE = "period subscription_id incentive mpn_id"
KINDS = ("was", "between", "now")
STATES = " ".join(f"service_{when} mpn_{when} poe_{when} seats_{when}" for when in KINDS)
DIFFERS = "buckets_differ claim_differs claim_stage"
RATE = "period service incentive amount_per_seat"
RATES_WAS = f"{RATE}\n 2015-03 O365 DEPLOY 1.0000\n 2015-03 O365 MANAGE 9.0000\n 2015-04 O365 DEPLOY 9.0000"
RATES_NOW = f"""
    {RATE}
    2015-03 O365   DEPLOY 2.0000
    2015-03 INTUNE DEPLOY 3.0000
    2015-03 EMS    DEPLOY 4.0000
    2015-03 O365   MANAGE 9.0000
    2015-04 O365   DEPLOY 9.0000
"""
ELIGIBLE = "mpn_id eligible_from eligible_to\n L 2014-01-01 -\n R 2014-01-01 2014-12-31"


def shown(states: str, differs: str, expected: str, **partners: str) -> None:
    shows(
        "adjustments",
        "differing_facts",
        expected,
        {
            "differing_states": f"{LINE} {STATES} {DIFFERS}\n 2015-03 s1 DEPLOY L {states} {differs}",
            "rates_before": RATES_WAS,
            "rates_judged": RATES_NOW,
            "partners_before": ELIGIBLE,
            "current_partners": ELIGIBLE,
            **partners,
        },
    )


def test_facts_are_handed_on_as_they_were_as_they_would_be_and_as_they_are() -> None:
    facts = " ".join(f"mpn_{when} poe_{when} seats_{when}" for when in KINDS)
    shown(
        "O365 L PASS 30 O365 R FAIL 40 O365 C PENDING 50",
        "true false 2",
        f"{LINE} {facts} buckets_differ\n 2015-03 s1 DEPLOY L L PASS 30 R FAIL 40 C PENDING 50 True",
    )


@pytest.mark.parametrize(
    ("services", "rates"),
    [
        (("O365", "O365", "O365"), "1.0000 2.0000 2.0000"),
        (("O365", "INTUNE", "EMS"), "1.0000 3.0000 4.0000"),
        (("INTUNE", "O365", "AADP"), "- 2.0000 -"),
        (("-", "-", "EMS"), "- - 4.0000"),
    ],
)
def test_rates_are_those_of_the_service_that_it_is_of_and_of_then_only_for_what_was(
    services: tuple[str, str, str], rates: str
) -> None:
    shown(
        " ".join(f"{service} L PASS 30" for service in services),
        "false false 2",
        f"rate_was rate_between rate_now\n {rates}",
    )


@pytest.mark.parametrize(
    ("proof", "differs", "stages"),
    [
        ("FAIL", "false 2", "2 4"),
        ("PENDING", "false 2", "2 5"),
        ("PASS", "false 2", "2 3"),
        ("NOT_REQUIRED", "false 2", "2 3"),
        ("-", "false 2", "2 3"),
        ("FAIL", "true 2", "2 2"),
        ("PASS", "true 4", "4 4"),
    ],
)
def test_a_proof_has_the_cause_of_what_it_would_be_and_what_a_new_claim_brings_has_the_claims(
    proof: str, differs: str, stages: str
) -> None:
    shown(
        f"O365 L PENDING 30 O365 L {proof} 30 O365 L PENDING 30",
        f"false {differs}",
        f"partner_stage poe_stage\n {stages}",
    )


@pytest.mark.parametrize(
    ("was", "now", "eligible"),
    [
        ("2015-03-31 2015-03-31", "2015-04-01 -", "True False"),
        ("2014-01-01 2015-03-30", "2014-01-01 2015-03-31", "False True"),
        ("2014-01-01 -", "2014-01-01 -", "True True"),
        (None, "2015-04-01 -", "False False"),
        (None, "2014-01-01 -", "True True"),
    ],
)
def test_the_lines_partner_is_eligible_on_the_months_last_day_and_one_that_is_new_is_as_today(
    was: str | None, now: str, eligible: str
) -> None:
    """Whoever is partner of record."""
    columns = "mpn_id eligible_from eligible_to\n R 2014-01-01 2014-12-31"
    shown(
        "O365 R PASS 30 O365 R PASS 30 O365 R PASS 30",
        "false true 2",
        f"eligible_was eligible_now\n {eligible}",
        partners_before=f"{columns}\n L {was}" if was else columns,
        current_partners=f"{columns}\n L {now}",
    )
