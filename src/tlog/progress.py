"""How far a long check has come, on a terminal, if it takes longer than a second."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TextIO

_AFTER_SECONDS = 1.0
_EVERY_SECONDS = 0.2
_CLEAR = "\r\x1b[K"


class Progress:
    """A line that is written over itself on `stream`, only if that is a terminal. `clear` takes it away."""

    def __init__(self, stream: TextIO, clock: Callable[[], float] = time.monotonic) -> None:
        self._stream = stream
        self._clock = clock
        self._began = self._wrote = clock()
        self._shown = False
        self._wanted = stream.isatty()

    def __call__(self, done: int, of: int) -> None:
        """Tells that `done` of `of` entries are checked."""
        now = self._clock()
        if not self._wanted or now - self._began < _AFTER_SECONDS or now - self._wrote < _EVERY_SECONDS:
            return
        self._wrote = now
        self._shown = True
        left = (now - self._began) * (of - done) / done if done else 0
        self._stream.write(f"{_CLEAR}{done:,} of {of:,} entries, {done * 100 // max(1, of)} %, about {left:.0f} s left")
        self._stream.flush()

    def clear(self) -> None:
        """Takes the line away."""
        if self._shown:
            self._stream.write(_CLEAR)
            self._stream.flush()
            self._shown = False
