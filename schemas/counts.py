"""A number and what it counts, for people."""

from __future__ import annotations


def count_of(count: int, what: str) -> str:
    """`1 payment`, `1,234 payments`; `1 delivery`, `2 deliveries`."""
    if count == 1:
        return f"1 {what}"
    plural = what.removesuffix("y") + "ies" if what.endswith("y") else f"{what}s"
    return f"{count:,} {plural}"
