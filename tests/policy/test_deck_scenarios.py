"""The deck's own scenarios, to the cent: 1 [s25], 2 [s26] and 2a [s27]."""

from __future__ import annotations

from decimal import Decimal

from harness import PARTNERS, run

RATES = """
    incentive    service  amount_per_seat
    DEPLOY       O365     0.2250
    MANAGE       O365     0.1500
    ACCELERATOR  O365     0.0500
    DEPLOY       INTUNE   0.1200
"""


def test_scenario_1_a_dpor_on_e3_leaves_e1_with_nobody_s25() -> None:
    known = run(
        "2015-03",
        osa_forms="""
            form_id    received_on  customer_id  service  mpn_id
            litware    2014-08-20   contoso      O365     Litware
            try-again  2015-03-24   contoso      O365     Litware
        """,
        dpor_attachments="""
            event_id   occurred_at          subscription_id  action  mpn_id
            relecloud  2015-03-16T15:00:00  e3               ADD     Relecloud
        """,
        poe_reviews="claim_id outcome\n relecloud PASS",
        assigned_seats="""
            subscription_id  snapshot_date  assigned_seats
            e1               2015-02-27     100
            e3               2015-02-27     250
            e1               2015-03-31     100
            e3               2015-03-31     251
        """,
        rates=RATES,
    )
    known.shows(
        "por_resolution",
        """
            period   subscription_id  status      reason                  mpn_id     basis
            2014-10  e1               PAYABLE     -                       Litware    OSA
            2014-10  e3               PAYABLE     -                       Litware    OSA
            2015-02  e1               PAYABLE     -                       Litware    OSA
            2015-02  e3               PAYABLE     -                       Litware    OSA
            2015-03  e1               UNASSIGNED  osa_superseded_by_dpor  -          -
            2015-03  e3               PAYABLE     -                       Relecloud  DPOR
        """,
    )
    known.shows(
        "claims",
        """
            claim_id   decision  decision_reason  ended_at             end_reason
            litware    ATTACHED  -                2015-03-16T15:00:00  stopped_by_dpor
            try-again  REJECTED  dpor_attached    -                    -
            relecloud  ATTACHED  -                -                    -
        """,
    )
    known.shows(
        "incentive_lines",
        """
            period   subscription_id  incentive    mpn_id     earned  payable
            2015-02  e1               DEPLOY       Litware    22.50   22.50
            2015-02  e1               MANAGE       Litware    15.00   15.00
            2015-02  e1               ACCELERATOR  Litware    5.00    5.00
            2015-02  e3               DEPLOY       Litware    56.25   56.25
            2015-02  e3               MANAGE       Litware    37.50   37.50
            2015-02  e3               ACCELERATOR  Litware    12.50   12.50
            2015-03  e3               DEPLOY       Relecloud  56.48   56.48
            2015-03  e3               MANAGE       Relecloud  37.65   37.65
            2015-03  e3               ACCELERATOR  Relecloud  12.55   12.55
        """,
    )


FORMS_OF_SCENARIO_2 = """
    form_id         received_on  service  mpn_id
    litware-o365    2014-08-20   O365     Litware
    litware-intune  2014-08-20   INTUNE   Litware
"""
DPOR_OF_SCENARIO_2 = """
    event_id   occurred_at          subscription_id  action  mpn_id     portal
    relecloud  2015-03-16T15:00:00  intune           ADD     Relecloud  INTUNE
"""


def test_scenario_2_a_dpor_on_intune_leaves_office_365_to_litware_s26() -> None:
    known = run(
        "2015-03",
        subscriptions="subscription_id service\n e1 O365\n e3 O365\n intune INTUNE",
        osa_forms=FORMS_OF_SCENARIO_2,
        dpor_attachments=DPOR_OF_SCENARIO_2,
        poe_reviews="claim_id outcome\n relecloud PASS",
        assigned_seats="""
            subscription_id  snapshot_date  assigned_seats
            e1               2015-03-31     100
            e3               2015-03-31     250
            intune           2015-03-31     40
        """,
        rates=RATES,
    )
    known.shows(
        "por_resolution",
        """
            period   subscription_id  status   mpn_id     basis
            2015-02  e1               PAYABLE  Litware    OSA
            2015-02  e3               PAYABLE  Litware    OSA
            2015-02  intune           PAYABLE  Litware    OSA
            2015-03  e1               PAYABLE  Litware    OSA
            2015-03  e3               PAYABLE  Litware    OSA
            2015-03  intune           PAYABLE  Relecloud  DPOR
        """,
    )
    known.shows(
        "incentive_lines",
        """
            subscription_id  incentive    mpn_id     payable
            e1               DEPLOY       Litware    22.50
            e1               MANAGE       Litware    15.00
            e1               ACCELERATOR  Litware    5.00
            e3               DEPLOY       Litware    56.25
            e3               MANAGE       Litware    37.50
            e3               ACCELERATOR  Litware    12.50
            intune           DEPLOY       Relecloud  4.80
        """,
    )


def test_scenario_2a_neither_is_ever_paid_a_cent_more_than_its_cap_s27() -> None:
    known = run(
        "2015-04",
        subscriptions="subscription_id service\n e1 O365\n e3 O365\n intune INTUNE",
        osa_forms=FORMS_OF_SCENARIO_2,
        dpor_attachments=DPOR_OF_SCENARIO_2,
        poe_reviews="claim_id outcome\n relecloud PASS",
        assigned_seats="""
            subscription_id  snapshot_date  assigned_seats
            e1               2015-03-31     100001
            e3               2015-03-31     200000
            intune           2015-03-31     800001
            e1               2015-04-30     100001
            e3               2015-04-30     200000
            intune           2015-04-30     800001
        """,
        rates=RATES,
        caps="""
            mpn_id     scope    fiscal_year  amount
            Litware    PARTNER  FY15         200000.00
            Relecloud  PARTNER  FY15         100000.00
        """,
    )
    known.shows(
        "incentive_lines",
        """
            period   subscription_id  incentive    mpn_id     earned    payable
            2015-03  e1               ACCELERATOR  Litware    5000.05   5000.05
            2015-03  e1               DEPLOY       Litware    22500.23  22500.23
            2015-03  e1               MANAGE       Litware    15000.15  15000.15
            2015-03  e3               ACCELERATOR  Litware    10000.00  10000.00
            2015-03  e3               DEPLOY       Litware    45000.00  45000.00
            2015-03  e3               MANAGE       Litware    30000.00  30000.00
            2015-03  intune           DEPLOY       Relecloud  96000.12  96000.12
            2015-04  e1               ACCELERATOR  Litware    5000.05   5000.05
            2015-04  e1               DEPLOY       Litware    22500.23  22500.23
            2015-04  e1               MANAGE       Litware    15000.15  15000.15
            2015-04  e3               ACCELERATOR  Litware    10000.00  10000.00
            2015-04  e3               DEPLOY       Litware    45000.00  19999.14
            2015-04  e3               MANAGE       Litware    30000.00  0.00
            2015-04  intune           DEPLOY       Relecloud  96000.12  3999.88
        """,
    )
    paid = {
        name: sum(row["payable"] for row in known.rows("incentive_lines", mpn_id=PARTNERS[name]))
        for name in ("Litware", "Relecloud")
    }
    assert paid == {"Litware": Decimal("200000.00"), "Relecloud": Decimal("100000.00")}
