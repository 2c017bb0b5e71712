"""What can be wrong with a log, as one tree (docs/log-format.md, section 11)."""

from __future__ import annotations

from typing import ClassVar


class TlogError(Exception):
    """Root of the tree.

    `rule` is one of the names in section 11; `index` the entry and `path` the file it was found at, where there is one.
    """

    exit_code: ClassVar[int] = 2

    def __init__(self, rule: str, message: str, *, index: int | None = None, path: str | None = None) -> None:
        super().__init__(message)
        self.rule = rule
        self.message = message
        self.index = index
        self.path = path

    def diagnostics(self) -> dict[str, object]:
        """What a program needs to know of this error: `rule`, `message` and, where known, `index` and `path`."""
        found: dict[str, object] = {"rule": self.rule, "message": self.message}
        if self.index is not None:
            found["index"] = self.index
        if self.path is not None:
            found["path"] = self.path
        return found

    def __str__(self) -> str:
        where = [] if self.index is None else [f"entry {self.index}"]
        where += [] if self.path is None else [self.path]
        return f"{self.rule}: {', '.join(where)}{': ' if where else ''}{self.message}"


class InvalidError(TlogError):
    """Something that is there contradicts the rules: exit code 1."""

    exit_code = 1


class CannotCheckError(TlogError):
    """Something needed is missing, unreadable or of an unknown version: exit code 2."""

    exit_code = 2


class MissingError(CannotCheckError):
    """A file that a store does not have."""

    def __init__(self, path: str) -> None:
        super().__init__("missing", "this file is needed and is not there", path=path)
