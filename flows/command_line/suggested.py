"""Commands that an answer or a refusal suggests, with the places that this one was given: to be typed as shown."""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Mapping, Sequence
from contextvars import ContextVar
from itertools import pairwise
from pathlib import Path

EVERY = ("check", "run", "reconcile", "close", "notify", "export", "status", "explain", "statement", "verify")
TAKEN_BY: Mapping[str, Sequence[str]] = {
    "--db": EVERY,
    "--deliveries": ("check", "run", "close", "status"),
    "--out": ("run", "close"),
    "--settings": ("notify",),
}
"""The options that say where things lie, and the commands that take them in this sense."""

SUGGESTION = re.compile(rf"\bdpor ({'|'.join(EVERY)})\b(?: --[a-z-]+(?: [A-Z0-9][A-Z0-9-]*)?)*")

_given: ContextVar[Mapping[str, str]] = ContextVar("given")
_noted: ContextVar[Mapping[str, str]] = ContextVar("noted")


def remember_places(arguments: Sequence[str]) -> None:
    """Keep the places that are among the arguments of this command."""
    command = arguments[0] if arguments else ""
    pairs = [*pairwise(arguments), *(word.split("=", 1) for word in arguments if "=" in word)]
    _given.set({name: value for name, value in pairs if command in TAKEN_BY.get(name, ())})
    _noted.set({})


def is_given(name: str) -> bool:
    """Whether the place is among the arguments of this command."""
    return name in _given.get({})


def quoted(place: str) -> str:
    """A place as it is typed in a shell: never like an option, and every letter of it visible."""
    typed = f"./{place}" if place.startswith("-") else place
    if typed.isprintable():
        return shlex.quote(typed)
    letters = (letter if letter.isprintable() and letter not in "\\'" else _escaped(letter) for letter in typed)
    return f"$'{''.join(letters)}'"


def _escaped(letter: str) -> str:
    return "".join(f"\\x{byte:02x}" for byte in os.fsencode(letter))


def remember_place(name: str, place: Path, default: Path) -> None:
    """Keep a place that is noted in the books, for where none is given: by its name in this folder, if it is there."""
    noted = {other: kept for other, kept in _noted.get({}).items() if other != name}
    _noted.set(noted if place.resolve() == default.resolve() else {**noted, name: as_typed(place)})


def as_typed(place: Path) -> str:
    """A place by its name in this folder, if it is there."""
    here = Path.cwd()
    return str(place.relative_to(here) if place.is_relative_to(here) else place)


def with_places(text: str, places: Mapping[str, str] | None = None) -> str:
    """The text, each command in it with the places that it needs to find the same books: those of this one, if None."""
    given = {**_noted.get({}), **_given.get({})} if places is None else places
    return SUGGESTION.sub(lambda found: _completed(found, given), text)


def _completed(found: re.Match[str], given: Mapping[str, str]) -> str:
    if "--help" in found[0]:
        return found[0]
    places = [
        f" {name} {quoted(given[name])}"
        for name, commands in TAKEN_BY.items()
        if name in given and found[1] in commands and f" {name}" not in found[0]
    ]
    return found[0] + "".join(places)
