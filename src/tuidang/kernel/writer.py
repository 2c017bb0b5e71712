"""Writing in groups. SQLite syncs the disk once a commit, so one thread commits what many requests brought at the same time.

PostgreSQL groups commits by itself: there `write` runs the work in the caller's own transaction.

A work function must be repeatable and must not raise for expected outcomes (it uses ON CONFLICT and returns what happened): if anything in
a group raises, the group is rolled back and each is tried alone, so one bad request harms no other.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, TypeVar

from django.db import connection, transaction

from tuidang.kernel.errors import BusyError

Result = TypeVar("Result")
MOST_AT_ONCE = 256
WAIT_SECONDS = 25
MOST_WAITING = 24
"""Requests that may wait at once: fewer than the server has threads, so that what needs no writing is answered while the disk stands still."""
PATIENCE_SECONDS = 0.2
"""For a place among them: a few commits of a slow disk."""


class GroupWriter:
    """One thread, one connection, one commit for all that waits."""

    def __init__(self) -> None:
        self._waiting: queue.SimpleQueue[tuple[Callable[[], Any], Future[Any]]] = queue.SimpleQueue()
        self._start = threading.Lock()
        self._thread: threading.Thread | None = None

    def submit(self, work: Callable[[], Result]) -> Future[Result]:
        """Queues `work`; the future is done after the commit that made it durable."""
        future: Future[Result] = Future()
        self._waiting.put((work, future))
        if self._thread is None or not self._thread.is_alive():
            with self._start:
                if self._thread is None or not self._thread.is_alive():
                    self._thread = threading.Thread(target=self._run, name="writer", daemon=True)
                    self._thread.start()
        return future

    def _run(self) -> None:
        while True:
            group = [self._waiting.get()]
            while len(group) < MOST_AT_ONCE:
                try:
                    group.append(self._waiting.get_nowait())
                except queue.Empty:
                    break
            self._commit(group)

    def _commit(self, group: list[tuple[Callable[[], Any], Future[Any]]]) -> None:
        try:
            with transaction.atomic():
                results = [work() for work, _ in group]
        except Exception as error:  # noqa: BLE001  whatever it is belongs to the one who asked
            connection.close()
            if len(group) == 1:
                group[0][1].set_exception(error)
                return
            for one in group:
                self._commit([one])
            return
        for (_, future), result in zip(group, results, strict=True):
            future.set_result(result)


_writer = GroupWriter()
_places = threading.BoundedSemaphore(MOST_WAITING)


def write(work: Callable[[], Result]) -> Result:
    """Runs `work` in a transaction and returns its result once that is durable.

    Raises whatever `work` raises, and BusyError if the queue does not move; then nothing is known to be stored, and asking again is right.
    """
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        with transaction.atomic():
            return work()
    if not _places.acquire(timeout=PATIENCE_SECONDS):
        raise BusyError("too many wait for the writer")
    try:
        return _writer.submit(work).result(timeout=WAIT_SECONDS)
    except TimeoutError:
        raise BusyError("the writer did not answer in time") from None
    finally:
        _places.release()
