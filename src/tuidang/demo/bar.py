"""How far the filling has come: a bar on a terminal, a line now and then anywhere else."""

from __future__ import annotations

import time
from typing import TextIO

WIDTH = 24
_EVERY_SECONDS = 0.1
_LINES = 10


class Bar:
    """Writes to `stream`. `of` is the number of declarations in all."""

    def __init__(self, stream: TextIO, of: int) -> None:
        self._stream = stream
        self._of = of
        self._began = 0.0
        self._wrote = 0.0
        self._line = 0
        self._terminal = stream.isatty()

    def __call__(self, done: int, what: str) -> None:
        """`done` declarations are handed in, and `what` is going on."""
        now = time.monotonic()
        self._began = self._began or now
        if not self._terminal:
            self._plain(done, what)
        elif now - self._wrote >= _EVERY_SECONDS or done == self._of:
            self._wrote = now
            full = done * WIDTH // self._of
            left = (now - self._began) * (self._of - done) / max(1, done - 1)
            self._stream.write(f"\r\x1b[K  {'█' * full}{'░' * (WIDTH - full)}  {done:,} of {self._of:,}, {what}, about {left:.0f} s left")
            self._stream.flush()

    def _plain(self, done: int, what: str) -> None:
        line = done * _LINES // self._of
        if line > self._line:
            self._line = line
            self._stream.write(f"  {done:,} of {self._of:,} declarations, {what}\n")
            self._stream.flush()

    def clear(self) -> None:
        """Takes the bar away."""
        if self._terminal:
            self._stream.write("\r\x1b[K")
            self._stream.flush()
