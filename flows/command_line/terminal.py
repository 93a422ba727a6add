"""What a person sees while a command runs: a spinner and ticks on a terminal, plain lines elsewhere."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TextIO

from rich.console import Console

from schemas.one_line import one_line


def hears_no_more(stream: TextIO) -> None:
    """Whoever closed the other end has read enough: what is still written goes nowhere, and the command runs on."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)


class Listened(Console):
    """A console whose reader may leave, as `head` does, or whose disk may be full: a result that is lost is told."""

    def print(self, *said: Any, **how: Any) -> None:
        """Raises OSError, of stdout by that name, where it takes no more; progress and errors then go nowhere."""
        try:
            super().print(*said, **how)
        except OSError as error:
            self.on_broken_pipe()
            if not self.stderr:
                raise OSError(error.errno, error.strerror, "stdout") from error

    def on_broken_pipe(self) -> None:
        hears_no_more(sys.stderr if self.stderr else sys.stdout)


class Terminal:
    """Progress goes to stderr, results to stdout, so that a script can read them. Honours NO_COLOR."""

    def __init__(self) -> None:
        self._progress = Listened(stderr=True, highlight=False, markup=False, soft_wrap=True, emoji=False)
        self.tell: Callable[[str], None] = lambda _: None
        self._result = Listened(highlight=False, markup=False, soft_wrap=True, emoji=False)

    @contextmanager
    def step(self, says: str) -> Iterator[Callable[[str], None]]:
        """While the step goes on, say so; then tick it off with what it came to."""
        came_to: list[str] = []
        began = time.monotonic()
        if self._progress.is_terminal:
            with self._progress.status(says) as status:
                self.tell = lambda text: status.update(f"{says}: {text}")
                yield came_to.append
            self._progress.print(f"✓ {says}: {came_to[-1]} ({time.monotonic() - began:.1f} s)")
        else:
            yield came_to.append
            self._progress.print(f"{says}: {came_to[-1]}")

    def say(self, line: str) -> None:
        """A line on stderr: what is wrong, or was mended."""
        self._progress.print(line)

    def show(self, text: str) -> None:
        """A result, line by line: no markup in it means anything, and a terminal obeys nothing of it."""
        self._result.print("\n".join(one_line(line) for line in text.split("\n")))
