"""Brings back what a kill or a hand has taken: the database and the statements are worked out of the store again."""

from __future__ import annotations

import shutil
from contextlib import suppress
from pathlib import Path
from typing import Any

from flows.command_line.machine import in_words
from flows.month.refusing import (
    refuse_closed_elsewhere,
    see_that_files_can_be_written,
    see_that_it_can_be_published,
    see_that_nothing_is_in_the_way,
)
from flows.month.reworking import MOST_NAMED, as_known, of_the_store, see_that_they_are_as_posted, write_again
from flows.month.run import Run
from flows.month.steps import (
    make_documents,
    publish,
    resolve,
)
from schemas.policy import Policy
from schemas.problems import Refused
from transforms.books.journal import note_what_was_cut_off
from transforms.books.store import Store
from transforms.books.stored import Closed, inputs_hash
from transforms.database.connections import DatabaseHeld, DatabaseUnreadable, reading
from transforms.database.published import InvariantBroken
from transforms.files.replacing import put_database_in_place_of
from transforms.statements.documents import FONTS, FORMATS, has_other_fonts
from transforms.statements.publishing import (
    SUMMARY_FILES,
    are_closed_statements,
    is_another,
    put_what_is_missing,
)
from transforms.version import VERSION

PUBLISHED_RUN = "select run_period, run_state, run_inputs from policy"
PARTNERS = "select mpn_id from statements where statement_period = $1"


def bring_back(store: Store, new_out: Path | None = None) -> list[str]:
    """Restore what was published last, and the statements of closed periods; says what had been lost, a line each.

    They go where they went; where the note of that is lost too, the last closing goes to `new_out`, or, without one,
    only the database comes back. What can't be brought back as it was is left, and said too.
    """
    closed = store.closed()
    if closed:
        with suppress(OSError):  # the next closing says what is wrong with the journal
            note_what_was_cut_off(store, closed[-1])
    said = store.published_last()
    last_out = new_out if said is None else (store.root / said["out"]).resolve()
    cut_off_in = None if said is None else said.get("writing_again")
    if closed and (said is None or said.get("last_closed") != closed[-1].identity):
        said = _posted_last(closed)
    if said is None:
        return []
    brought = []
    for closing in closed:
        statements = store.place(closing.period) or last_out
        is_to_publish = closing.period == said["period"] and not said["complete"]
        if closing.period == cut_off_in:
            brought.append(_end_writing_again(store, closing))
        elif statements and not is_to_publish and (what := _bring_back_closed(store, closing, statements)):
            brought.append(what)
    return [*brought, *_bring_back_last(store, closed, said, store.place(said["period"]) or last_out)]


def _end_writing_again(store: Store, closing: Closed) -> str:
    lost = f"statements of {closing.period} that were being written again"
    try:
        write_again(store, closing, store.formats(closing.period))
    except (Refused, OSError) as error:
        return _not_brought(lost, _in_short(error))
    return _brought(lost)


def _bring_back_closed(store: Store, closing: Closed, out: Path) -> str | None:
    """Restore the statement files of one closed period where one is missing."""
    folder = out / closing.period
    missing = _missing(store, folder, closing.partners)
    if not missing:
        return None
    lost = f"{missing} of the files in {folder}"
    made = store.noted("made_with").get(closing.period)
    if made and "pdf" in _formats(store, folder) and has_other_fonts(made):
        return _not_brought(lost, f"its PDFs were made with other fonts: name the folder used then in {FONTS}")
    store.undamaged([closing])
    run = as_known(store, closing.period, closing.period, out, _formats(store, folder))
    try:
        see_that_they_are_as_posted(run, closing)
        if closing.version == VERSION:  # another may write the same statements otherwise
            _see_that_no_others_lie_there(run, folder)
        put_what_is_missing(run.new_files, run.files, folder)
    except (Refused, OSError) as error:
        return _not_brought(lost, _in_short(error))
    finally:
        shutil.rmtree(run.new_files)
    return _brought(lost)


def _see_that_no_others_lie_there(run: Run, folder: Path) -> None:
    """Raises Refused where a period's folder has a statement or summary of a name with ours, and other content.

    Sheets and PDFs aren't looked at: they are made of the same, and what makes them may be of another version.
    """
    compared = [name for name in run.files if len(name.parts) == 1 and name.suffix == ".csv"]
    unlike = [name for name in compared if is_another(run.new_files / name, folder / name)]
    if unlike:
        raise Refused(
            f"{folder}: {', '.join(map(str, unlike[:MOST_NAMED]))}{' and more' if len(unlike) > MOST_NAMED else ''}:"
            " not as these books posted them",
            "if no other books write there, remove what is there: the next command writes it again",
        )


def _bring_back_last(store: Store, closed: list[Closed], said: dict[str, Any], out: Path | None) -> list[str]:
    """Restore what was published last, `said`: of a draft that is stale by now only the database of the closing before.

    Without `out`, where its statements went, or where they can't go there, only the database too.
    """
    lost = _lost(store, out, said)
    if not lost:
        return []
    stored = store.deliveries(said["period"])
    if not stored or stored[-1].identity != said["deliveries"]:
        if said["state"] == "CLOSED":
            return [_not_brought(lost, "deliveries that it was closed with are missing: `dpor verify` names them")]
        if closed and _lost_database(store, said):
            return _bring_back_last(store, closed, _posted_last(closed), None)
        anew = f"`dpor run --period {said['period']}` drafts it anew"
        return [_not_brought(lost, f"deliveries have been taken in anew since {said['period']} was drafted: {anew}")]
    policy = Policy.model_validate(said["policy"])
    ledger = [closing for closing in closed if closing.period <= said["period"]]
    run = of_the_store(store, said["period"], policy, stored, ledger, out or Path())
    run.formats = _formats(store, out / said["period"]) if out else None
    try:
        see_that_files_can_be_written(store.database.parent)
    except OSError as error:
        return [_not_brought(lost, _in_short(error))]
    if out is None or _is_whole_and_closed(said):
        if broken := _broken_by(run):
            return [_not_brought(lost, broken)]
        put_database_in_place_of(run.new_database, store.database)
        return [_brought(lost)]
    try:
        refuse_closed_elsewhere(run)
        see_that_it_can_be_published(run)
        if broken := _broken_by(run):
            return [_not_brought(lost, broken)]
        make_documents(run)
        see_that_nothing_is_in_the_way(run)
        if said["state"] == "CLOSED" and are_closed_statements(out / said["period"]):
            _see_that_no_others_lie_there(run, out / said["period"])
        if said["state"] == "DRAFT":  # what people saw: where another version comes to something else, it isn't posted
            run.digest = said["drafts"][said["period"]]["digest"]
        publish(run)
    except (Refused, OSError) as error:
        return [*_bring_back_last(store, closed, said, None), _not_brought(lost, _in_short(error))]
    return [_brought(lost)]


def _broken_by(run: Run) -> str | None:
    """Work a run out; says, in a line, where it comes to what can't be, as of a closing that was made up afresh."""
    try:
        resolve(run)
    except InvariantBroken as broken:
        checks = ", ".join(sorted({problem.partition(":")[0] for problem in broken.problems}))
        return f"what is stored leads to an impossible result ({checks}): `dpor verify` names what was changed"
    return None


def _posted_last(closed: list[Closed]) -> dict[str, Any]:
    """What the store would have noted of its last closing, had it begun to publish it."""
    return {
        "period": closed[-1].period,
        "state": "CLOSED",
        "deliveries": max(closed[-1].manifest["deliveries"].items())[1],
        "policy": closed[-1].manifest["policy"],
        "complete": False,
    }


def _lost(store: Store, out: Path | None, said: dict[str, Any]) -> str | None:
    """What of the last draft or closing isn't there any more; of its statements only where they went to `out`."""
    if out is not None and not said["complete"]:
        return "what a run was publishing when it was cut off"
    lost = _lost_database(store, said)
    if lost or out is None or _is_whole_and_closed(said):
        return lost
    with reading(store.database) as con:
        partners = [mpn_id for (mpn_id,) in con.execute(PARTNERS, [said["period"]]).fetchall()]
    missing = _missing(store, out / said["period"], partners)
    return f"{missing} of the files in {out / said['period']}" if missing else None


def _lost_database(store: Store, said: dict[str, Any]) -> str | None:
    """The database, with why, where it isn't the one that was published with `said`."""
    inputs = inputs_hash(said["deliveries"], said["policy"], store.closed(), said["period"])
    try:
        with reading(store.database) as con:
            if con.execute(PUBLISHED_RUN).fetchall() != [(said["period"], said["state"], inputs)]:
                return f"{store.database}, since another one was in its place"
            con.execute(PARTNERS, [said["period"]]).fetchall()
    except DatabaseHeld:
        return f"{store.database} (another program has the one in its place open for writing, and keeps it)"
    except DatabaseUnreadable:
        return f"{store.database}{', since what was in its place was unreadable' if store.database.exists() else ''}"
    return None


def _is_whole_and_closed(said: dict[str, Any]) -> bool:
    """Whether it was a closing, published to its end: then all that can be lost of it here is the database."""
    return bool(said["complete"] and said["state"] == "CLOSED")


def _missing(store: Store, folder: Path, partners: list[str]) -> int:
    """How many of the files of a period, which the folder is named after, aren't there."""
    formats = _formats(store, folder)
    meant = {f"{mpn_id}.{form}" for mpn_id in partners for form in formats}
    rejected = {f"rejected/{feed}.csv" for feed in store.feeds_set_aside(folder.name)}
    found = {path.relative_to(folder).as_posix() for path in folder.rglob("*")}
    return len({*meant, *SUMMARY_FILES, *rejected} - found)


def _formats(store: Store, folder: Path) -> tuple[str, ...]:
    """The formats of a period's statements: as noted, else those that lie in its folder, else CSV."""
    if folder.name in store.noted("formats"):
        return store.formats(folder.name)
    there = {path.suffix.removeprefix(".") for path in folder.glob("[0-9]*.*")}
    return tuple(form for form in FORMATS if form in there) or store.formats(folder.name)


def _brought(lost: str) -> str:
    return f"restored from the store: {lost}"


def _not_brought(lost: str, why: str) -> str:
    return f"not restored from the store: {lost}: {why}"


def _in_short(error: Refused | OSError) -> str:
    """Why something can't be brought back, in a line."""
    return "; ".join(error.problems) if isinstance(error, Refused) else in_words(error)
