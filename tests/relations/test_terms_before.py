"""The term that a subscription had at the last closing, where it is another now, and the seats within it (P22)."""

from __future__ import annotations

from relations.bench import shows


def test_a_term_is_that_of_the_last_version_accepted_by_then_where_it_is_another_today() -> None:
    """`open` ended since; `grown` began earlier; `came` waited first; `same`, `new` and `other` have no other term."""
    shows(
        "adjustments",
        "terms_before",
        """
            subscription_id  start_date  last_day
            open             2014-01-01  9999-12-31
            grown            2015-02-01  2015-06-30
            came             2014-01-01  2015-05-31
            twice            2014-01-01  2015-06-30
        """,
        {
            "closed_periods": "period\n 2015-02\n 2015-03",
            "differing_subscriptions": "subscription_id\n open\n grown\n came\n twice\n same\n new",
            "subscriptions": """
                subscription_id  start_date  end_date    delivery  file  row_number  accepted_in
                open             2014-01-01  2015-12-31  2015-01   s     2           2015-01
                open             2014-01-01  -           2015-03   s     2           2015-03
                open             2014-01-01  2015-03-15  2015-04   s     2           2015-04
                grown            2015-01-01  2015-06-30  2015-03   a     9           2015-03
                grown            2015-02-01  2015-06-30  2015-03   b     2           2015-03
                grown            2014-01-01  2015-06-30  2015-04   a     2           2015-04
                came             2014-01-01  2015-05-31  2015-02   a     2           2015-03
                came             2014-01-01  2015-07-31  2015-02   a     3           2015-04
                twice            2014-01-01  2015-04-30  2015-03   a     6           2015-03
                twice            2014-01-01  2015-06-30  2015-03   a     7           2015-03
                same             2014-01-01  -           2015-02   a     4           2015-02
                same             2014-01-01  -           2015-04   a     4           2015-04
                new              2014-01-01  2015-05-31  2015-04   a     5           2015-04
                other            2014-01-01  2015-05-31  2015-02   a     5           2015-02
            """,
            "subscription_terms": """
                subscription_id  start_date  last_day
                open             2014-01-01  2015-03-15
                grown            2014-01-01  2015-06-30
                came             2014-01-01  2015-07-31
                twice            2014-01-01  9999-12-31
                same             2014-01-01  9999-12-31
                new              2014-01-01  2015-05-31
                other            2014-01-01  2015-06-30
            """,
        },
    )


def test_of_all_snapshots_known_today_the_latest_within_the_term_of_then_counts() -> None:
    shows(
        "adjustments",
        "seats_of_terms_before",
        """
            subscription_id  month_no  assigned_seats
            s1               24183     30
            s1               24184     40
            s2               24183     7
        """,
        {
            "terms_before": "subscription_id start_date last_day\n s1 2015-03-10 2015-04-20\n s2 2015-03-31 9999-12-31",
            "assigned_seats": """
                subscription_id  snapshot_date  exported_at           assigned_seats
                s1               2015-03-09     2015-03-09T20:00:00Z  99
                s1               2015-03-10     2015-03-10T20:00:00Z  10
                s1               2015-03-31     2015-03-31T20:00:00Z  20
                s1               2015-03-31     2015-03-31T21:00:00Z  30
                s1               2015-04-20     2015-04-20T20:00:00Z  40
                s1               2015-04-21     2015-04-21T20:00:00Z  99
                s2               2015-03-30     2015-03-30T20:00:00Z  99
                s2               2015-03-31     2015-03-31T20:00:00Z  7
                s3               2015-03-31     2015-03-31T20:00:00Z  99
            """,
        },
    )
