"""The user's errors: what is wrong, where, and what to do, each with the exit code that `dpor` ends with.

Anything else that is raised is a bug of ours, exits with 1 and shows its traceback.
"""

from __future__ import annotations


class UserProblem(Exception):
    """A problem that the person who runs `dpor` can mend. `str()` of it is what they read, a line a problem."""

    exit_code = 2

    def __init__(self, *problems: str) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class UnusableInput(UserProblem):
    """Files, folders or arguments that cannot be used at all: every problem found. Nothing was stored."""

    exit_code = 2


class TooMuchQuarantined(UserProblem):
    """A delivery sets aside a larger share of its rows than `--max-quarantine` allows."""

    exit_code = 3


class Refused(UserProblem):
    """Refused or impossible, nothing changed: a busy or damaged store, no space, no permission, a file that changed."""

    exit_code = 4


class Difference(UserProblem):
    """`dpor reconcile` or `dpor verify` found a difference."""

    exit_code = 5
