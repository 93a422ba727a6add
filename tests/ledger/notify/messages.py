"""The month that tells five things, and how its messages are sent."""

from __future__ import annotations

import json
from pathlib import Path

from ledger.bench import Books
from ledger.mailbox import HOST, Mailbox

MARCH = ("--period", "2015-03")

CONTACT_DATA = ("contact@example.com", "Contact", "Customer", "Street")

FEEDS = {
    "partners": "mpn_id ppc_email\n L l@example.com\n R r@example.com\n C c@example.com",
    "customers": "customer_id\n contoso\n tailspin",
    "subscriptions": "subscription_id customer_id\n e1 contoso\n t1 tailspin",
    "rates": "amount_per_seat\n 10.00",
    "osa_forms": "form_id customer_id mpn_id\n form-l contoso L",
    "dpor_attachments": """
        event_id  occurred_at           subscription_id  mpn_id
        d1        2015-03-16T12:00:00Z  e1               R
        d2        2015-03-16T12:00:00Z  t1               C
    """,
}
"""March 2015 tells five things: one to L, two to R, two to C."""


def settings(folder: Path, box: Mailbox, **more: str) -> tuple[str, str]:
    said = {"host": HOST, "security": "none", "from": "osa@dpor.example", **more}
    path = folder / "mail.toml"
    lines = ["[smtp]", f"port = {box.port}", *(f"{key} = {json.dumps(value)}" for key, value in said.items()), ""]
    path.write_text("\n".join(lines), encoding="utf-8")
    return ("--settings", str(path))


def quiet(books: Books) -> None:
    """Nothing that was said names a person or a customer."""
    said = books.said + books.complained
    assert [data for data in (*CONTACT_DATA, "@example.com") if data in said] == [], said
