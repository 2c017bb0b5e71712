"""What can go wrong, as one tree. Boundaries (views, commands) turn it into a page or an exit code.

Messages of `TuidangError` are for operators and never carry anything about a person. What people read is written in templates.
"""

from __future__ import annotations


class TuidangError(Exception):
    """Root of the tree. `exit_code` is what a command ends with."""

    exit_code = 2


class InvalidInputError(TuidangError):
    """What was handed in cannot be used; nothing was stored. `problems` maps a field to the names of its problems."""

    exit_code = 1

    def __init__(self, problems: dict[str, str]) -> None:
        super().__init__("invalid input: " + ", ".join(sorted(problems)))
        self.problems = problems


class RefusedError(TuidangError):
    """A rule of the register does not allow this now; everything is as it was."""

    exit_code = 1


class BusyError(TuidangError):
    """Not now: the same thing is being done elsewhere, or the machine is overloaded. Trying again is right."""


class DamagedError(TuidangError):
    """Something that must hold does not: keys, ledger or database contradict each other. Nothing was changed."""


class SetUpError(TuidangError):
    """The installation is not complete: the message says what to do."""
