"""Text of others on a terminal: on one line, and nothing in it that a terminal obeys."""

from __future__ import annotations


def one_line(text: str) -> str:
    """The text with line ends and control characters shown as spaces."""
    return "".join(character if character.isprintable() else " " for character in text)
