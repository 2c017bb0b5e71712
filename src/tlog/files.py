"""Reading one file of which nothing is known: what is no regular file never blocks, and what is too large is not read to its end."""

from __future__ import annotations

import os
import stat
from pathlib import Path

_FLAGS = os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC


def read_regular(path: str | Path, limit: int) -> bytes:
    """The whole file, or its first `limit` + 1 bytes if it is larger. Raises OSError, also for what is no regular file.

    Opened without waiting: a pipe in place of a file would otherwise hold its reader until someone writes.
    """
    handle = os.open(path, _FLAGS)
    try:
        found = os.fstat(handle)
        if not stat.S_ISREG(found.st_mode):
            raise OSError(0, "this is not a file")
        left = min(found.st_size, limit + 1)
        parts = []
        while left > 0 and (part := os.read(handle, left)):
            parts.append(part)
            left -= len(part)
    finally:
        os.close(handle)
    return b"".join(parts)
