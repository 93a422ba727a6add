"""What a closing writes down, in order, and what of it counts for the next one (P22, P24)."""

from __future__ import annotations

from pathlib import Path

import pytest
from relations.bench import made, parquet, shows, shows_in_order

from schemas.words import CAUSES

STATE = "customer_id service mpn_id basis claim_id status reason poe_status assigned_seats"
POLICY = "run_period\n 2015-06"
POSTED_STATES = f"""
    statement_period period  subscription_id {STATE}
    2015-04          2015-03 s1              c O365 A OSA f1 PAYABLE - PASS 10
    2015-05          2015-03 s1              c O365 A OSA f1 HELD    poe_pending PENDING 11
    2015-04          2015-04 s1              c O365 B OSA f1 PAYABLE - PASS 12
    2015-04          2015-03 s2              c O365 A OSA f1 PAYABLE - PASS 13
    2015-05          2015-03 s2              - -    - -   -  -       - -    -
    2015-05          2015-03 s3              c CRM  C OSA f3 DENIED  poe_failed FAIL -
"""
LATEST = """
    period   subscription_id  mpn_id  status   reason       poe_status  assigned_seats
    2015-03  s1               A       HELD     poe_pending  PENDING     11
    2015-04  s1               B       PAYABLE  -            PASS        12
    2015-03  s3               C       DENIED   poe_failed   FAIL        -
"""


def test_of_a_subscription_and_month_the_state_posted_last_counts_until_it_has_gone() -> None:
    shows("ledger", "states_posted", LATEST, {"posted_states": POSTED_STATES})


def test_each_month_of_a_subscription_has_a_last_posting_of_its_own() -> None:
    posted = f"""
        statement_period period  subscription_id {STATE}
        2015-03          2015-03 s1              c O365 A OSA f1 PAYABLE - PASS 10
        2015-05          2015-03 s1              c O365 A OSA f1 PAYABLE - PASS 11
        2015-04          2015-04 s1              c O365 A OSA f1 PAYABLE - PASS 12
        2015-06          2015-04 s1              c O365 A OSA f1 PAYABLE - PASS 13
    """
    latest = "period subscription_id assigned_seats\n 2015-03 s1 11\n 2015-04 s1 13"
    shows("ledger", "states_posted", latest, {"posted_states": posted})


@pytest.mark.parametrize(
    ("closed", "last"), [("\n 2014-12\n 2015-02\n 2015-01", "2015-02"), ("", "''")], ids=["some", "none"]
)
def test_the_last_closed_period_is_the_latest_and_where_none_is_it_is_before_every_one(closed: str, last: str) -> None:
    shows("ledger", "last_closed", f"last_period\n {last}", {"closed_periods": f"period{closed}"})


def test_of_differing_subscriptions_alone_the_same_states_count() -> None:
    given = {"posted_states": POSTED_STATES, "differing_subscriptions": "subscription_id\n s1\n s2\n s4"}
    shows("ledger", "states_before", "\n".join(LATEST.splitlines()[:4]), given)


def test_seats_earned_before_where_they_were_payable_or_held_then() -> None:
    shows(
        "ledger",
        "earning_before",
        """
            period   subscription_id  customer_id  service  mpn_id  status   assigned_seats
            2015-03  s1               c            O365     A       PAYABLE  10
            2015-07  s2               c            O365     B       HELD     9
        """,
        {
            "states_before": """
                period   subscription_id  customer_id  service  mpn_id  status    assigned_seats
                2015-03  s1               c            O365     A       PAYABLE   10
                2015-07  s2               c            O365     B       HELD      9
                2015-03  s3               c            O365     A       PAYABLE   -
                2015-03  s4               c            O365     A       DENIED    10
            """,
        },
    )


def test_a_line_earns_what_its_seats_do_at_the_rate_of_its_month_rounded_once() -> None:
    """Nine seats at 0.0005 are 0.0045: rounded once, nothing; rounded by and by, a cent."""
    shows(
        "earnings",
        "earned_lines",
        """
            period   fiscal_year  subscription_id  incentive  mpn_id  status   assigned_seats  earned
            2015-03  FY15         s1               DEPLOY     A       PAYABLE  10              15.00
            2015-03  FY15         s1               CONSUME    A       PAYABLE  10              0.01
            2015-07  FY16         s2               DEPLOY     B       HELD     9               0.00
        """,
        {
            "earning_seats": """
                period   subscription_id  customer_id  service  mpn_id  status    assigned_seats
                2015-03  s1               c            O365     A       PAYABLE   10
                2015-07  s2               c            O365     B       HELD      9
                2015-03  s5               c            CRM      A       PAYABLE   10
            """,
            "periods": "period fiscal_year\n 2015-03 FY15\n 2015-07 FY16",
            "period_rates": """
                period   service  incentive  amount_per_seat
                2015-03  O365     DEPLOY     1.5
                2015-03  O365     CONSUME    0.0005
                2015-07  O365     DEPLOY     0.0005
            """,
        },
    )


def test_all_that_closed_statements_posted_for_a_line_is_added_up_for_differing_subscriptions() -> None:
    shows(
        "ledger",
        "lines_posted",
        """
            period   subscription_id  incentive  mpn_id  payable
            2015-03  s1               DEPLOY     A       7.50
            2015-04  s1               DEPLOY     A       1.00
        """,
        {
            "posted_lines": """
                period   subscription_id  incentive  mpn_id  amount
                2015-03  s1               DEPLOY     A       10.00
                2015-03  s1               DEPLOY     A       -2.50
                2015-04  s1               DEPLOY     A       1.00
                2015-03  s2               DEPLOY     A       99.00
            """,
            "differing_subscriptions": "subscription_id\n s1",
        },
    )


def test_the_causes_are_numbered_from_one() -> None:
    numbered = "".join(f"\n {number} {cause}" for number, cause in enumerate(CAUSES, start=1))
    shows("ledger", "causes", f"cause_no cause{numbered}", {})


def test_the_states_of_a_month_are_posted_in_the_order_of_their_subscriptions() -> None:
    states = "\n".join(f"2015-03 s{n} c O365 A OSA f1 PAYABLE - PASS 10" for n in reversed(MANY))
    shows_in_order(
        "closing",
        "posted_states",
        "period subscription_id\n" + "\n".join(f"2015-03 s{n}" for n in MANY),
        {
            "policy": POLICY,
            "states_posted": f"period subscription_id {STATE}",
            "states_now": f"period subscription_id {STATE}\n{states}",
        },
    )


def test_a_state_is_posted_where_it_is_new_or_another_and_where_it_has_gone() -> None:
    shows_in_order(
        "closing",
        "posted_states",
        """
            statement_period  period   subscription_id  mpn_id  status   assigned_seats
            2015-06           2015-03  s2               A       HELD     10
            2015-06           2015-03  s3               -       -        -
            2015-06           2015-04  s1               B       PAYABLE  12
            2015-06           2015-04  s4               A       PAYABLE  10
        """,
        {
            "policy": POLICY,
            "states_posted": f"""
                period  subscription_id {STATE}
                2015-03 s1 c O365 A OSA f1 PAYABLE - PASS 10
                2015-03 s3 c O365 A OSA f1 PAYABLE - PASS 10
                2015-03 s2 c O365 A OSA f1 PAYABLE - PASS 10
                2015-04 s1 c O365 A OSA f1 PAYABLE - PASS 12
            """,
            "states_now": f"""
                period  subscription_id {STATE}
                2015-04 s4 c O365 A OSA f1 PAYABLE - PASS 10
                2015-04 s1 c O365 B OSA f1 PAYABLE - PASS 12
                2015-03 s2 c O365 A OSA f1 HELD    - PASS 10
                2015-03 s1 c O365 A OSA f1 PAYABLE - PASS 10
            """,
        },
    )


@pytest.mark.parametrize(
    ("now", "is_posted"),
    [
        ("c O365 A OSA f1 HELD poe_pending PENDING 10", False),
        ("d O365 A OSA f1 HELD poe_pending PENDING 10", True),
        ("c EMS A OSA f1 HELD poe_pending PENDING 10", True),
        ("c O365 B OSA f1 HELD poe_pending PENDING 10", True),
        ("c O365 A DPOR f1 HELD poe_pending PENDING 10", True),
        ("c O365 A OSA f2 HELD poe_pending PENDING 10", True),
        ("c O365 A OSA f1 DENIED poe_pending PENDING 10", True),
        ("c O365 A OSA f1 HELD poe_failed PENDING 10", True),
        ("c O365 A OSA f1 HELD - PENDING 10", True),
        ("c O365 A OSA f1 HELD poe_pending FAIL 10", True),
        ("c O365 A OSA f1 HELD poe_pending PENDING 11", True),
        ("c O365 A OSA f1 HELD poe_pending PENDING -", True),
    ],
)
def test_a_state_is_another_where_any_of_its_facts_is(now: str, is_posted: bool) -> None:
    before = "2015-03 s1 c O365 A OSA f1 HELD poe_pending PENDING 10"
    shows(
        "closing",
        "posted_states",
        f"period subscription_id {STATE}" + (f"\n 2015-03 s1 {now}" if is_posted else ""),
        {
            "policy": POLICY,
            "states_posted": f"period subscription_id {STATE}\n {before}",
            "states_now": f"period subscription_id {STATE}\n 2015-03 s1 {now}",
        },
    )


LINES = [
    "kind period subscription_id incentive mpn_id cause",
    *("ADJUSTMENT 2015-03 s1 CONSUME A caps_changed", "ADJUSTMENT 2015-03 s1 CONSUME A seats_changed"),
    *("ADJUSTMENT 2015-03 s1 CONSUME B caps_changed", "ADJUSTMENT 2015-03 s1 DEPLOY A caps_changed"),
    *("ADJUSTMENT 2015-03 s2 CONSUME A caps_changed", "ADJUSTMENT 2015-04 s1 CONSUME A caps_changed"),
    "CURRENT 2015-03 s1 CONSUME A caps_changed",
]
CAPS = [
    "mpn_id scope service fiscal_year",
    *("A PARTNER CRM FY15", "A PARTNER CRM FY16", "A PARTNER O365 FY15", "A SERVICE CRM FY15", "B PARTNER CRM FY15"),
]
RATES = [
    "period service incentive",
    *("2015-05 CRM CONSUME", "2015-05 CRM DEPLOY", "2015-05 O365 CONSUME", "2015-06 CRM CONSUME"),
]


@pytest.mark.parametrize(
    ("name", "made_of", "rows", "others"),
    [
        ("posted_lines", "statement_lines", LINES, "statement_period amount"),
        ("posted_caps", "current_caps", CAPS, "amount delivery file row_number"),
        ("posted_rates", "period_rates", RATES, "amount_per_seat"),
        (
            "posted_statements",
            "drafted_statements",
            ["mpn_id", "A", "B", "C"],
            "statement_period earned cap_reduction adjustments held opening_balance payment closing_balance state",
        ),
        (
            "posted_notifications",
            "notifications",
            ["notification_id", "n1", "n2", "n3"],
            "period kind mpn_id email claim_id subject body source outcome",
        ),
    ],
)
def test_what_is_posted_is_in_the_whole_order_of_its_key(name: str, made_of: str, rows: list[str], others: str) -> None:
    """However it came: here from its end to its beginning, and the other way round from its middle."""
    header, *keys = rows
    values = " ".join("2015-06" if column.endswith("period") else "-" for column in others.split())
    for mixed in (keys[::-1], [*keys[3:], *keys[:3]]):
        given = {"policy": POLICY, made_of: "\n".join([f"{header} {others}", *(f"{key} {values}" for key in mixed)])}
        shows_in_order("closing", name, "\n".join(rows), given)


def test_only_the_lines_and_messages_of_the_closing_period_are_posted() -> None:
    lines = f"statement_period {LINES[0]} amount\n 2015-06 {LINES[1]} 1.00\n 2015-05 {LINES[2]} 2.00"
    shows_in_order(
        "closing",
        "posted_lines",
        "statement_period amount\n 2015-06 1.00",
        {"policy": POLICY, "statement_lines": lines},
    )
    messages = """
        notification_id kind mpn_id email claim_id subject body period  source outcome
        n1              k    A      e     c        s       b    2015-05 OSA    -
        n2              k    A      e     c        s       b    2015-06 OSA    -
    """
    shows("closing", "posted_notifications", "notification_id\n n2", {"policy": POLICY, "notifications": messages})


def digest_of(*lines: str, statements: str = "A 1.00 0.00 0.00 0.00 0.00 0.00 1.00") -> str:
    sums = "mpn_id earned cap_reduction adjustments held opening_balance payment closing_balance"
    given = {
        "policy": POLICY,
        "drafted_statements": f"{sums}\n {statements}" if statements else sums,
        "statement_lines": "\n".join([f"statement_period {LINES[0]} amount", *lines]),
    }
    ((digest,),) = made("closing", "draft_digest", ["digest"], given, {})
    return digest


def test_a_draft_has_another_digest_where_a_line_of_its_own_is_another_and_only_then() -> None:
    own, earlier = f"2015-06 {LINES[1]} 1.00", f"2015-05 {LINES[2]} 2.00"
    digest = digest_of(own, earlier)
    assert digest == digest_of(earlier, own) == digest_of(own)
    assert digest != digest_of(f"2015-06 {LINES[1]} 1.01", earlier)
    assert digest != digest_of(own, f"2015-06 {LINES[2]} 2.00")


def test_a_draft_without_lines_has_another_digest_where_a_statement_is_another() -> None:
    digests = [
        digest_of(statements="A 0.00 0.00 0.00 900.00 0.00 0.00 0.00"),
        digest_of(statements="A 0.00 0.00 0.00 1000.00 0.00 0.00 0.00"),
        digest_of(statements="A 0.00 0.00 0.00 0.00 5.00 0.00 5.00"),
        digest_of(statements=""),
    ]
    assert len({*digests}) == 4
    assert all("statements" in digest for digest in digests)


@pytest.mark.parametrize(
    ("name", "columns"),
    [
        ("unlike_lines", "kind period subscription_id incentive amount cause"),
        ("unlike_statements", "earned cap_reduction adjustments held opening_balance payment closing_balance"),
        ("unlike_notifications", "notification_id kind email claim_id source outcome"),
    ],
)
def test_two_accounts_differ_where_either_has_what_the_other_has_not(tmp_path: Path, name: str, columns: str) -> None:
    """A has a row in the one only, B in the other only, C another value, D the same, Litware the same row once more."""
    header, *others = f"mpn_id {columns}", *("-" for _ in columns.split()[1:])
    same, another = " ".join(["1", *others]), " ".join(["2", *others])
    one = [f"D {same}", f"C {same}", f"A {same}", f"Litware {same}"]
    other = [f"Litware {same}", f"Litware {same}", f"C {another}", f"D {same}", f"B {same}"]
    files = {
        side: parquet(tmp_path / f"{side}.parquet", "\n".join([header, *rows]))
        for side, rows in (("one", one), ("other", other))
    }
    shows_in_order("closing", name, "mpn_id\n A\n B\n C\n Litware", {}, **files)


MANY = [f"{n:02}" for n in range(40)]
SUMS = "statement_period mpn_id earned cap_reduction adjustments held opening_balance payment closing_balance state"
TOLD_LINE = "statement_period mpn_id kind period subscription_id incentive amount cause"
OWN, LINE = "2015-05 A 1 0 0 0 0 0 0 CLOSED", "2015-05 A CURRENT 2015-05 s DEPLOY 1 -"


@pytest.mark.parametrize(
    ("statements", "lines", "otherwise"),
    [
        ([OWN, "2015-06 A 9 0 0 0 0 0 0 DRAFT"], [LINE, LINE.replace("2015-05 A", "2015-06 A")], ""),
        ([OWN], [LINE, LINE.replace(" A ", " B ")], "2015-05 B"),
        ([OWN.replace("0 CLOSED", "1 CLOSED")], [LINE], "2015-05 A"),
        ([OWN.replace("CLOSED", "DRAFT")], [LINE], "2015-05 A"),
        ([OWN] * 2, [LINE], "2015-05 A"),
        ([], [LINE], "2015-05 A"),
        ([OWN], [], "2015-05 A"),
        ([OWN], [LINE.replace(" -", " seats_changed")], "2015-05 A"),
        ([OWN], [LINE] * 2, "2015-05 A"),
        ([OWN, "2015-05 B 1 0 0 0 0 0 0 DRAFT"], [LINE], "2015-05 B"),
        (
            [OWN],
            [LINE, *(LINE.replace(" A ", f" B{n} ") for n in reversed(MANY))],
            "\n".join(f"2015-05 B{n}" for n in MANY),
        ),
        (
            [OWN, OWN.replace(" A ", " B "), "2015-04 C 1 0 0 0 0 0 0 CLOSED"],
            [LINE, LINE.replace(" A ", " B ")],
            "2015-04 C\n 2015-05 B",
        ),
    ],
)
def test_a_database_tells_a_closed_statement_otherwise_where_a_sum_a_state_or_a_line_is_another(
    tmp_path: Path, statements: list[str], lines: list[str], otherwise: str
) -> None:
    """Posted is one statement of one line; what is only drafted isn't asked for."""
    posted = {
        "statements": parquet(tmp_path / "statements.parquet", f"{SUMS}\n {OWN}"),
        "lines": parquet(tmp_path / "lines.parquet", f"{TOLD_LINE}\n {LINE}"),
    }
    given = {"statements": "\n".join([SUMS, *statements]), "statement_lines": "\n".join([TOLD_LINE, *lines])}
    shows_in_order("closing", "told_otherwise", f"statement_period mpn_id\n {otherwise}", given, **posted)


def test_what_is_known_of_a_subscription_and_month_has_its_seats_where_there_are_any() -> None:
    columns = STATE.removesuffix(" assigned_seats")
    shows(
        "ledger",
        "states_now",
        """
            period   subscription_id  mpn_id  status      assigned_seats
            2015-05  s1               A       PAYABLE     10
            2015-06  s1               A       PAYABLE     -
            2015-06  s2               -       UNASSIGNED  7
        """,
        {
            "por_resolution": f"""
                period  subscription_id {columns}
                2015-05 s1 c O365 A OSA f1 PAYABLE - PASS
                2015-06 s1 c O365 A OSA f1 PAYABLE - PASS
                2015-06 s2 c O365 - -   -  UNASSIGNED no_por -
            """,
            "periods": "period month_no\n 2015-05 24185\n 2015-06 24186",
            "counted_seats": "subscription_id month_no assigned_seats\n s1 24185 10\n s2 24186 7\n s1 24184 9",
        },
    )
