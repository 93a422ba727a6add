"""What is wrong in a settings file, as whoever wrote it would say it: Pydantic speaks of types and tuples."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

from pydantic_core import ErrorDetails

WORDS = {
    "too_short": "empty: name at least one",
    "tuple_type": 'a list is expected, such as ["EA", "EES"]',
    "string_type": "text is expected, in quotes",
    "int_type": "a whole number is expected, without quotes",
    "int_parsing": "a whole number is expected",
    "model_type": "a section is expected, such as [program]",
}


def said_plainly(error: ErrorDetails, keys: Iterable[str], forms: dict[str, str]) -> str:
    """One problem in a few words. `keys` are those that the file may have, `forms` says what a pattern wants."""
    match error:
        case {"type": "extra_forbidden", "loc": (*_, name)}:
            meant = get_close_matches(str(name), keys, n=1)
            return f"no such key{f': did you mean {meant[0]}?' if meant else ''}"
        case {"type": "string_pattern_mismatch", "ctx": {"pattern": pattern}} if pattern in forms:
            return forms[pattern]
    return WORDS.get(error["type"], error["msg"].removeprefix("Value error, "))
