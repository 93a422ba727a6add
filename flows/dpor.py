"""The `dpor` program: what each command takes, says, and exits with.

It knows nothing of Prefect but when to hand over to it.
"""

from __future__ import annotations

import io
import re
import sys
import traceback
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Literal

import duckdb
from cyclopts import (
    App,
    Argument,
    CycloptsError,
    Group,
    MissingArgumentError,
    Parameter,
    Token,
    UnknownOptionError,
    UnusedCliTokensError,
)

from flows.asking import check, explain, reconcile, statement, status, verify_store
from flows.carrying_out import carry_out
from flows.closing import CLOSE, check_sealed, open_periods, saying_what_is_closed
from flows.machine import in_words, is_fault_of_disk, is_want_of_memory, what_to_do
from flows.notifying import notify
from flows.options import (
    DB,
    DELIVERIES,
    OUT,
    Cluster,
    Database,
    Deliveries,
    Formats,
    LastPeriod,
    MaxQuarantine,
    Out,
    Period,
    Place,
    Runner,
    Shards,
)
from flows.paying import export
from flows.refusing import check_period, next_to_close, refuse_what_is_hardly_meant, what_forbids_closing
from flows.restoring import as_known, bring_back, write_closed_again
from flows.run import Run
from flows.sharding import sharding_of
from flows.suggested import remember_places, with_places
from flows.terminal import Listened, Terminal, hears_no_more
from flows.walking import check_out, check_share, say_what_was_lost, this_run, walk
from schemas.one_line import one_line
from schemas.policy import following, span
from schemas.problems import UnusableInput, UserProblem
from transforms.documents import formats_of
from transforms.notifications import message_count
from transforms.overview import reconcile_and_close, without_its_delivery
from transforms.publishing import put_in_place
from transforms.replacing import put_database_in_place_of
from transforms.store import Store
from transforms.version import VERSION

MONTH = Group("A month, in its order", sort_key=1)
ASKING = Group("Asking, at any time", sort_key=2)
SETUP = Group("The program itself", sort_key=3)

app = App(
    name="dpor",
    help="Works out what partners of record are to be paid for the cloud seats they deploy: deliveries in, capped"
    " statements per MPN ID out.",
    help_epilogue="`dpor status` says what is next; `dpor COMMAND --help` explains a command, with an example.",
    help_format="plaintext",
    version=VERSION,
    version_flags=["--version"],
    console=Listened(),
    suppress_keyboard_interrupt=False,  # `exit_code` says what Ctrl-C left
)
app["--help"].group = SETUP
app["--version"].group = SETUP


def run(
    *,
    period: LastPeriod = None,
    through: Annotated[
        str | None, Parameter(name="--through", help="With --close: run every open period up to this one, in order.")
    ] = None,
    close: Annotated[
        bool,
        Parameter(
            name="--close", negative="", show_default=False, help="With --through: close each period once it is run."
        ),
    ] = False,
    as_known_on: Annotated[
        str | None,
        Parameter(
            name="--as-known-on",
            help="Work --period out again from the sealed deliveries up to this one, into files of its own.",
        ),
    ] = None,
    max_quarantine: MaxQuarantine = 0.05,
    shards: Shards = None,
    runner: Runner = "local",
    cluster: Cluster = None,
    place: Place = None,
    formats: Formats = None,
    db: Database = DB,
    deliveries: Deliveries = DELIVERIES,
    out: Out = OUT,
) -> None:
    """Take in new deliveries and draft a period's statements. Repeat at will: each draft replaces the last.

    Example, one month: dpor run --period 2015-03

    Example, every open month up to one, closed for good: dpor run --through 2015-06 --close

    Example, March again as it was known when May closed: dpor run --period 2015-03 --as-known-on 2015-05
    """
    check_share(max_quarantine)
    if (
        (through is not None) != close
        or (through is not None and (period, as_known_on) != (None, None))
        or (as_known_on is not None and period is None)
    ):
        raise UnusableInput(
            "these options don't go together: write `dpor run [--period P]`, `dpor run --through P --close`,"
            " or `dpor run --period P --as-known-on DELIVERY`"
        )
    sharding = sharding_of(shards, runner, cluster, place)
    if sharding and as_known_on is not None:
        raise UnusableInput("--shards doesn't go with --as-known-on, which works out what was posted")
    wanted = formats_of(formats)
    store = Store(db)
    if as_known_on is None:
        refuse_what_is_hardly_meant(store, deliveries, writes=True)
    if through is not None:
        close_through(this_run(store, deliveries, out, through, max_quarantine, sharding, wanted))
    elif as_known_on is not None and period is not None:
        check_period(period)
        check_out(store, deliveries, out)
        run_as_known(store, period, as_known_on, out, wanted)
    else:
        say_what_it_came_to(carry_out(this_run(store, deliveries, out, period, max_quarantine, sharding, wanted)))


def close_period(
    *,
    period: Period,
    formats: Formats = None,
    db: Database = DB,
    deliveries: Deliveries = DELIVERIES,
    out: Out = OUT,
) -> None:
    """Post a period's draft for good, as last published. Periods close in order, once.

    Example: dpor close --period 2015-03
    """
    store = Store(db)
    refuse_what_is_hardly_meant(store, deliveries, writes=True)
    this = this_run(store, deliveries, out, period, formats=formats_of(formats))
    with saying_what_is_closed(this), store.locked("close"):
        say_what_was_lost(bring_back(store, out))
        walk(CLOSE, this)
    say_what_it_came_to(this)


def close_through(first: Run) -> None:
    """Run and close each open period in order; where all are closed, only bring back what is missing."""
    with first.store.locked("run --through", for_parts=True):
        say_what_was_lost(bring_back(first.store, first.out))
        to_close = open_periods(first)
        again = write_closed_again(first.store, first.month, first.formats) if first.formats else []
        places = first.store, first.deliveries_folder, first.out
        for period in to_close:
            this = this_run(*places, period, first.max_quarantine, first.sharding, first.formats)
            this.closes = True
            with saying_what_is_closed(this):
                carried_out = carry_out(this)
            say_what_it_came_to(carried_out)
    for written in again:
        Terminal().show(f"Written     {written}")
    if not to_close and not again:
        closed = [closing.period for closing in first.store.closed()]
        Terminal().show(f"Nothing to do: every period through {first.period} is closed already ({span(closed)})")


def run_as_known(store: Store, period: str, delivery: str, out: Path, formats: tuple[str, ...] | None) -> None:
    """Work a period out again, aside: into a database and a folder of its own."""
    with store.locked("run --as-known-on"):
        check_sealed(store, delivery)
        this = as_known(store, period, delivery, out, formats)
        database = store.beside(f".{period}-as-known-on-{delivery}.duckdb")
        folder = out / f"{period}-as-known-on-{delivery}"
        put_database_in_place_of(this.new_database, database)
        put_in_place(this.new_files, this.files, folder)
    Terminal().show(this.summary.as_text())
    Terminal().show(f"As known on {delivery}: {folder}/ and {database}")


def say_what_it_came_to(this: Run) -> None:
    """The summary, what was set aside just now, where the files are, and what to do next."""
    folder = this.out / this.month
    forms = ", one ".join(form.upper() for form in this.statement_formats)
    reasons = sum((taken.reasons for taken in this.taken), Counter[str]())
    counted = ", ".join(f"{count} {reason}" for reason, count in sorted(reasons.items()))
    set_aside = [
        *([f"{folder / 'rejected'}/  to send back"] if this.summary.set_aside else []),
        *([f"{counted}, across all deliveries just taken in"] if counted else []),
    ]
    Terminal().show(this.summary.as_text())
    said = [
        f"Statements  {folder}/  one {forms} per MPN ID; summary.html for finance",
        *(f"{'' if place else 'Set aside':<12}{words}" for place, words in enumerate(set_aside)),
        f"Database    {this.store.database}  the rows set aside are in `quarantine`",
        *after_closing(this),
        f"Next        {what_comes_next(this)}",
    ]
    Terminal().show(with_places("\n".join(said)))


def after_closing(this: Run) -> list[str]:
    """What there is to hand out once a period is closed."""
    if not this.closes:
        return []
    (closed,) = (closing for closing in this.store.closed() if closing.period == this.month)
    return [
        f"Messages    {message_count(closed):,} to partners  dpor notify --period {this.month}",
        f"Payments    {this.summary.totals['partners_paid']:,} to make  dpor export --period {this.month}",
    ]


def what_comes_next(this: Run) -> str:
    """The command to type after a run."""
    if this.closes:
        return f"dpor run --period {following(this.month)} when its delivery is there"
    due = next_to_close(this)
    if (to_mend := what_forbids_closing(this)) is not None:
        return to_mend
    if due == this.month and not this.summary.read["files"]:
        return without_its_delivery(due)
    if due == this.month:
        return reconcile_and_close(due)
    first = f"dpor run --period {due}, the first open one"
    if this.month > this.deliveries[-1].period:
        return first
    return f"{first}; or dpor run --through {this.month} --close, all up to this one"


def completion(shell: Literal["bash", "zsh", "fish"], /) -> None:
    """Print the completion of commands and options for a shell.

    Example, in bash: source <(dpor completion bash)

    Example, in zsh, for good: dpor completion zsh > "${fpath[1]}/_dpor"

    Example, in fish, for good: dpor completion fish > ~/.config/fish/completions/dpor.fish
    """
    Terminal().show(app.generate_completion(prog_name="dpor", shell=shell))


COMMANDS: dict[str, tuple[Callable[..., None], Group]] = {
    "check": (check, MONTH),
    "run": (run, MONTH),
    "reconcile": (reconcile, MONTH),
    "close": (close_period, MONTH),
    "notify": (notify, MONTH),
    "export": (export, MONTH),
    "status": (status, ASKING),
    "explain": (explain, ASKING),
    "statement": (statement, ASKING),
    "verify": (verify_store, ASKING),
    "completion": (completion, SETUP),
}
for place, (name, (command, group)) in enumerate(COMMANDS.items()):
    app.command(command, name=name, group=group, sort_key=place, help_epilogue="")


STANDS = "what was published before stands, or the next command completes it"
"""What holds wherever a command broke off: also between a new database and its statements."""

LESS_MEMORY = "end other programs, or have the customers worked out in parts, with --shards 16 on `dpor run`"


def main() -> None:
    """Run one command and exit with the code of what became of it; only a bug of ours shows its traceback."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # what the locale has no letter for is told by its number
    sys.exit(exit_code(sys.argv[1:]))


def exit_code(arguments: list[str]) -> int:
    """Run one command; returns 0, or the code of what went wrong after saying so on stderr."""
    if unlike := [argument for argument in arguments if not is_utf8(argument)]:
        return said(2, *(f"{argument!a}: holds bytes that are no UTF-8: give it another name" for argument in unlike))
    remember_places(arguments)
    try:
        app(arguments, exit_on_error=False, print_error=False, result_action="return_value")
    except CycloptsError as error:
        asked = " ".join(["dpor", *(error.command_chain or ())])
        return said(2, arguments_at_fault(error), f"`{asked} --help` shows what it takes, with an example")
    except UserProblem as problem:
        return said(problem.exit_code, *problem.problems)
    except KeyboardInterrupt:
        return interrupted()
    except BrokenPipeError:
        hears_no_more(sys.stdout)
    except Exception as error:
        if is_interruption(error):
            return interrupted()
        if is_want_of_memory(error):
            return said(4, f"not enough memory: {in_words(error)}", f"{STANDS}; {LESS_MEMORY}")
        if not is_fault_of_disk(error):
            traceback.print_exc()
            return said(1, f"this is a bug in dpor; {STANDS}; please report it with the lines above")
        return said(4, in_words(error), f"{STANDS}; {what_to_do(error)}, then run the same command again")
    return 0


def is_utf8(argument: str) -> bool:
    """Whether what was typed is text: what isn't, Python hands on as halves of letters."""
    return not any("\ud800" <= letter <= "\udfff" for letter in argument)


def arguments_at_fault(error: CycloptsError) -> str:
    """What is wrong with what was typed, as the person who typed it would say it."""
    match error:
        case MissingArgumentError(argument=Argument(name=name)) if not error.unused_tokens:
            return f"{name}: missing"
        case UnusedCliTokensError(unused_tokens=[*tokens]):
            return f"{' '.join(tokens)}: unexpected: name its option before it, as `--period 2015-06`"
        case UnknownOptionError(token=Token(value=str(typed))) if re.match("-[^-]", typed):
            return f"{typed}: unknown option; put an id that begins with a dash last, after `--`"
    return f"{error}".strip()


def interrupted() -> int:
    return said(130, "interrupted; what was published before still stands, and the same command goes on from there")


def is_interruption(error: Exception) -> bool:
    """Whether it is how DuckDB tells of Ctrl-C in the middle of a query."""
    return isinstance(error, duckdb.InterruptException) or f"{error}" == "Query interrupted"


def said(code: int, *lines: str) -> int:
    for line in lines:
        Terminal().say(f"dpor: {one_line(with_places(line))}")
    return code


if __name__ == "__main__":
    main()
