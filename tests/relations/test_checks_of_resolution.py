"""What the checks of resolution show: claims without their one row, months that no span speaks of (P2, P16)."""

from __future__ import annotations

import pytest
from relations.bench import shows

RECEIVED = {
    "dpor_attachments": "event_id\n d1\n d2\n x",
    "osa_forms": "form_id\n f1\n x",
    "claims": """
        claim_id  source
        d1        DPOR
        d2        DPOR
        x         DPOR
        f1        OSA
        x         OSA
    """,
}
"""Each has its row. An event and a form go by one id."""


def check_of_claims(expected: str, **given: str) -> None:
    shows("checks", "claims_are_complete", f"claim_id source rows {expected}", {**RECEIVED, **given})


def test_each_form_and_event_has_one_row_also_where_they_go_by_one_id() -> None:
    check_of_claims("")


def test_an_event_and_a_form_that_nothing_became_of_are_shown() -> None:
    check_of_claims(
        """
            d2  DPOR  -
            f1  OSA   -
        """,
        claims="claim_id source\n d1 DPOR\n x DPOR\n x OSA",
    )


def test_the_row_of_an_event_is_not_that_of_the_form_of_its_id() -> None:
    check_of_claims("\n x OSA -", claims="claim_id source\n d1 DPOR\n d2 DPOR\n f1 OSA\n x DPOR")
    check_of_claims("\n x DPOR -", claims="claim_id source\n d1 DPOR\n d2 DPOR\n f1 OSA\n x OSA")


def test_a_form_and_an_event_with_two_rows_are_shown() -> None:
    check_of_claims(
        """
            d1  DPOR  2
            f1  OSA   2
        """,
        claims=RECEIVED["claims"] + "d1 DPOR\n f1 OSA",
    )


def test_a_row_of_no_form_and_no_event_is_shown() -> None:
    check_of_claims("\n d9 DPOR 1", claims=RECEIVED["claims"] + "d9 DPOR")


MONTHS = {
    "periods": "month_no\n 24181\n 24182\n 24183\n 24184\n 24185\n 24186",
    "current_subscriptions": """
        subscription_id  start_date  end_date
        open             2013-05-01  -
        inside           2015-02-10  2015-05-01
        first            2014-12-01  2015-01-01
        last             2015-06-30  2017-03-31
    """,
    "por_spans": """
        subscription_id  from_month_no  until_month_no
        open             24184          24187
        open             24181          24183
        open             24183          24184
        inside           24182          24186
        first            24181          24182
        last             24186          24187
    """,
}
"""From January, month 24181, to June 2015."""
SUBSCRIPTION = "subscription_id start_date end_date\n s 2015-02-10 2015-05-31"


def check_of_months(expected: str, **given: str) -> None:
    header = "subscription_id from_month_no found_from until_month_no found_until"
    shows("checks", "resolution_is_complete", f"{header} {expected}", {**MONTHS, **given})


def spans(*months: str) -> str:
    return "\n".join(["subscription_id from_month_no until_month_no", *(f"s {both}" for both in months)])


def test_spans_lie_end_to_end_from_the_first_month_of_the_term_or_the_programme_to_the_last() -> None:
    check_of_months("")


@pytest.mark.parametrize(
    "term", ["2013-01-01 2013-12-31", "2014-01-01 2014-12-31", "2015-07-01 -", "2015-09-01 2016-02-01"]
)
def test_a_term_with_no_month_of_the_programme_needs_no_span_and_may_have_none(term: str) -> None:
    outside = f"subscription_id start_date end_date\n s {term}"
    check_of_months("", current_subscriptions=outside, por_spans=spans())
    check_of_months(
        "\n s - 24181 - 24187",
        current_subscriptions=outside,
        por_spans=spans("24181 24187"),
    )


def test_where_the_run_looks_at_no_month_no_term_needs_a_span() -> None:
    check_of_months("", periods="month_no", por_spans=spans())


def test_a_subscription_without_a_span_is_shown_and_so_are_spans_of_none() -> None:
    check_of_months("\n s 24182 - 24186 -", current_subscriptions=SUBSCRIPTION, por_spans=spans())
    check_of_months("\n s - 24182 - 24186", por_spans=MONTHS["por_spans"] + "s 24182 24186")


def test_two_subscriptions_do_not_make_up_for_each_other() -> None:
    check_of_months(
        """
            s  24182  24182  24186  24184
            t  24182  24184  24186  24186
        """,
        current_subscriptions=SUBSCRIPTION + "\n t 2015-02-10 2015-05-31",
        por_spans=spans("24182 24184") + "\n t 24184 24186",
    )


@pytest.mark.parametrize(
    ("months", "found"),
    [
        (["24183 24186"], "24183 24186 24186"),
        (["24181 24186"], "24181 24186 24186"),
        (["24182 24185"], "24182 24186 24185"),
        (["24182 24187"], "24182 24186 24187"),
    ],
    ids=["begin too late", "begin too early", "end too early", "end too late"],
)
def test_spans_that_begin_or_end_elsewhere_than_the_term_are_shown(months: list[str], found: str) -> None:
    check_of_months(f"\n s 24182 {found}", current_subscriptions=SUBSCRIPTION, por_spans=spans(*months))


@pytest.mark.parametrize(
    "months",
    [
        ["24182 24183", "24184 24186"],
        ["24182 24185", "24184 24186"],
        ["24182 24186", "24182 24186"],
        ["24182 24186", "24182 24183"],
        ["24182 24186", "24185 24186"],
        ["24182 24182", "24182 24186"],
        ["24182 24184", "24184 24184", "24184 24186"],
        ["24182 24186", "24186 24186"],
    ],
    ids=[
        *("a gap", "a month of two", "all months of two", "the first month of two", "the last month of two"),
        *("no month at first", "no month between", "no month at last"),
    ],
)
def test_months_of_no_span_or_two_and_spans_of_no_month_are_shown(months: list[str]) -> None:
    check_of_months("\n s 24182 24182 24186 24186", current_subscriptions=SUBSCRIPTION, por_spans=spans(*months))
