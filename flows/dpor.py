"""The `dpor` program: its commands by name, and what it says and exits with, whatever becomes of one."""

from __future__ import annotations

import io
import re
import shlex
import sys
import traceback
from collections.abc import Callable
from typing import Literal

from cyclopts import (
    App,
    Argument,
    CycloptsError,
    Group,
    MissingArgumentError,
    Token,
    UnknownOptionError,
    UnusedCliTokensError,
)

from flows.command_line.machine import STANDS, is_interruption, refused_for
from flows.command_line.suggested import remember_places, with_places
from flows.command_line.terminal import Listened, Terminal, hears_no_more
from flows.commands.asking import check, explain, reconcile, statement, status, verify_store
from flows.commands.notifying import notify
from flows.commands.paying import export
from flows.commands.running import close_period, run
from schemas.one_line import one_line
from schemas.problems import UserProblem
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


def completion(shell: Literal["bash", "zsh", "fish"], /) -> None:
    """Print a shell's completion script for commands and options.

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


def main() -> None:
    """Run one command and exit with the code of what became of it; only a bug of ours shows its traceback."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # what the locale has no letter for is told by its number
    sys.exit(exit_code(sys.argv[1:]))


def exit_code(arguments: list[str]) -> int:
    """Run one command; returns 0, or the code of what went wrong after saying so on stderr."""
    if unlike := [argument for argument in arguments if not is_utf8(argument)]:
        return said(2, *(f"{argument!a}: has bytes that aren't UTF-8: give it another name" for argument in unlike))
    if any(argument == "" or re.fullmatch("--[a-z-]+=", argument) for argument in arguments):
        return said(2, f"{shlex.join(arguments)}: an empty value: if it comes from a variable, is that set?")
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
        if refused := refused_for(error):
            return said(refused.exit_code, *refused.problems)
        traceback.print_exc()
        return said(1, f"this is a bug in dpor; {STANDS}; please report it with the lines above")
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
            return f"{' '.join(tokens)}: unexpected: name its option before it, as in `--period 2015-06`"
        case UnknownOptionError(token=Token(value=str(typed))) if re.match("-[^-]", typed):
            return f"{typed}: unknown option; put an id that begins with a dash last, after `--`"
    return f"{error}".strip()


def interrupted() -> int:
    """Say that Ctrl-C was heard, and what it left; returns the exit code."""
    return said(130, "interrupted; what was published before still stands, and the same command goes on from there")


def said(code: int, *lines: str) -> int:
    """Say what is wrong on stderr, a line each; returns the exit code."""
    for line in lines:
        Terminal().say(f"dpor: {one_line(with_places(line))}")
    return code


if __name__ == "__main__":
    main()
