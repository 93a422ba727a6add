"""Where the command `dpor` begins: Ctrl-C ends it without a word while it is still loading."""

from __future__ import annotations

import io
import signal
import sys


def main() -> None:
    """Load the program and run one command."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # what the locale has no letter for is told by its number
    from flows import dpor

    signal.signal(signal.SIGINT, signal.default_int_handler)
    dpor.main()
