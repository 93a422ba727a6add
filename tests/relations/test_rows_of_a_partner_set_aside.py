"""Which rows set aside `dpor statement` names where it knows no such partner."""

from __future__ import annotations

from relations.bench import shows_in_order


def test_they_are_those_in_which_the_partner_stands_and_that_no_delivery_released() -> None:
    """A longer ID, a seat count, and what names no partner in its feed are others'."""
    shows_in_order(
        "explain",
        "partner_set_aside",
        """
            delivery  file  row_number  reason
            2015-03   a     9           bad_type
            2015-03   b     2           bad_type
            2015-03   b     10          malformed_row
            2015-04   a     1           unknown_partner
        """,
        {
            "quarantine": """
                delivery  feed              file  row_number  reason           column_name  released_by  raw
                2015-04   osa_forms         a     1           unknown_partner  mpn_id       -            f1,1000001
                2015-03   poe_reviews       b     10          malformed_row    -            -            {"m":"1000001"}
                2015-03   caps              b     2           bad_type         amount       -            1000001,x
                2015-03   partners          a     9           bad_type         mpn_id       -            x,1000001,y
                2015-03   dpor_attachments  c     3           unknown_partner  mpn_id       2015-04      d1,1000001
                2015-03   osa_forms         c     4           unknown_partner  mpn_id       -            f2,1000001.b
                2015-03   osa_forms         c     5           unknown_partner  mpn_id       -            f3,21000001
                2015-03   assigned_seats    c     6           bad_type         assigned     -            s1,1000001
                2015-03   osa_forms         c     7           unknown_partner  mpn_id       -            f4,1000002
            """
        },
        mpn_id="1000001",
    )
