"""What closed periods have posted, and what a run needs beside it to say why an earlier line pays something else now.

Most differences are told from what was posted. Only where the policy or the software have changed since the last
closing is that part of the work done once more with the old ones, aside, to see what the change itself does; and where
caps have changed, or cut a line that differs, what they leave it among the lines of then.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from tempfile import mkdtemp

import duckdb

from schemas.catalogue import POSTED
from schemas.payment import EarningSeats, PostedStates, RoomLeft
from schemas.policy import Policy
from schemas.words import CAP_SCOPES
from transforms.books.stored import Closed, Stored, inputs_of
from transforms.database.connections import connect, file_names, new_database, reading
from transforms.database.published import definition
from transforms.database.warehouse import (
    BEFORE_THE_LEDGER,
    Inputs,
    import_inputs,
    import_policy,
    make,
    make_cap_cuts,
    show_files,
    sql,
    work_out,
)
from transforms.version import VERSION

OF_THE_LAST_CLOSING = ("posted_rates", "posted_caps")
"""Small and posted whole each time: only the last counts."""


def import_ledger(con: duckdb.DuckDBPyConnection, closed: Sequence[Closed]) -> None:
    """Let the run see what the closed periods have posted: a view on the store's files, or an empty table."""
    for name, schema in POSTED.items():
        closings = closed[-1:] if name in OF_THE_LAST_CLOSING else closed
        if closings:
            show_files(con, name, [closing.folder / f"{name}.parquet" for closing in closings])
        else:
            con.execute(definition(name, schema, kept=False))
    make(con, "ledger", "closed_periods", closed=[closing.period for closing in closed])
    make(con, "ledger", "causes")


def judged_otherwise(
    ledger: Sequence[Closed], stored: Sequence[Stored], policy: Policy, period: str, aside: Path
) -> dict[str, list[str]]:
    """What is worked out once more where the policy or the software has changed since the last closing, by relation.

    The `_judged` relations by the policy of then from all that is known today; the `_before` relations by today's
    software from what was known then.
    """
    if not ledger:
        return {}
    last = ledger[-1]
    given: dict[str, list[str]] = {}
    if last.policy != policy:
        judged = _judge(inputs_of(stored), last.policy, period, aside / "policy")
        given.update({f"{name}_judged": [str(path)] for name, path in judged.items()})
    if last.version != VERSION:
        then = [delivery for delivery in stored if delivery.period <= last.period]
        before = _judge(inputs_of(then), last.policy, last.period, aside / "software")
        given.update({f"{name}_before": [str(path)] for name, path in before.items()})
    return given


def leave_room(con: duckdb.DuckDBPyConnection, ledger: Sequence[Closed], aside: Path) -> None:
    """Make `rooms_then` and `rooms_now`: what the caps of then and of now leave lines among those of the last closing.

    The lines are those of differing subscriptions: the ones that are cut today; all, where caps have changed. The
    fiscal years are those of the policy of then.
    """
    left: dict[str, Path] = {}
    if ledger:
        make(con, "ledger", "lines_now")
        have_changed = con.execute(sql("ledger", "changed_caps")).fetchall()
        if not have_changed:
            make(con, "ledger", "lines_cut_now")
        lines = "lines_now" if have_changed else "lines_cut_now"
        if con.table(lines).shape[0]:
            then = _room_left("posted_caps", lines, con, ledger[-1], aside)
            now = _room_left("current_caps", lines, con, ledger[-1], aside) if have_changed else then
            left = {"rooms_then": then, "rooms_now": now}
    for name in ("rooms_then", "rooms_now"):
        if left:
            show_files(con, name, [left[name]])
        else:
            con.execute(definition(name, RoomLeft.to_schema(), kept=False))


def let_subscriptions_stay(
    con: duckdb.DuckDBPyConnection, ledger: Sequence[Closed], inputs: Inputs, period: str, aside: Path
) -> None:
    """Make `states_stayed`: what would be known by the policy of then, had subscriptions stayed as at the last closing.

    Those of `subscriptions_stayed`, worked out beside the run from all else that is known today of their customers.
    """
    stayed = con.table("subscriptions_stayed")
    if not stayed.shape[0]:
        states = PostedStates.to_schema().remove_columns(["statement_period"])
        con.execute(definition("states_stayed", states, kept=False))
        return
    theirs = {
        "subscriptions": stayed,
        "partners": con.table("partners"),
        "poe_reviews": con.table("poe_reviews"),
        "osa_forms": con.table("osa_forms").join(stayed, "customer_id", how="semi"),
        "dpor_attachments": con.table("dpor_attachments").join(stayed, "subscription_id", how="semi"),
        "assigned_seats": con.table("assigned_seats").join(stayed, "subscription_id", how="semi"),
    }
    folder = Path(mkdtemp(dir=aside))
    for feed, rows in theirs.items():
        rows.write_parquet(str(folder / f"{feed}.parquet"))
    known = Inputs({feed: [folder / f"{feed}.parquet"] for feed in theirs}, inputs.quarantine, inputs.intake_log)
    judged = _judge(known, ledger[-1].policy, period, folder / "judged")
    show_files(con, "states_stayed", [judged["states"]])


def _room_left(caps: str, lines: str, con: duckdb.DuckDBPyConnection, last: Closed, aside: Path) -> Path:
    """What some caps leave these lines among those of the last closing, worked out beside the run, as a Parquet file.

    Every bucket of a cap is one partner's, so only what the partners of these lines earned is worked out.
    """
    folder = Path(mkdtemp(dir=aside))
    # states_before was posted only of differing subscriptions, unless it was worked out anew.
    states = con.table("states_posted" if last.version == VERSION else "states_before")
    given = {
        "states_before": states.select(*EarningSeats.to_schema().columns).join(con.table(lines), "mpn_id", how="semi"),
        "period_rates": con.table("rates_before"),
        "current_caps": con.table(caps),
        "lines_now": con.table(lines),
    }
    beside = connect(folder)
    try:
        import_policy(beside, last.policy, last.period)
        make(beside, "resolution", "periods")
        for name, relation in given.items():
            file = folder / f"{name}.parquet"
            relation.write_parquet(str(file))
            beside.execute(f"create table {name} as {sql('inputs', 'stored_rows')}", {"files": file_names([file])})
        beside.execute(f"create table earning_seats as {sql('ledger', 'earning_before')}")
        beside.execute(f"create table earned_lines as {sql('earnings', 'earned_lines')}")
        earned_then = beside.sql(sql("caps", "earned_totals"))
        earned_then.union(beside.sql(sql("ledger", "earning_now"))).create("earned_totals")
        make(beside, "caps", "cap_amounts")
        make_cap_cuts(beside, CAP_SCOPES[:-1])  # nobody asks what the last scope takes, which is the most
        beside.execute(f"create table limited_lines as {sql('ledger', 'limited_lines')}")
        scopes = {"scopes": list(CAP_SCOPES)}
        beside.execute(f"create table brought_lines as {sql('ledger', 'brought_lines')}", scopes)
        path = folder / "room_left.parquet"
        beside.sql(sql("ledger", "room_left")).write_parquet(str(path))
    finally:
        beside.close()
    return path


def told_otherwise(database: Path, ledger: Sequence[Closed]) -> list[tuple[str, str]]:
    """Period and MPN ID of each closed statement that a database tells otherwise than it was posted, to the cent.

    Raises DatabaseUnreadable.
    """
    files = {
        what: file_names(closing.folder / f"posted_{what}.parquet" for closing in ledger)
        for what in ("statements", "lines")
    }
    with reading(database, ledger[0].folder.parent) as con:
        return con.execute(sql("closing", "told_otherwise"), files).fetchall()


def write_posted(con: duckdb.DuckDBPyConnection, folder: Path) -> None:
    """Write what closing the run's period posts to `folder`, a Parquet file a relation of POSTED."""
    for name in POSTED:
        con.sql(sql("closing", name)).write_parquet(str(folder / f"{name}.parquet"))


def _judge(inputs: Inputs, policy: Policy, period: str, aside: Path) -> dict[str, Path]:
    """States, rates and lines of every period up to one, by a policy, as Parquet files."""
    aside.mkdir()
    files = {name: aside / f"{name}.parquet" for name in ("states", "rates", "lines")}
    with new_database(aside / "judged.duckdb", aside) as con:
        import_inputs(con, inputs, policy, period)
        work_out(con, BEFORE_THE_LEDGER)
        con.execute(f"create temp view states_now as {sql('ledger', 'states_now')}")
        for name, path in files.items():
            con.sql(sql("ledger", f"{name}_judged")).write_parquet(str(path))
    return files


def draft_digest(con: duckdb.DuckDBPyConnection) -> str:
    """What the drafted statements and lines say, in a few characters."""
    ((digest,),) = con.execute(sql("closing", "draft_digest")).fetchall()
    return str(digest)


def partners_unlike(one: Path, other: Path) -> list[str]:
    """The MPN IDs whose statement or lines differ between two folders of posted Parquet, to the cent."""
    con = connect(one)
    try:
        found: set[str] = set()
        for question, name in (("unlike_statements", "posted_statements"), ("unlike_lines", "posted_lines")):
            files = {"one": file_names([one / f"{name}.parquet"]), "other": file_names([other / f"{name}.parquet"])}
            found.update(mpn_id for (mpn_id,) in con.execute(sql("closing", question), files).fetchall())
        return sorted(found)
    finally:
        con.close()
