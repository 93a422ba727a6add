"""The user's errors: what is wrong, where, and what to do, each with the exit code that `dpor` ends with.

Anything else that is raised is a bug of ours, exits with 1 and shows its traceback.
"""

from __future__ import annotations

from typing import Any

from schemas.one_line import one_line


class UserProblem(Exception):
    """A problem that the person who runs `dpor` can mend. `str()` of it is what they read, a line per problem.

    A problem may quote what was delivered, as a column's name: whatever that holds, it stays on its line.
    """

    exit_code = 2

    def __init__(self, *problems: str) -> None:
        self.problems = tuple(one_line(problem) for problem in problems)
        super().__init__("\n".join(self.problems))

    def __reduce__(self) -> tuple[Any, ...]:
        """Another process raises it with the same problems, each a line still."""
        return type(self), self.problems


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
