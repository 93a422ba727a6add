"""Whom a closing tells what (P26)."""

from __future__ import annotations

from relations.bench import shows

POLICY = "run_end_day run_period run_state\n 2015-07-01 2015-06 CLOSED"


def test_who_was_attached_before_the_periods_end_is_told_even_where_its_customer_is_not_known() -> None:
    """That nobody is told in silence: a line that can't be written is refused by the model of messages."""
    shows(
        "notifications",
        "attachment_notices",
        """
            claim_id  mpn_id
            c1        A
            c2        B
            c3        C
        """,
        {
            "policy": POLICY,
            "claims": """
                claim_id source mpn_id subscription_id customer_id service received_at         ended_at decision
                c1       DPOR   A      s1              contoso     O365    2015-06-30T23:59:59 -        ATTACHED
                c2       DPOR   B      s2              nobody      O365    2015-05-01T00:00:00 -        ATTACHED
                c3       DPOR   C      unknown         contoso     O365    2015-05-01T00:00:00 -        ATTACHED
                c4       DPOR   A      s1              contoso     O365    2015-07-01T00:00:00 -        ATTACHED
                c5       OSA    A      s1              contoso     O365    2015-05-01T00:00:00 -        ATTACHED
                c6       DPOR   A      s1              contoso     O365    2015-05-01T00:00:00 -        REJECTED
            """,
            "current_subscriptions": "subscription_id offer start_date end_date\n s1 E1 2014-01-01 -\n s2 E1 - -",
            "current_customers": "customer_id organization_name address phone country\n contoso Contoso Street 1 US",
        },
    )


def test_a_run_that_closes_its_period_tells_its_own_messages_and_no_other() -> None:
    message = "notification_id period"
    posted = f"{message}\n n1 2015-05"
    drafted = f"{message}\n n2 2015-06"
    for state, closed, told in (
        ("CLOSED", "period\n 2015-05", " n1\n n2"),
        ("DRAFT", "period\n 2015-05", " n1"),
        ("CLOSED", "period\n 2015-05\n 2015-06", " n1"),
    ):
        given = {
            "policy": f"run_state\n {state}",
            "posted_notifications": posted,
            "drafted_notifications": drafted,
            "closed_periods": closed,
        }
        shows("notifications", "notifications", f"notification_id\n{told}", given)
