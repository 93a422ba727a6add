"""A number and what it counts, for people."""

from __future__ import annotations

import re


def count_of(count: int, what: str) -> str:
    """`1 payment`, `1,234 payments`; `1 delivery`, `2 deliveries`, `2 days`."""
    if count == 1:
        return f"1 {what}"
    plural = re.sub(r"(?<=[^aeiou])y$", "ie", what) + "s"
    return f"{count:,} {plural}"
