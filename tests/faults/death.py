"""kill -9 of this process before its n-th write, and after the last byte of a request has left it.

What writes: files being made, synced, renamed, linked and removed, statements that change rows, commits, and requests to the signer.
"""

from __future__ import annotations

import os
import re
import signal
import socket
from collections.abc import Callable
from pathlib import Path

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper

FILES = ("fsync", "replace", "rename", "link", "unlink", "mkdir")
_CHANGES = re.compile(r"\s*(INSERT|UPDATE|DELETE|WITH)(?!.*\"(django|auth)_)", re.IGNORECASE | re.DOTALL)
"""Not Django's own tables: they are filled within the one transaction of all migrations, and its commit is a write of its own."""
_MAKES = os.O_CREAT | os.O_WRONLY | os.O_RDWR


class Death:
    """Counts writes from the moment it is made. `last` None: only counts; each name is then in `file`, one a line."""

    def __init__(self, last: int | None, file: Path | None = None) -> None:
        self._last, self._file, self._count = last, file, 0
        for name in FILES:
            setattr(os, name, self._before(name, getattr(os, name)))
        opening = os.open
        os.open = lambda path, flags, *more, **named: (  # type: ignore[assignment]
            self._count_one("open") if flags & _MAKES else None,
            opening(path, flags, *more, **named),
        )[1]
        BaseDatabaseWrapper._commit = self._before("commit", BaseDatabaseWrapper._commit)
        sending = socket.socket.sendall

        def send(sender: socket.socket, data: bytes) -> None:
            self._count_one("send")
            sending(sender, data)
            self._count_one("sent")

        socket.socket.sendall = send  # type: ignore[method-assign, assignment]
        connection.execute_wrappers.append(self._statement)

    def _before(self, name: str, real: Callable) -> Callable:
        def call(*arguments, **named):
            self._count_one(name)
            return real(*arguments, **named)

        return call

    def _statement(self, execute: Callable, sql: str, parameters: object, many: bool, context: dict) -> object:
        if _CHANGES.match(sql):
            self._count_one("statement")
        return execute(sql, parameters, many, context)

    def _count_one(self, name: str) -> None:
        self._count += 1
        if self._file is not None:
            with self._file.open("a") as file:
                file.write(f"{name}\n")
        if self._count == self._last:
            os.kill(os.getpid(), signal.SIGKILL)
