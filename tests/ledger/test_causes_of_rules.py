"""Where it is the policy or the software that has changed since a closing, the difference is theirs (P22)."""

from __future__ import annotations

import pytest
from ledger.bench import Books

import transforms.books.ledger
import transforms.database.warehouse
from flows.month import steps

pytestmark = pytest.mark.slow

CORRECTED = "subscription_id snapshot_date exported_at assigned_seats"


def test_the_policy_has_changed(books: Books) -> None:
    """The form came on 5 March; by the new policy none was accepted after February."""
    books.deliver(
        "2015-03",
        partners="mpn_id\n L",
        customers="customer_id\n cust\n safe",
        subscriptions="subscription_id customer_id\n sub cust\n kept safe",
        rates="amount_per_seat\n 10.00",
        osa_forms="form_id received_on customer_id mpn_id\n late 2015-03-05 cust L\n early 2015-01-05 safe L",
        assigned_seats="""
            subscription_id  snapshot_date  assigned_seats
            sub              2015-03-31     30
            kept             2015-03-31     30
        """,
    )
    books.does("run", "--through", "2015-03", "--close")
    books.deliver("2015-04", assigned_seats=f"{CORRECTED}\n kept 2015-03-31 2015-04-02T00:00:00Z 31")
    (books.deliveries / "policy.toml").write_text("[dates]\nosa_forms_accepted_until = 2015-02-28\n", encoding="utf-8")
    books.does("run", "--period", "2015-04")
    books.shows(
        "select * from statement_lines where kind = 'ADJUSTMENT'",
        """
            statement_period  period   subscription_id  amount   cause
            2015-04           2015-03  sub              -300.00  policy_changed
            2015-04           2015-03  kept             10.00    seats_changed
        """,
    )
    books.does("close", "--period", "2015-04")
    books.does("verify")


@pytest.mark.parametrize("closed", [True, False], ids=["March is closed", "nothing is closed"])
def test_the_policy_lists_a_service_and_an_incentive_no_more(books: Books, closed: bool) -> None:
    """They earn nothing from then on, whether their rows were sealed before or not."""
    books.deliver(
        "2015-03",
        partners="mpn_id\n L",
        customers="customer_id\n cust",
        subscriptions="subscription_id customer_id service\n office cust O365\n tune cust INTUNE",
        rates="incentive service amount_per_seat\n DEPLOY O365 10.00\n MANAGE O365 1.00\n DEPLOY INTUNE 7.00",
        osa_forms="form_id customer_id service mpn_id\n of cust O365 L\n it cust INTUNE L",
        assigned_seats="subscription_id snapshot_date assigned_seats\n office 2015-03-31 30\n tune 2015-03-31 30",
    )
    if closed:
        books.does("run", "--through", "2015-03", "--close")
    books.deliver(
        "2015-04",
        assigned_seats="subscription_id snapshot_date assigned_seats\n office 2015-04-30 30\n tune 2015-04-30 30",
    )
    lists = '[program]\nservices = ["O365"]\nincentives = ["DEPLOY"]\n'
    (books.deliveries / "policy.toml").write_text(lists, encoding="utf-8")
    books.does("run", "--period", "2015-04", "--max-quarantine", "1")
    office = "kind period subscription_id incentive amount cause\n CURRENT 2015-04 office DEPLOY 300.00 -"
    taken_back = """
        ADJUSTMENT  2015-03  office  MANAGE   -30.00  policy_changed
        ADJUSTMENT  2015-03  tune    DEPLOY  -210.00  policy_changed
    """
    before = "\n ADJUSTMENT 2015-03 office DEPLOY 300.00 first_billed"
    books.shows(
        "select * from statement_lines where statement_period = '2015-04'", office + (taken_back if closed else before)
    )


def test_the_policy_and_a_subscription_have_changed(books: Books) -> None:
    """What a subscription would be, had it stayed, is told by the policy of then: today's has no EA."""
    books.deliver(
        "2015-03",
        partners="mpn_id\n L",
        customers="customer_id\n cust",
        subscriptions="subscription_id customer_id program\n sub cust EA",
        rates="amount_per_seat\n 10.00",
        osa_forms="form_id customer_id mpn_id\n form cust L",
        assigned_seats="subscription_id snapshot_date assigned_seats\n sub 2015-03-31 30",
    )
    books.does("run", "--through", "2015-03", "--close")
    books.deliver(
        "2015-04",
        subscriptions="subscription_id customer_id program end_date\n sub cust EA 2015-03-30",
        assigned_seats=f"""
            {CORRECTED}
            sub  2015-03-31  2015-04-02T00:00:00Z  27
            sub  2015-03-20  2015-04-02T00:00:00Z  20
        """,
    )
    (books.deliveries / "policy.toml").write_text('[program]\neligible_programs = ["CASA"]\n', encoding="utf-8")
    books.does("run", "--period", "2015-04")
    books.shows(
        "select * from statement_lines where kind = 'ADJUSTMENT'",
        """
            period   amount   cause
            2015-03  -30.00   seats_changed
            2015-03  -70.00   subscription_changed
            2015-03  -200.00  policy_changed
        """,
    )


def test_the_policy_has_changed_and_a_form_counts_after_all(books: Books) -> None:
    """By the policy of March none was accepted after February; today it is, so a line comes that was none."""
    books.deliver(
        "2015-03",
        partners="mpn_id\n L",
        customers="customer_id\n cust",
        subscriptions="subscription_id customer_id\n sub cust",
        rates="amount_per_seat\n 10.00",
        osa_forms="form_id received_on customer_id mpn_id\n late 2015-03-05 cust L",
        assigned_seats="subscription_id snapshot_date assigned_seats\n sub 2015-03-31 30",
    )
    policy = books.deliveries / "policy.toml"
    policy.write_text("[dates]\nosa_forms_accepted_until = 2015-02-28\n", encoding="utf-8")
    books.does("run", "--through", "2015-03", "--close")
    policy.unlink()
    books.deliver("2015-04", customers="customer_id\n another")
    books.does("run", "--period", "2015-04")
    books.shows(
        "select * from statement_lines", "period subscription_id amount cause\n 2015-03 sub 300.00 policy_changed"
    )


def test_the_software_has_changed(books: Books, monkeypatch: pytest.MonkeyPatch) -> None:
    """March was closed by an older version that counted a seat too many, and paid for another incentive too."""
    books.deliver(
        "2015-03",
        partners="mpn_id\n L",
        customers="customer_id\n cust",
        subscriptions="subscription_id customer_id\n sub cust\n more cust",
        rates="amount_per_seat\n 10.00",
        osa_forms="form_id customer_id mpn_id\n form cust L",
        assigned_seats="""
            subscription_id  snapshot_date  assigned_seats
            sub              2015-03-31     30
            more             2015-03-31     40
        """,
    )
    todays = transforms.database.warehouse.sql

    def olders(folder: str, name: str) -> str:
        text = todays(folder, name)
        if name == "current_rates":
            return f"from ({text}) union all from ({text}) select * replace ('MANAGE' as incentive)"
        if name != "counted_seats":
            return text
        return f"select * replace (assigned_seats + 1 as assigned_seats) from ({text})"

    with monkeypatch.context() as older:
        older.setattr(transforms.database.warehouse, "sql", olders)
        older.setattr(steps, "VERSION", "0.0.1")
        older.setattr(transforms.books.ledger, "VERSION", "0.0.1")
        books.does("run", "--through", "2015-03", "--close")
    books.shows("select * from statement_lines", "amount\n 310.00\n 410.00\n 310.00\n 410.00")
    books.deliver("2015-04", assigned_seats=f"{CORRECTED}\n more 2015-03-31 2015-04-02T00:00:00Z 45")
    books.does("run", "--period", "2015-04")
    books.shows(
        "select * from statement_lines where kind = 'ADJUSTMENT'",
        """
            statement_period  period   subscription_id  incentive  amount   cause
            2015-04           2015-03  sub              DEPLOY     -10.00   software_changed
            2015-04           2015-03  more             DEPLOY     -10.00   software_changed
            2015-04           2015-03  more             DEPLOY     50.00    seats_changed
            2015-04           2015-03  sub              MANAGE     -310.00  software_changed
            2015-04           2015-03  more             MANAGE     -410.00  software_changed
        """,
    )


def test_the_programme_begins_later_than_what_was_posted(books: Books) -> None:
    """What months before the programme were paid is taken back, and stands in the statement's file."""
    books.deliver(
        "2015-02",
        partners="mpn_id\n L",
        customers="customer_id\n cust",
        subscriptions="subscription_id customer_id\n sub cust",
        rates="amount_per_seat\n 10.00",
        osa_forms="form_id received_on customer_id mpn_id\n early 2015-01-05 cust L",
        assigned_seats="subscription_id snapshot_date assigned_seats\n sub 2015-01-31 30\n sub 2015-02-28 40",
    )
    books.does("run", "--through", "2015-02", "--close")
    # That the term ends later is of no account, in that month neither.
    books.deliver("2015-03", subscriptions="subscription_id customer_id end_date\n sub cust 2015-12-31")
    (books.deliveries / "policy.toml").write_text('[dates]\nfirst_period = "2015-02"\n', encoding="utf-8")
    books.does("run", "--period", "2015-03")
    books.shows(
        "select * from statement_lines where statement_period = '2015-03'",
        """
            kind        period   subscription_id  amount   cause
            ADJUSTMENT  2015-01  sub              -300.00  policy_changed
        """,
    )
    assert "ADJUSTMENT,2015-01," in (books.statements / "2015-03" / "1100001.csv").read_text(encoding="utf-8")
    books.does("close", "--period", "2015-03")
    books.does("verify")
    assert books.dpor("run", "--period", "2015-01", "--as-known-on", "2015-03") == 2
    assert "2015-01: before the programme's first period as it was known on 2015-03, 2015-02" in books.complained


def test_a_cap_of_another_fiscal_year_makes_no_difference_where_the_policy_moved_the_fiscal_year(books: Books) -> None:
    books.deliver(
        "2014-12",
        partners="mpn_id\n L",
        customers="customer_id\n cust",
        subscriptions="subscription_id customer_id\n sub cust",
        rates="amount_per_seat\n 10.00",
        caps="fiscal_year amount\n FY14 500.00\n FY15 200.00",
        osa_forms="form_id customer_id mpn_id\n form cust L",
        assigned_seats="subscription_id snapshot_date assigned_seats\n sub 2014-12-31 30",
    )
    policy = books.deliveries / "policy.toml"
    policy.write_text("[program]\nfiscal_year_start_month = 1\n", encoding="utf-8")
    books.does("run", "--through", "2014-12", "--close")
    policy.write_text("[program]\nfiscal_year_start_month = 7\n", encoding="utf-8")
    books.deliver("2015-01", caps="fiscal_year amount\n FY15 210.00")
    books.does("run", "--period", "2015-01")
    books.shows(
        "select * from statement_lines where kind = 'ADJUSTMENT'",
        """
            period   subscription_id  amount  cause
            2014-12  sub              -90.00  policy_changed
        """,
    )
