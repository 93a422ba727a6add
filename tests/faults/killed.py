"""A command in a process of its own, killed the hard way at a point that is told."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any

from ledger.bench import SERVER

CHANGES = ("rename", "replace", "unlink", "rmdir", "mkdir", "truncate", "ftruncate", "fsync")
"""Functions of `os` before which a process is killed exactly: changes of names, and what is noted line by line."""

WHOLE = "before and between"
"""Where a process is while it is in no step: many commands have none."""


def in_a_process(arguments: list[str], dies_at: int, told: Connection) -> None:
    """Run one command; tell which step begins and, at the end, how many changes there were. Before the `dies_at`-th,
    kill this process."""
    import flows.command_line.terminal
    from flows.dpor import exit_code

    changes = 0

    def dying(change: Callable[..., Any]) -> Callable[..., Any]:
        def changed(*given: Any, **more: Any) -> Any:
            nonlocal changes
            changes += 1
            if changes == dies_at:
                os.kill(os.getpid(), signal.SIGKILL)
            return change(*given, **more)

        return changed

    step = flows.command_line.terminal.Terminal.step

    @contextmanager
    def tells(self: flows.command_line.terminal.Terminal, says: str) -> Iterator[Callable[[str], None]]:
        told.send((says, time.process_time()))
        with step(self, says) as done:
            yield done
        told.send((WHOLE, time.process_time()))

    flows.command_line.terminal.Terminal.step = tells  # type: ignore[method-assign]
    for name in CHANGES:
        setattr(os, name, dying(getattr(os, name)))
    told.send((WHOLE, time.process_time()))
    with open(os.devnull, "w", encoding="utf-8") as nowhere, redirect_stdout(nowhere), redirect_stderr(nowhere):
        code = exit_code(arguments)
    told.send((changes, time.process_time()))
    told.close()
    os._exit(code)


@dataclass(frozen=True)
class Point:
    """When a process is killed: before a change, or some seconds of processor time after its n-th step began."""

    change: int = 0
    step: int = 0
    seconds: float = 0.0


def killed_at(arguments: list[str], point: Point) -> tuple[int, str]:
    """Run one command and kill it at a point; returns its exit code, -9 if it came to that, and its step."""
    here, there = SERVER.Pipe(duplex=False)
    process = SERVER.Process(target=in_a_process, args=(arguments, point.change, there))
    process.start()
    there.close()
    clock = (~process.pid << 3) | 2  # the processor time of that process, as clock_getcpuclockid(3) names it
    steps: list[tuple[str, float]] = []
    while not here.closed:
        try:
            while here.poll(0.001 if not point.change else 60):
                steps.append(here.recv())
        except EOFError:
            break
        if not point.change and len(steps) > point.step:
            try:
                spent = time.clock_gettime(clock) - steps[point.step][1]
            except OSError:
                continue  # it has ended; what it told comes to its end too
            if spent >= point.seconds:
                process.kill()
                break
    process.join()
    while here.poll(0):
        try:
            steps.append(here.recv())
        except EOFError:
            break
    here.close()
    names = [str(name) for name, _ in steps if isinstance(name, str)]
    return process.exitcode, (names or [WHOLE])[-1]
