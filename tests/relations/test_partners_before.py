"""From when to when a partner was eligible, as known when the last period closed (P22)."""

from __future__ import annotations

from relations.bench import shows


def test_the_last_version_accepted_by_the_last_closing_counts() -> None:
    shows(
        "adjustments",
        "partners_before",
        """
            mpn_id  eligible_from  eligible_to
            L       2014-03-01     2015-12-31
            R       2014-05-01     -
            C       2014-07-01     -
        """,
        {
            "last_closed": "last_period\n 2015-03",
            "partners": """
                mpn_id  eligible_from  eligible_to  delivery  file  row_number  accepted_in
                L       2014-01-01     -            2015-01   z     9           2015-01
                L       2014-02-01     -            2015-03   a     9           2015-03
                L       2014-03-01     2015-12-31   2015-03   b     2           2015-03
                L       2014-04-01     -            2015-04   a     2           2015-04
                R       2014-06-01     -            2015-02   a     9           2015-02
                R       2014-05-01     -            2015-02   a     10          2015-02
                C       2014-07-01     -            2015-01   a     2           2015-03
                C       2014-08-01     -            2015-03   a     2           2015-04
                D       2014-09-01     -            2015-04   a     3           2015-04
            """,
        },
    )
