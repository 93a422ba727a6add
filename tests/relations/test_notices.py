"""Whom a closing tells what (P26)."""

from __future__ import annotations

from hashlib import sha256

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


def id_of(kind: str, source: str, claim: str, nth: int) -> str:
    return f"{kind}-{claim}-{sha256(f'{kind} {source} {claim} {nth}'.encode()).hexdigest()[:16]}"


TOLD = "Dear~Ann,\\n\\nsaid\\n\\nYour~MPN~ID:~~1000001\\nQuestions:~~~~na@x\\n"


def test_what_was_told_once_is_not_told_again_but_what_became_of_a_proof_is() -> None:
    """Nobody is left out in silence: where a partner or its region is not known, the message lacks its body."""
    notice = "kind source claim_id mpn_id outcome subject lines"
    shows(
        "notifications",
        "drafted_notifications",
        f"""
            notification_id                             mpn_id  email  period   body
            {id_of("DPOR_ATTACHED", "DPOR", "c1", 1)}   A       a@x    2015-06  {TOLD}
            {id_of("DPOR_ATTACHED", "DPOR", "c6", 1)}   B       b@x    2015-06  -
            {id_of("DPOR_ATTACHED", "DPOR", "c7", 1)}   C       -      2015-06  -
            {id_of("DPOR_REMOVED", "DPOR", "c5", 1)}    A       a@x    2015-06  {TOLD}
            {id_of("OSA_FORM_REFUSED", "OSA", "c5", 1)} A       a@x    2015-06  {TOLD}
            {id_of("POE_REQUESTED", "DPOR", "c2", 3)}   A       a@x    2015-06  {TOLD}
            {id_of("POE_RESULT", "DPOR", "c2", 1)}      A       a@x    2015-06  {TOLD}
        """,
        {
            "policy": POLICY,
            "attachment_notices": f"""
                {notice}
                DPOR_ATTACHED DPOR c1 A - s [said]
                DPOR_ATTACHED DPOR c5 A - s [said]
                DPOR_ATTACHED DPOR c6 B - s [said]
                DPOR_ATTACHED DPOR c7 C - s [said]
            """,
            "end_notices": f"{notice}\n DPOR_REMOVED DPOR c5 A - s [said]",
            "refusal_notices": f"{notice}\n OSA_FORM_REFUSED OSA c5 A - s [said]",
            "proof_notices": f"{notice}\n POE_REQUESTED DPOR c2 A - s [said]\n POE_RESULT DPOR c2 A PASS s [said]",
            "posted_notifications": """
                kind           source  claim_id
                DPOR_ATTACHED  DPOR    c5
                DPOR_ATTACHED  OSA     c1
                POE_REQUESTED  DPOR    c2
                POE_REQUESTED  DPOR    c2
            """,
            "current_partners": "mpn_id ppc_name ppc_email region\n A Ann a@x NA\n B Bob b@x MOON",
            "support_addresses": "region support_address\n NA na@x",
        },
    )


def test_a_proof_is_told_where_it_is_another_than_was_told_last_and_its_claim_came_before_the_periods_end() -> None:
    shows(
        "notifications",
        "proof_notices",
        """
            kind           claim_id  mpn_id  outcome
            POE_REQUESTED  c1        A       -
            POE_RESULT     c2        A       PASS
            POE_RESULT     c4        A       FAIL
            POE_REQUESTED  c7        A       -
        """,
        {
            "policy": POLICY,
            "claims": """
                claim_id source mpn_id customer_id subscription_id service received_at         poe_status
                c1       DPOR   A      contoso     s1              O365    2015-06-30T23:59:59 PENDING
                c2       DPOR   A      contoso     s1              O365    2015-05-01T00:00:00 PASS
                c3       DPOR   A      contoso     s1              O365    2015-05-01T00:00:00 PASS
                c4       OSA    A      contoso     -               O365    2015-05-01T00:00:00 FAIL
                c5       OSA    A      contoso     -               O365    2015-05-01T00:00:00 NOT_REQUIRED
                c6       DPOR   A      contoso     s1              O365    2015-07-01T00:00:00 PENDING
                c7       DPOR   A      contoso     s1              O365    2015-05-01T00:00:00 PENDING
                c8       DPOR   A      contoso     s1              O365    2015-05-01T00:00:00 PENDING
            """,
            "posted_notifications": """
                kind           source  claim_id  outcome  period
                POE_REQUESTED  DPOR    c2        -        2015-04
                POE_RESULT     DPOR    c3        PASS     2015-05
                POE_REQUESTED  DPOR    c3        -        2015-04
                POE_RESULT     DPOR    c7        FAIL     2015-05
                POE_REQUESTED  DPOR    c7        -        2015-04
                POE_REQUESTED  DPOR    c8        -        2015-04
                DPOR_REMOVED   DPOR    c8        -        2015-05
            """,
        },
    )
