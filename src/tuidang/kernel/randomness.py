"""The one source of randomness: the operating system's. Tests that need order replace nothing here; they assert properties."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import MutableSequence
from typing import TypeVar

Item = TypeVar("Item")
_system = secrets.SystemRandom()


def random_bytes(count: int) -> bytes:
    """`count` unpredictable bytes."""
    return secrets.token_bytes(count)


class Draw:
    """Unpredictable bytes asked of the system at once and handed out in parts, each once.

    For a request that needs many: every asking lets go of the interpreter, and with many threads waits for it again.
    """

    def __init__(self, count: int) -> None:
        self._left = secrets.token_bytes(count)

    def take(self, count: int) -> bytes:
        """The next `count` bytes. Asks the system again where fewer are left."""
        if len(self._left) < count:
            self._left = secrets.token_bytes(count)
        taken, self._left = self._left[:count], self._left[count:]
        return taken


def random_id() -> uuid.UUID:
    """128 random bits without a trace of time or machine."""
    return uuid.UUID(bytes=secrets.token_bytes(16))


def shuffle(items: MutableSequence[Item]) -> None:
    """Puts `items` into an order that says nothing of the one before."""
    _system.shuffle(items)


def random_between(low: int, high: int) -> int:
    """A whole number, `low` and `high` included, each as likely."""
    return _system.randint(low, high)
