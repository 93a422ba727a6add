"""The folders of a command: which are meant where none is named, and which can't be."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from flows.command_line.options import DELIVERIES, OUT
from flows.command_line.suggested import as_typed, is_given, quoted, remember_place
from schemas.problems import Refused, UnusableInput, UserProblem
from transforms.books.store import Store


def deliveries_meant(store: Store, deliveries: Path) -> Path:
    """The folder of deliveries: that of which these books were made, where none is named and it is still there."""
    noted = (store.published_last() or {}).get("read_from")
    read_from = None if noted is None or is_given("--deliveries") else (store.root / noted).resolve()
    is_another = read_from is not None and read_from != deliveries.resolve() and read_from.is_dir()
    return read_from if read_from is not None and is_another else deliveries


def statements_meant(store: Store, period: str = "") -> Path:
    """The folder that a period's statements went to, or those of the last run; the default, where none is noted."""
    said = store.published_last()
    return store.place(period) or (store.place(said["period"]) if said else None) or OUT


def refuse_what_is_hardly_meant(store: Store, deliveries: Path, *, writes: bool = False) -> None:
    """Raises Refused where no folder of deliveries was named, and these books were made of another than the default.

    What `writes` statements is told where they went, too.
    """
    if (read_from := deliveries_meant(store, deliveries)) != deliveries:
        out = statements_meant(store)
        is_elsewhere = writes and not is_given("--out") and out.resolve() != OUT.resolve()
        raise Refused(
            f"without --deliveries, {deliveries} would be read, but these books were made from {read_from}",
            f"name the one you mean: --deliveries {quoted(as_typed(read_from))}"
            + (f" --out {quoted(as_typed(out))}" if is_elsewhere else ""),
        )


def remember_noted_places(store: Store) -> None:
    """Have commands that are suggested read and write where these books' last run did, where nothing else is said."""
    with suppress(UserProblem):  # whose question needs the note says what is wrong with it
        remember_place("--deliveries", deliveries_meant(store, DELIVERIES), DELIVERIES)
        remember_place("--out", statements_meant(store), OUT)


def check_out(store: Store, deliveries: Path, out: Path) -> None:
    """Raises UnusableInput for what is no place for statements."""
    if out.exists() and not out.is_dir():
        raise UnusableInput(f"--out {out}: a file: name a folder for the statements")
    if is_within(deliveries, out):
        raise UnusableInput(
            f"--out {out}: within the deliveries: statements there would be taken for a delivery's files"
        )
    check_outside(store, out)


def check_outside(store: Store, out: Path) -> None:
    """Raises UnusableInput for a place within the store."""
    if is_within(store.root, out):
        raise UnusableInput(f"--out {out}: within the store, where nothing else may lie")


def is_within(folder: Path, place: Path) -> bool:
    """Whether a place is a folder, or lies in it, wherever links lead."""
    return folder.resolve() in (place.resolve(), *place.resolve().parents)
