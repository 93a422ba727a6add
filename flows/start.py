"""Where the command `dpor` begins: Ctrl-C ends it without a word while it is still loading."""

from __future__ import annotations

import signal


def main() -> None:
    """Load the program and run one command."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    from flows import dpor

    signal.signal(signal.SIGINT, signal.default_int_handler)
    dpor.main()
