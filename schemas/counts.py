"""A number and what it counts, for people."""

from __future__ import annotations

import re


def count_of(count: int, what: str) -> str:
    """`1 payment`, `1,234 payments`; `1 delivery`, `2 deliveries`, `2 days`."""
    return f"{count:,} {named(count, what)}"


def named(count: int, what: str) -> str:
    """What so many are called: `payment` for 1, else `payments`."""
    return what if count == 1 else re.sub(r"(?<=[^aeiou])y$", "ie", what) + "s"
